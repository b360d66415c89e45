#include "engine/compress/compress.h"

#include <algorithm>
#include <stdexcept>

#include "engine/compress/calibration.h"
#include "engine/compress/coded_layer.h"
#include "engine/compress/magnitude.h"
#include "engine/compress/sparsegpt.h"
#include "engine/model/model_builder.h"
#include "engine/train/trainable.h"

namespace sancho::engine {
namespace {

bool is_int8(Storage storage) {
  return storage == Storage::int8 || storage == Storage::sparse_int8;
}

/// One layer of a block pruned and quantised; `weights` become the values it stands for.
std::unique_ptr<Linear> compress_layer(MatrixView<float> weights,
                                       const std::vector<double>& hessian,
                                       const CompressOptions& options, ThreadPool& pool,
                                       std::vector<std::shared_ptr<const void>>& keep_alive) {
  const Storage storage = options.format.storage;
  if (options.method == PruneMethod::magnitude) {
    prune_magnitude(weights, options.format.sparsity);
    auto layer = make_linear(storage, weights);
    layer->to_dense(weights);
    return layer;
  }
  SparseGptOptions sparsegpt_options;
  sparsegpt_options.sparsity = options.format.sparsity;
  std::vector<float> scales;
  if (is_int8(storage)) scales = row_scales(weights);
  sparsegpt_options.scales = scales;
  sparsegpt(weights, {hessian.data(), weights.cols, weights.cols}, sparsegpt_options, pool);
  if (!is_int8(storage)) return make_linear(storage, weights);
  return make_coded_linear(storage, weights, scales, keep_alive);
}

}  // namespace

std::shared_ptr<const Model> compress(
    const Model& model, std::span<const TrainSample> calibration_samples,
    const CompressOptions& options, const std::function<void(const CompressProgress&)>& on_progress,
    std::stop_token stop) {
  if (!(options.format.sparsity >= 0 && options.format.sparsity <= 1))
    throw std::invalid_argument("Sparsity is a share between 0 and 1.");
  const auto check_stop = [&] {
    if (stop.stop_requested()) throw std::runtime_error("Compression was stopped.");
  };
  ThreadPool pool(options.threads);
  TrainOptions all_weights;
  all_weights.method = TrainMethod::full;
  TrainableWeights dense(model, all_weights);
  const ParameterLayout& layout = dense.layout();
  const bool calibrated = options.method == PruneMethod::sparsegpt;
  std::optional<Calibration> calibration;
  if (calibrated)
    calibration.emplace(model.config(), layout, dense.trained(), calibration_samples,
                        options.calibration_tokens, pool);

  ModelBuilder builder(model.config());
  if (model.has_tokenizer()) builder.tokenizer(model.tokenizer());
  builder.metadata(model.metadata());
  const auto matrix = [&](std::size_t part) {
    const ParameterSlot& slot = layout.parts[part];
    return MatrixView<float>(dense.trained().data() + slot.offset, slot.rows, slot.cols);
  };

  CompressProgress progress{0, layout.blocks.size() * 7, {}};
  std::vector<std::shared_ptr<const void>> keep_alive;
  for (std::size_t l = 0; l < layout.blocks.size(); ++l) {
    const auto& b = layout.blocks[l];
    const std::pair<BlockInput, std::vector<std::size_t>> places[] = {
        {BlockInput::attention, {b.q, b.k, b.v}},
        {BlockInput::attention_out, {b.o}},
        {BlockInput::mlp, {b.gate, b.up}},
        {BlockInput::mlp_out, {b.down}}};
    for (const auto& [place, parts] : places) {
      std::vector<double> hessian;
      if (calibrated)
        if (auto h = calibration->hessian(l, place, stop)) hessian = std::move(*h);
      for (const std::size_t part : parts) {
        check_stop();
        progress.what = layout.parts[part].name;
        if (on_progress) on_progress(progress);
        builder.linear(layout.parts[part].name,
                       compress_layer(matrix(part), hessian, options, pool, keep_alive));
        ++progress.layer;
      }
    }
    if (calibrated) calibration->advance(l);
  }
  if (on_progress) on_progress({progress.layers, progress.layers, "done"});

  const Storage tables = is_int8(options.format.storage) ? Storage::int8 : options.format.storage;
  for (std::size_t i = 0; i < layout.parts.size(); ++i) {
    const ParameterSlot& slot = layout.parts[i];
    if (slot.norm)
      builder.norm(slot.name, std::span<const float>(matrix(i).data, slot.size()));
    else if (i == layout.embed || i == layout.head)
      builder.linear(slot.name, make_linear(tables, matrix(i)));
  }
  builder.keep_alive(std::make_shared<decltype(keep_alive)>(std::move(keep_alive)));
  return builder.build();
}

}  // namespace sancho::engine
