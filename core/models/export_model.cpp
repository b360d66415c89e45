#include "core/models/export_model.h"

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "engine/model/gguf_model.h"
#include "engine/model/hf_writer.h"
#include "engine/model/model_builder.h"

namespace sancho::core {

namespace fs = std::filesystem;
using engine::DType;
using engine::GgmlType;

namespace {

template <class Type, std::size_t N>
Type type_of(const std::array<std::pair<std::string_view, Type>, N>& words,
             const std::string& word) {
  std::string known;
  for (const auto& [name, type] : words) {
    if (name == word) return type;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw std::invalid_argument("Weights cannot be exported as \"" + word + "\"; use one of " +
                              known + ".");
}

constexpr std::array<std::pair<std::string_view, GgmlType>, 4> gguf_types{{
    {"f32", GgmlType::f32},
    {"f16", GgmlType::f16},
    {"q8_0", GgmlType::q8_0},
    {"q4_0", GgmlType::q4_0},
}};

constexpr std::array<std::pair<std::string_view, DType>, 3> hf_types{{
    {"f32", DType::f32},
    {"f16", DType::f16},
    {"bf16", DType::bf16},
}};

fs::path write_gguf(const engine::Model& model, const fs::path& folder,
                    const ExportOptions& options, const std::function<void()>& on_row) {
  const std::string type = options.type.empty() ? "f16" : options.type;
  const std::string embedding = !options.embedding_type.empty() ? options.embedding_type
                                : type == "q4_0"                ? "q8_0"
                                                                : type;
  engine::GgufOptions gguf;
  gguf.type = type_of(gguf_types, type);
  gguf.embedding_type = type_of(gguf_types, embedding);
  gguf.name = options.name;
  const fs::path file = folder / (options.name + "." + type + ".gguf");
  engine::write_gguf_model(model, file, gguf, on_row);
  return file;
}

std::size_t row_count(const engine::ModelConfig& config) {
  std::size_t rows = engine::norm_names(config).size();
  for (const std::string& name : engine::linear_names(config))
    rows += engine::linear_shape(config, name).first;
  return rows;
}

}  // namespace

ExportedModel export_model(const engine::Model& model, const fs::path& folder,
                           const ExportOptions& options,
                           const std::function<void(std::size_t, std::size_t)>& on_progress,
                           std::stop_token stop) {
  const bool gguf = options.to == "gguf";
  if (!gguf && options.to != "hf" && options.to != "sancho")
    throw std::invalid_argument("Models are exported to gguf, hf or sancho, not to \"" +
                                options.to + "\".");
  std::size_t done = 0;
  const std::size_t all =
      gguf ? row_count(model.config()) : engine::linear_names(model.config()).size();
  const auto step = [&] {
    if (stop.stop_requested()) throw std::runtime_error("The export was stopped.");
    if (on_progress && (++done % 256 == 0 || !gguf)) on_progress(done, all);
  };
  fs::create_directories(folder);
  ExportedModel exported;
  if (gguf) {
    exported.files.push_back(write_gguf(model, folder, options, step));
  } else if (options.to == "sancho") {
    exported.files.push_back(folder / (options.name + ".safetensors"));
    model.save(exported.files.back());
  } else {
    const std::string type = options.type.empty() ? "f32" : options.type;
    engine::write_hf_folder(model, folder, type_of(hf_types, type), step);
    for (const char* name : {"config.json", "generation_config.json", "model.safetensors",
                             "tokenizer.model", "tokenizer_config.json"})
      if (fs::exists(folder / name)) exported.files.push_back(folder / name);
  }
  for (const fs::path& file : exported.files) exported.bytes += fs::file_size(file);
  return exported;
}

}  // namespace sancho::core
