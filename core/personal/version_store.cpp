#include "core/personal/version_store.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/checkpoint/atomic_file.h"
#include "engine/model/adapter_file.h"
#include "retrieval/hybrid_index.h"

namespace sancho::core {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* report_file = "report.json";
constexpr const char* active_file = "active";

/// "v0001" … "v9999999": nothing that could lead out of the folder.
bool is_version_name(const std::string& name) {
  return name.size() >= 5 && name.size() <= 8 && name[0] == 'v' &&
         std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  engine::AtomicFile file(path);
  file.write(text);
  file.commit();
}

json to_json(const std::vector<LossPoint>& curve) {
  json points = json::array();
  for (const LossPoint& p : curve) {
    points.push_back({p.step, p.loss});
    if (p.heldout) points.back().push_back(*p.heldout);
  }
  return points;
}

std::vector<LossPoint> curve_from(const json& points) {
  std::vector<LossPoint> curve;
  for (const json& p : points) {
    curve.push_back({p.at(0), p.at(1), {}});
    if (p.size() > 2) curve.back().heldout = p.at(2);
  }
  return curve;
}

json to_json(const VersionReport& r) {
  return {{"created", r.created},
          {"method", r.method},
          {"optimizer", r.optimizer},
          {"base", r.base},
          {"pairs", r.pairs},
          {"steps", r.steps},
          {"tokens", r.tokens},
          {"loss_first", r.loss_first},
          {"loss_last", r.loss_last},
          {"heldout_ppl_before", r.heldout_ppl_before},
          {"heldout_ppl_after", r.heldout_ppl_after},
          {"seconds", r.seconds},
          {"tokens_per_second", r.tokens_per_second},
          {"optimizer_bytes_per_parameter", r.optimizer_bytes_per_parameter},
          {"trainable_parameters", r.trainable_parameters},
          {"peak_memory", r.peak_memory},
          {"curve", to_json(r.curve)}};
}

/// Throws json::exception where the text is not a report.
VersionReport from_json(const std::string& name, const std::string& text) {
  const json j = json::parse(text);
  VersionReport r;
  r.name = name;
  r.created = j.at("created");
  r.method = j.at("method");
  r.optimizer = j.at("optimizer");
  r.base = j.at("base");
  r.pairs = j.at("pairs");
  r.steps = j.at("steps");
  r.tokens = j.at("tokens");
  r.loss_first = j.value("loss_first", 0.0);
  r.loss_last = j.value("loss_last", 0.0);
  r.heldout_ppl_before = j.value("heldout_ppl_before", 0.0);
  r.heldout_ppl_after = j.value("heldout_ppl_after", 0.0);
  r.seconds = j.value("seconds", 0.0);
  r.tokens_per_second = j.value("tokens_per_second", 0.0);
  r.optimizer_bytes_per_parameter = j.value("optimizer_bytes_per_parameter", 0.0);
  r.trainable_parameters = j.value("trainable_parameters", std::size_t{0});
  r.peak_memory = j.value("peak_memory", std::uint64_t{0});
  r.curve = curve_from(j.value("curve", json::array()));
  return r;
}

}  // namespace

VersionStore::VersionStore(fs::path folder) : folder_(std::move(folder)) {}

std::vector<VersionReport> VersionStore::list() const {
  std::vector<VersionReport> versions;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) {
    const std::string name = entry.path().filename().string();
    if (!is_version_name(name)) continue;
    try {
      versions.push_back(from_json(name, read_file(entry.path() / report_file)));
    } catch (const json::exception&) {
      // A folder that somebody damaged is not a version.
    }
  }
  std::sort(versions.begin(), versions.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return versions;
}

bool VersionStore::contains(const std::string& name) const {
  return is_version_name(name) && fs::exists(folder_ / name / report_file);
}

std::string VersionStore::active() const {
  std::string name = read_file(folder_ / active_file);
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return contains(name) ? name : std::string();
}

void VersionStore::activate(const std::string& name) {
  if (!name.empty() && !contains(name))
    throw std::runtime_error("There is no personal model called " + name + ".");
  fs::create_directories(folder_);
  write_file(folder_ / active_file, name + "\n");
}

std::string VersionStore::next_name() const {
  unsigned long last = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) {
    const std::string name = entry.path().filename().string();
    if (is_version_name(name)) last = std::max(last, std::stoul(name.substr(1)));
  }
  char name[24];
  std::snprintf(name, sizeof name, "v%04lu", last + 1);
  return name;
}

void VersionStore::publish(const VersionReport& report,
                           const std::function<void(const fs::path&)>& write) {
  if (!is_version_name(report.name))
    throw std::invalid_argument("\"" + report.name + "\" cannot name a personal model.");
  const fs::path made = folder_ / report.name;
  const fs::path making = folder_ / (report.name + ".new");
  fs::remove_all(making);
  fs::create_directories(making);
  write(making);
  write_file(making / report_file, to_json(report).dump(2) + "\n");
  fs::rename(making, made);
}

void VersionStore::remove(const std::string& name) {
  if (!contains(name)) throw std::runtime_error("There is no personal model called " + name + ".");
  if (name == active())
    throw std::runtime_error("The personal model " + name +
                             " is in use; choose another model first.");
  const fs::path removed = folder_ / (name + ".removed");  // a crash leaves no half of a version
  fs::remove_all(removed);
  fs::rename(folder_ / name, removed);
  fs::remove_all(removed);
}

std::shared_ptr<const engine::Model> VersionStore::load(
    const std::string& name, std::shared_ptr<const engine::Model> base) const {
  if (!contains(name)) throw std::runtime_error("There is no personal model called " + name + ".");
  const fs::path version = folder_ / name;
  if (fs::exists(version / version_adapter_file)) {
    const auto adapter = engine::read_adapter(version / version_adapter_file);
    const auto made_from = adapter.metadata.find(adapter_base);
    if (made_from != adapter.metadata.end() &&
        made_from->second != retrieval::model_fingerprint(*base))
      throw std::runtime_error("The personal model " + name +
                               " was made from another base model: choose that one again, or "
                               "train anew.");
    return engine::with_adapter(std::move(base), adapter);
  }
  return engine::Model::load(version / version_model_file);
}

}  // namespace sancho::core
