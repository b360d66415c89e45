#include "engine/compress/level_database.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "engine/model/model_builder.h"

namespace sancho::engine {
namespace {

using nlohmann::json;

constexpr const char* report_key = "layers";

std::filesystem::path block_file(const std::filesystem::path& folder, std::size_t block) {
  return folder / ("block-" + std::to_string(block) + ".safetensors");
}

std::string level_name(const std::string& layer, std::size_t level) {
  return layer + "@" + std::to_string(level);
}

json to_json(const LayerReport& report) {
  return {{"format", report.format},
          {"sparsity", report.sparsity},
          {"error", report.error},
          {"plain_error", report.plain_error},
          {"bytes", report.bytes}};
}

LayerReport from_json(const std::string& name, const json& report) {
  return {name,
          report.at("format").get<std::string>(),
          report.at("sparsity").get<double>(),
          report.at("error").get<double>(),
          report.at("plain_error").get<double>(),
          report.at("bytes").get<std::size_t>()};
}

}  // namespace

struct LevelDatabase::Parts {
  std::shared_ptr<const Model> source;  // its tables may be used as they are
  ModelConfig config;
  std::optional<Tokenizer> tokenizer;
  std::map<std::string, std::string> metadata;
  std::vector<std::shared_ptr<const SafetensorsFile>> files;
  std::map<std::string, std::shared_ptr<const Linear>> tables;
  std::vector<std::vector<std::shared_ptr<const Linear>>> layers;  // [layer][level]
  std::map<std::string, std::vector<float>> norms;
};

void LevelDatabase::write_block(const std::filesystem::path& folder, std::size_t block,
                                const CompressedBlock& content) {
  json reports;
  for (const auto& [name, levels] : content.layers)
    for (const CompressedLayer& level : levels) reports[name].push_back(to_json(level.report));
  write_safetensors(block_file(folder, block), {{report_key, reports.dump()}},
                    [&](const TensorSink& sink) {
                      for (const auto& [name, levels] : content.layers)
                        for (std::size_t i = 0; i < levels.size(); ++i)
                          levels[i].linear->save(level_name(name, i), sink);
                      for (const auto& [name, weight] : content.norms)
                        sink({.name = name + ".weight",
                              .dtype = DType::f32,
                              .shape = {weight.size()},
                              .data = std::as_bytes(std::span(weight))});
                    });
}

LevelDatabase::LevelDatabase(std::shared_ptr<const Model> source,
                             const std::filesystem::path& folder, Storage tables) {
  auto parts = std::make_shared<Parts>();
  parts->source = source;
  parts->config = source->config();
  parts->metadata = source->metadata();
  if (source->has_tokenizer()) parts->tokenizer = source->tokenizer();
  for (std::size_t l = 0; l < parts->config.num_hidden_layers; ++l)
    parts->files.push_back(SafetensorsFile::open(block_file(folder, l)));
  const TensorLookup lookup = [&](const std::string& name) -> std::optional<TensorView> {
    for (const auto& file : parts->files)
      if (auto tensor = file->find(name)) return tensor;
    return std::nullopt;
  };

  std::map<std::string, json> reports;
  for (const auto& file : parts->files) {
    const auto found = file->metadata().find(report_key);
    const json all =
        found == file->metadata().end() ? json() : json::parse(found->second, nullptr, false);
    if (!all.is_object())
      throw std::runtime_error("The compressed layers in " + file->path().string() +
                               " are damaged; remove the folder and compress again.");
    for (const auto& [name, levels] : all.items()) reports[name] = levels;
  }
  for (const std::string& name : linear_names(parts->config)) {
    const auto [out, in] = linear_shape(parts->config, name);
    if (!name.starts_with("model.layers.")) {
      const auto table = linear_by_name(*source, name);
      if (table->storage() == tables) {
        parts->tables[name] = table;
        continue;
      }
      AlignedBuffer<float> weights(out * in);
      table->to_dense({weights.data(), out, in});
      parts->tables[name] = make_linear(tables, {weights.data(), out, in});
      continue;
    }
    names_.push_back(name);
    reports_.emplace_back();
    parts->layers.emplace_back();
    for (const json& report : reports[name]) {
      parts->layers.back().push_back(
          load_linear(lookup, level_name(name, reports_.back().size()), out, in));
      reports_.back().push_back(from_json(name, report));
    }
  }
  for (const std::string& name : norm_names(parts->config)) {
    const auto own = norm_by_name(*source, name);
    std::vector<float>& weight = parts->norms[name];
    weight.assign(own.begin(), own.end());
    const auto tensor = lookup(name + ".weight");
    if (!tensor) continue;
    if (tensor->data.size() != weight.size() * sizeof(float))
      throw std::runtime_error("The norm " + name + " in " + folder.string() +
                               " is damaged; remove the folder and compress again.");
    std::memcpy(weight.data(), tensor->data.data(), tensor->data.size());
  }
  parts_ = std::move(parts);
}
LevelDatabase::~LevelDatabase() = default;

std::size_t LevelDatabase::weights(std::size_t layer) const {
  const Linear& linear = *parts_->layers[layer].front();
  return linear.out_features() * linear.in_features();
}

std::size_t LevelDatabase::fixed_bytes() const {
  std::size_t sum = 0;
  for (const auto& [name, table] : parts_->tables) sum += table->bytes();
  for (const auto& [name, weight] : parts_->norms) sum += weight.size() * sizeof(float);
  return sum;
}

std::shared_ptr<const Model> LevelDatabase::model(std::span<const std::uint8_t> chosen) const {
  ModelBuilder builder(parts_->config);
  if (parts_->tokenizer) builder.tokenizer(*parts_->tokenizer);
  builder.metadata(parts_->metadata);
  for (const auto& [name, table] : parts_->tables) builder.linear(name, table);
  for (const auto& [name, weight] : parts_->norms) builder.norm(name, weight);
  for (std::size_t i = 0; i < names_.size(); ++i)
    builder.linear(names_[i], parts_->layers[i].at(chosen[i]));
  builder.keep_alive(parts_);
  return builder.build();
}

}  // namespace sancho::engine
