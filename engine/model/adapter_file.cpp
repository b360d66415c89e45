#include "engine/model/adapter_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "engine/checkpoint/safetensors.h"
#include "engine/model/model_builder.h"

namespace sancho::engine {

namespace {

constexpr std::string_view format = "sancho-adapter", a_suffix = ".lora_A.weight",
                           b_suffix = ".lora_B.weight";
constexpr std::size_t max_rank = 4096;

TensorView factor_view(std::string name, const AlignedBuffer<float>& factor, std::size_t rows,
                       std::size_t cols) {
  if (factor.size() != rows * cols)
    throw std::invalid_argument("The adapter's " + name + " is not of the adapter's rank.");
  return {.name = std::move(name),
          .dtype = DType::f32,
          .shape = {rows, cols},
          .data = std::as_bytes(factor.span())};
}

template <class Number>
Number read_number(const std::map<std::string, std::string>& metadata, const std::string& key) {
  Number value{};
  const auto found = metadata.find(key);
  if (found == metadata.end()) throw std::runtime_error("its metadata lacks " + key);
  const char* const end = found->second.data() + found->second.size();
  const auto [rest, error] = std::from_chars(found->second.data(), end, value);
  if (error != std::errc() || rest != end) throw std::runtime_error("its " + key + " is no number");
  return value;
}

AlignedBuffer<float> read_factor(const TensorView& tensor) {
  AlignedBuffer<float> factor(tensor.data.size() / sizeof(float));
  std::memcpy(factor.data(), tensor.data.data(), factor.size() * sizeof(float));
  return factor;
}

void read_factors(const SafetensorsFile& file, const std::string& layer, std::size_t rank,
                  LayerAdapter& adapter) {
  const auto a = file.find(layer + std::string(a_suffix));
  const auto b = file.find(layer + std::string(b_suffix));
  if (!a || !b) throw std::runtime_error("it holds only one factor of " + layer);
  if (a->dtype != DType::f32 || b->dtype != DType::f32 || a->shape.size() != 2 ||
      b->shape.size() != 2 || a->shape[0] != rank || b->shape[1] != rank)
    throw std::runtime_error("the factors of " + layer + " are not of its rank");
  adapter.out = b->shape[0];
  adapter.in = a->shape[1];
  adapter.a = read_factor(*a);
  adapter.b = read_factor(*b);
}

LayerAdapter read_layer(const SafetensorsFile& file, const std::string& layer, std::size_t rank) {
  LayerAdapter adapter;
  if (rank > 0) read_factors(file, layer, rank, adapter);
  if (file.find(layer + delta_values)) {
    const TensorLookup lookup = [&](const std::string& name) { return file.find(name); };
    std::tie(adapter.pattern, adapter.values) = load_delta(lookup, layer);
    if (rank > 0 && (adapter.pattern.in != adapter.in || adapter.pattern.out() != adapter.out))
      throw std::runtime_error("the two halves of " + layer + " differ in shape");
    adapter.in = adapter.pattern.in;
    adapter.out = adapter.pattern.out();
  } else if (rank == 0) {
    throw std::runtime_error("its " + layer + " is incomplete");
  }
  return adapter;
}

/// "model.layers.0.mlp.up_proj" of "model.layers.0.mlp.up_proj.lora_A.weight".
std::string layer_of(const std::string& tensor) {
  for (const std::string_view part : {".lora_A.weight", ".lora_B.weight", ".delta.shape",
                                      ".delta.row_begins", ".delta.columns", ".delta.values"})
    if (tensor.ends_with(part)) return tensor.substr(0, tensor.size() - part.size());
  throw std::runtime_error("the tensor " + tensor + " does not belong in an adapter");
}

Adapter read(const std::filesystem::path& path) {
  const auto file = SafetensorsFile::open(path);
  Adapter adapter;
  adapter.metadata = file->metadata();
  if (adapter.metadata["format"] != format) throw std::runtime_error("it is not an adapter");
  adapter.rank = read_number<std::size_t>(adapter.metadata, "rank");
  adapter.alpha = read_number<double>(adapter.metadata, "alpha");
  if (adapter.rank > max_rank || !std::isfinite(adapter.alpha))
    throw std::runtime_error("its rank or alpha is absurd");
  for (const char* key : {"format", "rank", "alpha"}) adapter.metadata.erase(key);
  for (const TensorView& tensor : file->tensors()) {
    const std::string layer = layer_of(tensor.name);
    if (!adapter.layers.contains(layer))
      adapter.layers.emplace(layer, read_layer(*file, layer, adapter.rank));
  }
  return adapter;
}

}  // namespace

void write_adapter(const std::filesystem::path& path, const Adapter& adapter) {
  auto metadata = adapter.metadata;
  metadata["format"] = format;
  metadata["rank"] = std::to_string(adapter.rank);
  char alpha[32];
  metadata["alpha"] = std::string(alpha, std::to_chars(alpha, std::end(alpha), adapter.alpha).ptr);
  write_safetensors(path, metadata, [&](const TensorSink& sink) {
    for (const auto& [name, layer] : adapter.layers) {
      if (adapter.rank > 0) {
        sink(factor_view(name + std::string(a_suffix), layer.a, adapter.rank, layer.in));
        sink(factor_view(name + std::string(b_suffix), layer.b, layer.out, adapter.rank));
      }
      if (layer.pattern.size() > 0) save_delta(name, layer.pattern, layer.values, sink);
    }
  });
}

Adapter read_adapter(const std::filesystem::path& path) {
  std::string why;
  try {
    return read(path);
  } catch (const std::exception& error) {
    why = error.what();
  }
  if (!why.ends_with('.')) why += '.';
  throw std::runtime_error("Cannot load the adapter " + path.string() + ": " + why);
}

std::shared_ptr<const Model> with_adapter(std::shared_ptr<const Model> base,
                                          const Adapter& adapter) {
  const ModelConfig& config = base->config();
  const auto names = linear_names(config);
  for (const auto& [name, layer] : adapter.layers)
    if (std::ranges::find(names, name) == names.end() ||
        linear_shape(config, name) != std::pair(layer.out, layer.in))
      throw std::runtime_error("The adapter was made for another model: its " + name +
                               " does not fit.");

  ModelBuilder builder(config);
  for (const std::string& name : names) {
    std::shared_ptr<const Linear> layer = linear_by_name(*base, name);
    if (const auto found = adapter.layers.find(name); found != adapter.layers.end()) {
      const LayerAdapter& f = found->second;
      if (adapter.rank > 0)
        layer = make_lora_linear(
            std::move(layer), {f.a.data(), adapter.rank, f.in}, {f.b.data(), f.out, adapter.rank},
            static_cast<float>(adapter.alpha / static_cast<double>(adapter.rank)));
      if (f.pattern.size() > 0) layer = make_delta_linear(std::move(layer), f.pattern, f.values);
    }
    builder.linear(name, std::move(layer));
  }
  for (const std::string& name : norm_names(config)) builder.norm(name, norm_by_name(*base, name));
  if (base->has_tokenizer()) builder.tokenizer(base->tokenizer());
  builder.metadata(base->metadata());
  builder.keep_alive(base);
  return builder.build();
}

std::shared_ptr<const Model> merged(const Model& adapted, Storage storage) {
  storage = dense_storage(storage);
  ModelBuilder builder(adapted.config());
  AlignedBuffer<float> dense;
  for (const std::string& name : linear_names(adapted.config())) {
    const auto layer = linear_by_name(adapted, name);
    const std::size_t out = layer->out_features(), in = layer->in_features();
    if (dense.size() < out * in) dense = AlignedBuffer<float>(out * in);
    layer->to_dense({dense.data(), out, in});
    builder.linear(name, make_linear(storage, {dense.data(), out, in}));
  }
  for (const std::string& name : norm_names(adapted.config()))
    builder.norm(name, norm_by_name(adapted, name));
  if (adapted.has_tokenizer()) builder.tokenizer(adapted.tokenizer());
  builder.metadata(adapted.metadata());
  return builder.build();
}

}  // namespace sancho::engine
