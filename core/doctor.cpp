#include "core/doctor.h"

#include <exception>
#include <stdexcept>

#include "core/personal/resources_check.h"
#include "core/places.h"
#include "core/playback/training_pair.h"
#include "engine/checkpoint/atomic_file.h"
#include "engine/kernels/isa.h"
#include "engine/kernels/thread_pool.h"

namespace sancho::core {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t least_disk = 500'000'000, least_memory = 500'000'000;

std::string count(std::size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

std::string check_processor() {
  return std::string(engine::isa_name(engine::active_isa())) + ", " +
         count(engine::ThreadPool().threads(), "thread");
}

std::string check_resources() {
  const fs::path folder = find_resources();
  if (!fs::is_directory(folder))
    throw std::runtime_error("There is no folder " + folder.string() + ": install Sancho again.");
  return folder.string();
}

std::string check_profile(const Patient& p) {
  engine::AtomicFile file(p.profile / "writable");
  file.commit();
  fs::remove(p.profile / "writable");
  return p.profile.string();
}

std::string check_model(const Patient& p) {
  const auto model = p.base();
  return p.base_path().string() + ", " +
         count(engine::parameter_count(model->config()), "parameter");
}

std::string check_encoder() {
  const fs::path file = find_encoder();
  if (file.empty()) return "none: the model that writes finds mail too, less well";
  if (!retrieval::is_encoder(*engine::Model::load(file)))
    throw std::runtime_error("The file " + file.string() + " is no encoder: install Sancho again.");
  return file.string();
}

std::string check_archive(const Patient& p) {
  if (const auto found = p.archive.integrity_check(); found != "ok")
    throw std::runtime_error("The archive is damaged: " + found + ".");
  return count(p.archive.message_count(), "message") + ", " +
         std::to_string(p.archive.own_count()) + " of them yours";
}

std::string check_index(const Patient& p) {
  MailIndex& index = p.index();
  if (!index.problem().empty())
    throw std::runtime_error(index.problem() + " It is made anew when it is next needed.");
  std::size_t missing = 0;
  for (const MessageKey key : p.archive.own_keys()) missing += !index.contains(key);
  return count(index.size(), "message") + " indexed" +
         (missing ? ", " + std::to_string(missing) + " of yours still to come" : "");
}

std::string check_pairs(const Patient& p) {
  const fs::path file = p.profile / "pairs.jsonl";
  if (!fs::exists(file)) return "none made yet";
  return count(read_pairs(file).size(), "pair");
}

std::string check_personal(const Patient& p) {
  const auto versions = p.versions.list();
  const std::string active = p.versions.active();
  if (active.empty()) return count(versions.size(), "version") + ", none active";
  for (const auto& version : versions)
    if (version.name == active && version.base != retrieval::model_fingerprint(*p.base()))
      throw std::runtime_error("The personal model " + active +
                               " was made from another base model: fine-tune again.");
  p.versions.load(active, p.base());
  return count(versions.size(), "version") + ", " + active + " active";
}

std::string check_memory() {
  const auto free = available_memory();
  if (free < least_memory)
    throw std::runtime_error("Only " + size_words(free) + " of memory are free.");
  return size_words(free) + " free";
}

std::string check_disk(const Patient& p) {
  const auto free = available_disk(p.profile);
  if (free < least_disk)
    throw std::runtime_error("Only " + size_words(free) + " are free in " + p.profile.string() +
                             ".");
  return size_words(free) + " free in " + p.profile.string();
}

}  // namespace

std::vector<Check> examine(const Patient& p) {
  const std::pair<const char*, std::function<std::string()>> checks[] = {
      {"processor", check_processor},
      {"memory", check_memory},
      {"disk", [&] { return check_disk(p); }},
      {"resources", check_resources},
      {"profile", [&] { return check_profile(p); }},
      {"model", [&] { return check_model(p); }},
      {"encoder", check_encoder},
      {"archive", [&] { return check_archive(p); }},
      {"index", [&] { return check_index(p); }},
      {"pairs", [&] { return check_pairs(p); }},
      {"personal model", [&] { return check_personal(p); }},
  };
  std::vector<Check> found;
  for (const auto& [name, check] : checks) {
    try {
      found.push_back({name, true, check()});
    } catch (const std::exception& error) {
      found.push_back({name, false, error.what()});
    }
  }
  return found;
}

}  // namespace sancho::core
