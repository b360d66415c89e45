#include "engine/train/trainable.h"

#include <algorithm>
#include <cmath>

#include "engine/model/adapter_file.h"
#include "engine/model/model_builder.h"
#include "engine/tensor/random.h"

namespace sancho::engine {

TrainableWeights::TrainableWeights(const Model& model, const TrainOptions& options)
    : options_(options), config_(model.config()), metadata_(model.metadata()), layout_(config_) {
  if (model.has_tokenizer()) tokenizer_ = model.tokenizer();
  if (trains_adapter(options.method)) {
    model_ = &model;
    frozen_.emplace(model, layout_);
    start_adapters({});
  } else {
    take_base(model, options.method == TrainMethod::sparse);
  }
}

void TrainableWeights::take_base(const Model& model, bool keep_patterns) {
  base_ = AlignedBuffer<float>(layout_.size);
  for (std::size_t i = 0; i < layout_.parts.size(); ++i) {
    const ParameterSlot& slot = layout_.parts[i];
    const std::span<float> weights(base_.data() + slot.offset, slot.size());
    Tensor tensor{slot.offset, slot.size(), !slot.norm, 1, {}};
    const bool table = i == layout_.embed || i == layout_.head;
    if (slot.norm) {
      std::ranges::copy(norm_by_name(model, slot.name), weights.begin());
    } else {
      const auto linear = linear_by_name(model, slot.name);
      linear->to_dense({weights.data(), slot.rows, slot.cols});
      // Zeros of a dense integer layer come from rounding; they are no pattern.
      if (keep_patterns && !table && linear->storage() != Storage::int8 &&
          linear->storage() != Storage::int4 && linear->nonzeros() < slot.size())
        tensor.pattern.emplace(weights);
    }
    if (!table || options_.train_embeddings) tensors_.push_back(std::move(tensor));
  }
  sparse_layers_ = SparseLayers(layout_, [this](std::size_t slot) -> const Pattern* {
    const auto found = std::ranges::find(tensors_, layout_.parts[slot].offset, &Tensor::offset);
    return found != tensors_.end() && found->pattern ? &*found->pattern : nullptr;
  });
}

void TrainableWeights::start_adapters(std::vector<CsrPattern> patterns) {
  adapters_.emplace(layout_, options_.lora_rank, std::move(patterns));
  adapter_ = AlignedBuffer<float>(adapters_->size);
  tensors_.clear();
  SplitMix64 random(options_.seed);
  for (const AdapterSlot& slot : adapters_->parts) {
    // Kaiming-uniform with a = √5, as torch initialises a linear layer; B stays zero.
    const double bound = 1 / std::sqrt(static_cast<double>(slot.in));
    for (std::size_t i = 0; i < adapters_->rank * slot.in; ++i)
      adapter_[slot.a + i] = static_cast<float>((2 * random.uniform() - 1) * bound);
    if (adapters_->rank == 0) continue;
    tensors_.push_back({slot.a, adapters_->rank * slot.in, true, 1, {}});
    tensors_.push_back({slot.b, adapters_->rank * slot.out, true, 1, {}});
  }
  for (std::size_t i = 0; i < adapters_->patterns.size(); ++i)
    if (const std::size_t size = adapters_->patterns[i].size(); size > 0)
      tensors_.push_back({adapters_->parts[i].delta,
                          size,
                          true,
                          options_.delta_learning_rate / options_.learning_rate,
                          {}});
}

void TrainableWeights::add_base_to(Hash& hash) const {
  if (!model_) {
    hash.add(std::as_bytes(base_.span()));
    return;
  }
  for (const ParameterSlot& slot : layout_.parts) {
    if (slot.norm)
      hash.add(std::as_bytes(norm_by_name(*model_, slot.name)));
    else
      linear_by_name(*model_, slot.name)->save(slot.name, [&](const TensorView& tensor) {
        hash.add(tensor.data);
      });
  }
}

NetworkWeights<float> TrainableWeights::view() const {
  if (!adapters_) return {.base = base_.data(), .sparse = &sparse_layers_};
  const auto rank = static_cast<double>(std::max<std::size_t>(adapters_->rank, 1));
  return {nullptr, &*frozen_, adapter_.data(), static_cast<float>(options_.lora_alpha / rank)};
}

NetworkGradients<float> TrainableWeights::gradients(float* buffer) const {
  if (adapters_) return {nullptr, buffer, false};
  return {buffer, nullptr, options_.train_embeddings};
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
                     t.pattern ? t.pattern->count() : t.size, t.decays, t.rate});
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
    const Storage chosen = table ? dense_storage(storage) : storage;
    builder.linear(slot.name, make_linear(chosen, {weights, slot.rows, slot.cols}));
  }
  builder.build()->save(path);
}

void TrainableWeights::save_adapter(const std::filesystem::path& path,
                                    const std::map<std::string, std::string>& metadata) const {
  Adapter file;
  file.rank = adapters_->rank;
  file.alpha = options_.lora_alpha;
  file.metadata = metadata;
  for (std::size_t i = 0; i < adapters_->parts.size(); ++i) {
    const AdapterSlot& slot = adapters_->parts[i];
    LayerAdapter layer{slot.out,
                       slot.in,
                       AlignedBuffer<float>(file.rank * slot.in),
                       AlignedBuffer<float>(file.rank * slot.out),
                       {},
                       {}};
    std::copy_n(adapter_.data() + slot.a, layer.a.size(), layer.a.data());
    std::copy_n(adapter_.data() + slot.b, layer.b.size(), layer.b.data());
    if (!adapters_->patterns.empty()) {
      layer.pattern = adapters_->patterns[i];
      const float* values = adapter_.data() + slot.delta;
      layer.values.assign(values, values + layer.pattern.size());
    }
    file.layers.emplace(slot.name, std::move(layer));
  }
  write_adapter(path, file);
}

}  // namespace sancho::engine
