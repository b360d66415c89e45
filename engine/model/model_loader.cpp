#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "engine/checkpoint/gguf.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/kernels/thread_pool.h"
#include "engine/model/adapter_file.h"
#include "engine/model/gguf_model.h"
#include "engine/model/model_builder.h"
#include "engine/model/model_file.h"

namespace sancho::engine {

namespace {

constexpr std::uintmax_t max_json_bytes = 64u << 20;

/// The files of one model and where each tensor lies in them.
class TensorSource {
 public:
  void add(std::shared_ptr<const SafetensorsFile> file) {
    for (const TensorView& tensor : file->tensors())
      if (!tensors_.emplace(tensor.name, tensor).second)
        throw std::runtime_error("the tensor " + tensor.name + " is there twice");
    files_.push_back(std::move(file));
  }

  std::optional<TensorView> find(const std::string& name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? std::nullopt : std::optional(found->second);
  }

  /// Whether any tensor of the layer `prefix` is there, whatever its storage.
  bool has_layer(const std::string& prefix) const {
    const auto next = tensors_.lower_bound(prefix + ".");
    return next != tensors_.end() && next->first.starts_with(prefix + ".");
  }

 private:
  std::vector<std::shared_ptr<const SafetensorsFile>> files_;
  std::map<std::string, TensorView> tensors_;
};

std::string read_text(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) throw std::runtime_error(path.filename().string() + " cannot be read");
  if (size > max_json_bytes)
    throw std::runtime_error(path.filename().string() + " is absurdly large");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A norm's weights as floats.
std::vector<float> read_floats(const TensorView& tensor, std::size_t size) {
  if (tensor.shape != std::vector<std::size_t>{size})
    throw std::runtime_error("the tensor " + tensor.name + " has another shape than its config");
  std::vector<float> values(size);
  const std::byte* data = tensor.data.data();
  const auto half_at = [&](std::size_t i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, data + 2 * i, sizeof bits);
    return bits;
  };
  switch (tensor.dtype) {
    case DType::f32:
      std::memcpy(values.data(), data, size * sizeof(float));
      break;
    case DType::f16:
      for (std::size_t i = 0; i < size; ++i) values[i] = half_to_float(half_at(i));
      break;
    case DType::bf16:
      for (std::size_t i = 0; i < size; ++i)
        values[i] = std::bit_cast<float>(static_cast<std::uint32_t>(half_at(i)) << 16);
      break;
    default:
      throw std::runtime_error("the tensor " + tensor.name + " does not hold floats");
  }
  return values;
}

void check_tokenizer(const ModelConfig& config, const Tokenizer& tokenizer) {
  if (tokenizer.vocab_size() > config.vocab_size)
    throw std::runtime_error("its tokenizer has more pieces than its embedding has rows");
}

/// Moves every weight of `config`'s shape from `source` into `builder`.
void load_weights(const ModelConfig& config, const std::shared_ptr<const TensorSource>& source,
                  ModelBuilder& builder) {
  const TensorLookup lookup = [&](const std::string& name) { return source->find(name); };
  // Checking a layer reads much of it, so several threads bring the file's pages in.
  const std::vector<std::string> names = linear_names(config);
  std::vector<std::shared_ptr<const Linear>> layers(names.size());
  ThreadPool pool;
  pool.parallel_pieces(names.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto [out, in] = linear_shape(config, names[i]);
      // Some files hold a tied matrix only under the head's name.
      const bool as_head = config.tie_word_embeddings && names[i] == "model.embed_tokens" &&
                           !source->has_layer(names[i]);
      layers[i] = load_linear(lookup, as_head ? "lm_head" : names[i], out, in);
    }
  });
  for (std::size_t i = 0; i < names.size(); ++i) builder.linear(names[i], std::move(layers[i]));
  for (const std::string& name : norm_names(config)) {
    const auto tensor = source->find(name + ".weight");
    if (!tensor) throw std::runtime_error("the tensor " + name + ".weight is missing");
    builder.norm(name, read_floats(*tensor, config.hidden_size));
  }
  builder.keep_alive(source);
}

std::shared_ptr<const Model> load_file(const std::filesystem::path& path) {
  const auto file = SafetensorsFile::open(path);
  auto metadata = file->metadata();
  const auto config_text = metadata.find(model_file::config_key);
  if (config_text == metadata.end())
    throw std::runtime_error(
        "it is a safetensors file without a model's config; give the folder that holds it and its "
        "config.json");
  const ModelConfig config = model_config_from_json(config_text->second);
  metadata.erase(config_text);
  metadata.erase(model_file::format_key);

  const auto source = std::make_shared<TensorSource>();
  source->add(file);
  ModelBuilder builder(config);
  builder.metadata(std::move(metadata));
  if (const auto tensor = file->find(model_file::tokenizer_tensor)) {
    const auto tokenizer = Tokenizer::from_bytes(
        {reinterpret_cast<const char*>(tensor->data.data()), tensor->data.size()});
    check_tokenizer(config, tokenizer);
    builder.tokenizer(tokenizer);
  }
  load_weights(config, source, builder);
  return builder.build();
}

/// The file names of a checkpoint in several parts.
std::set<std::string> shard_names(const std::string& index_text) {
  std::set<std::string> names;
  try {
    const auto index = nlohmann::json::parse(index_text);
    for (const auto& [tensor, file] : index.at("weight_map").items())
      names.insert(file.get<std::string>());
  } catch (const nlohmann::json::exception&) {
    throw std::runtime_error("its model.safetensors.index.json is damaged");
  }
  for (const std::string& name : names)
    if (std::filesystem::path(name).filename() != name)
      throw std::runtime_error("its model.safetensors.index.json names a file outside the folder");
  return names;
}

std::shared_ptr<const Model> load_folder(const std::filesystem::path& folder) {
  const ModelConfig config = model_config_from_json(read_text(folder / "config.json"));
  const auto source = std::make_shared<TensorSource>();
  const auto index = folder / "model.safetensors.index.json";
  if (std::filesystem::exists(index)) {
    for (const std::string& name : shard_names(read_text(index)))
      source->add(SafetensorsFile::open(folder / name));
  } else {
    source->add(SafetensorsFile::open(folder / "model.safetensors"));
  }
  ModelBuilder builder(config);
  if (std::filesystem::exists(folder / "tokenizer.model")) {
    const auto tokenizer = Tokenizer::load(folder / "tokenizer.model");
    check_tokenizer(config, tokenizer);
    builder.tokenizer(tokenizer);
  }
  load_weights(config, source, builder);
  return builder.build();
}

}  // namespace

std::shared_ptr<const Model> Model::load(const std::filesystem::path& path) {
  std::string why;
  try {
    if (GgufFile::is_gguf(path)) return load_gguf_model(path);
    return std::filesystem::is_directory(path) ? load_folder(path) : load_file(path);
  } catch (const std::bad_alloc&) {
    why = "there is not enough memory for it.";
  } catch (const std::exception& error) {
    why = error.what();
  }
  if (!why.ends_with('.')) why += '.';
  throw std::runtime_error("Cannot load the model " + path.string() + ": " + why);
}

std::shared_ptr<const Model> Model::load_with_adapter(const std::filesystem::path& path,
                                                      const std::filesystem::path& adapter) {
  return with_adapter(load(path), read_adapter(adapter));
}

}  // namespace sancho::engine
