#include "engine/model/hf_writer.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/checkpoint/atomic_file.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/model/model_builder.h"
#include "engine/text/vocabulary.h"

namespace sancho::engine {

namespace {

using Json = nlohmann::ordered_json;

/// PyTorch's word for a type that weights can be written in.
const char* torch_name(DType type) {
  switch (type) {
    case DType::f32:
      return "float32";
    case DType::f16:
      return "float16";
    case DType::bf16:
      return "bfloat16";
    default:
      throw std::invalid_argument("Hugging Face folders are written as f32, f16 or bf16.");
  }
}

/// `values` as elements of `type`, appended to `out`.
void append(DType type, std::span<const float> values, std::vector<std::byte>& out) {
  const auto add = [&out](const auto& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    out.insert(out.end(), bytes.begin(), bytes.end());
  };
  for (const float value : values) {
    if (type == DType::f32)
      add(value);
    else
      add(type == DType::f16 ? float_to_half(value) : bf16(value).bits);
  }
}

void write_weights(const Model& model, const std::filesystem::path& path, DType type,
                   const std::function<void()>& on_layer) {
  const ModelConfig& config = model.config();
  std::vector<std::byte> bytes;
  std::vector<float> row;
  bool sizes_only = true;
  write_safetensors(path, {{"format", "pt"}}, [&](const TensorSink& sink) {
    for (const std::string& name : linear_names(config)) {
      const auto linear = linear_by_name(model, name);
      const std::size_t out = linear->out_features(), in = linear->in_features();
      if (sizes_only) {
        bytes.resize(out * in * dtype_size(type));
      } else {
        bytes.clear();
        row.resize(in);
        for (std::size_t r = 0; r < out; ++r) {
          linear->dense_row(r, row);
          append(type, row, bytes);
        }
        if (on_layer) on_layer();
      }
      sink({name + ".weight", type, {out, in}, bytes});
    }
    for (const std::string& name : norm_names(config)) {
      bytes.clear();
      append(type, norm_by_name(model, name), bytes);
      sink({name + ".weight", type, {config.hidden_size}, bytes});
    }
    sizes_only = false;
  });
}

Json tokenizer_config(const Tokenizer& tokenizer) {
  Json json{
      {"tokenizer_class", "LlamaTokenizer"},
      {"legacy", false},
      {"add_bos_token", tokenizer.bos_id() >= 0},
      {"add_eos_token", false},
      {"add_prefix_space", vocabulary_of_sentencepiece(tokenizer.serialized()).add_dummy_prefix},
      {"clean_up_tokenization_spaces", false}};
  if (tokenizer.bos_id() >= 0) json["bos_token"] = tokenizer.piece(tokenizer.bos_id());
  if (tokenizer.eos_id() >= 0) json["eos_token"] = tokenizer.piece(tokenizer.eos_id());
  return json;
}

}  // namespace

void write_hf_folder(const Model& model, const std::filesystem::path& folder, DType type,
                     const std::function<void()>& on_layer) {
  const ModelConfig& config = model.config();
  Json description = Json::parse(model_config_to_json(config));
  description["torch_dtype"] = torch_name(type);
  std::filesystem::create_directories(folder);
  write_weights(model, folder / "model.safetensors", type, on_layer);
  if (model.has_tokenizer()) {
    replace_file(folder / "tokenizer.model", model.tokenizer().serialized());
    replace_file(folder / "tokenizer_config.json", tokenizer_config(model.tokenizer()).dump(2));
  }
  const Json generation{{"bos_token_id", config.bos_token_id},
                        {"eos_token_id", config.eos_token_id}};
  replace_file(folder / "generation_config.json", generation.dump(2));
  replace_file(folder / "config.json", description.dump(2));
}

}  // namespace sancho::engine
