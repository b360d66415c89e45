#include "engine/train/trainable.h"

#include <algorithm>
#include <cmath>

#include "engine/model/adapter_file.h"
#include "engine/model/model_builder.h"
#include "engine/train/random.h"

namespace sancho::engine {
namespace {

std::span<const float> norm_of(const Model& model, const ParameterLayout& layout,
                               std::size_t slot) {
  if (slot == layout.norm) return model.norm().span();
  for (std::size_t l = 0; l < layout.blocks.size(); ++l) {
    if (slot == layout.blocks[l].input_norm) return model.layers()[l].input_layernorm.span();
    if (slot == layout.blocks[l].post_norm)
      return model.layers()[l].post_attention_layernorm.span();
  }
  throw std::logic_error("not a norm");
}

}  // namespace

TrainableWeights::TrainableWeights(const Model& model, const TrainOptions& options)
    : config_(model.config()),
      metadata_(model.metadata()),
      layout_(config_),
      train_tables_(options.train_embeddings),
      base_(layout_.size) {
  if (model.has_tokenizer()) tokenizer_ = model.tokenizer();
  for (std::size_t i = 0; i < layout_.parts.size(); ++i) {
    const ParameterSlot& slot = layout_.parts[i];
    const std::span<float> weights(base_.data() + slot.offset, slot.size());
    Tensor tensor{slot.offset, slot.size(), !slot.norm, {}};
    if (slot.norm) {
      std::ranges::copy(norm_of(model, layout_, i), weights.begin());
    } else {
      linear_by_name(model, slot.name)->to_dense({weights.data(), slot.rows, slot.cols});
    }
    const bool table = i == layout_.embed || i == layout_.head;
    // Zeros of a dense int8 layer come from rounding; they are no pattern.
    if (options.method == TrainMethod::sparse && !slot.norm && !table) {
      const auto linear = linear_by_name(model, slot.name);
      if (linear->storage() != Storage::int8 && linear->nonzeros() < slot.size())
        tensor.pattern.emplace(weights);
    }
    if (options.method != TrainMethod::lora && (!table || train_tables_))
      tensors_.push_back(std::move(tensor));
  }
  if (options.method != TrainMethod::lora) return;

  adapters_.emplace(layout_, options.lora_rank);
  adapter_alpha_ = options.lora_alpha;
  adapter_ = AlignedBuffer<float>(adapters_->size);
  SplitMix64 random(options.seed);
  for (const AdapterSlot& slot : adapters_->parts) {
    // Kaiming-uniform with a = √5, as torch initialises a linear layer; B stays zero.
    const double bound = 1 / std::sqrt(static_cast<double>(slot.in));
    for (std::size_t i = 0; i < adapters_->rank * slot.in; ++i)
      adapter_[slot.a + i] = static_cast<float>((2 * random.uniform() - 1) * bound);
    tensors_.push_back({slot.a, adapters_->rank * slot.in, true, {}});
    tensors_.push_back({slot.b, adapters_->rank * slot.out, true, {}});
  }
}

NetworkWeights<float> TrainableWeights::view() const {
  if (!adapters_) return {base_.data(), nullptr, 0};
  return {base_.data(), adapter_.data(),
          static_cast<float>(adapter_alpha_ / static_cast<double>(adapters_->rank))};
}

NetworkGradients<float> TrainableWeights::gradients(float* buffer) const {
  if (adapters_) return {nullptr, buffer, false};
  return {buffer, nullptr, train_tables_};
}

std::span<float> TrainableWeights::trained() {
  return adapters_ ? adapter_.span() : base_.span();
}

std::vector<std::size_t> TrainableWeights::tensor_sizes() const {
  std::vector<std::size_t> sizes;
  for (const Tensor& tensor : tensors_)
    sizes.push_back(tensor.pattern ? tensor.pattern->count() : tensor.size);
  return sizes;
}

std::size_t TrainableWeights::parameters() const {
  std::size_t sum = 0;
  for (const std::size_t size : tensor_sizes()) sum += size;
  return sum;
}

void TrainableWeights::restrict_to_pattern(float* gradient, ThreadPool& pool) const {
  pool.parallel_for(tensors_.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i)
      if (const Tensor& t = tensors_[i]; t.pattern) {
        t.pattern->gather(gradient + t.offset);
        std::fill(gradient + t.offset + t.pattern->count(), gradient + t.offset + t.size, 0.0f);
      }
  });
}

void TrainableWeights::step(Optimizer& optimizer, const float* gradient, double learning_rate,
                            ThreadPool& pool) {
  float* weights = trained().data();
  pool.parallel_for(tensors_.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i)
      if (const Tensor& t = tensors_[i]; t.pattern) t.pattern->gather(weights + t.offset);
  });
  std::vector<ParameterSpan> spans;
  for (const Tensor& t : tensors_)
    spans.push_back({weights + t.offset, gradient + t.offset,
                     t.pattern ? t.pattern->count() : t.size, t.decays});
  optimizer.step(spans, learning_rate, pool);
  pool.parallel_for(tensors_.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i)
      if (const Tensor& t = tensors_[i]; t.pattern) t.pattern->scatter(weights + t.offset);
  });
}

void TrainableWeights::save(const std::filesystem::path& path, Storage storage,
                            const std::map<std::string, std::string>& metadata) const {
  if (adapters_) {
    save_adapter(path, metadata);
    return;
  }
  ModelBuilder builder(config_);
  if (tokenizer_) builder.tokenizer(*tokenizer_);
  auto all_metadata = metadata_;
  for (const auto& [key, value] : metadata) all_metadata[key] = value;
  builder.metadata(std::move(all_metadata));
  for (std::size_t i = 0; i < layout_.parts.size(); ++i) {
    const ParameterSlot& slot = layout_.parts[i];
    const float* weights = base_.data() + slot.offset;
    if (slot.norm) {
      builder.norm(slot.name, {weights, slot.size()});
      continue;
    }
    // Look-ups and the head have no zeros worth a pattern.
    const bool table = i == layout_.embed || i == layout_.head;
    const Storage chosen = table && storage == Storage::sparse_int8 ? Storage::int8 : storage;
    builder.linear(slot.name, make_linear(chosen, {weights, slot.rows, slot.cols}));
  }
  builder.build()->save(path);
}

void TrainableWeights::save_adapter(const std::filesystem::path& path,
                                    const std::map<std::string, std::string>& metadata) const {
  Adapter file;
  file.rank = adapters_->rank;
  file.alpha = adapter_alpha_;
  file.metadata = metadata;
  for (const AdapterSlot& slot : adapters_->parts) {
    LoraFactors factors{slot.out, slot.in, AlignedBuffer<float>(file.rank * slot.in),
                        AlignedBuffer<float>(file.rank * slot.out)};
    std::copy_n(adapter_.data() + slot.a, factors.a.size(), factors.a.data());
    std::copy_n(adapter_.data() + slot.b, factors.b.size(), factors.b.data());
    file.layers.emplace(slot.name, std::move(factors));
  }
  write_adapter(path, file);
}

}  // namespace sancho::engine
