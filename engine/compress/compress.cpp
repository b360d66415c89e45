#include "engine/compress/compress.h"

#include <stdlib.h>

#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "engine/checkpoint/atomic_file.h"
#include "engine/compress/calibration.h"
#include "engine/compress/grid.h"
#include "engine/compress/smooth_quant.h"
#include "engine/compress/stop.h"
#include "engine/model/model_builder.h"
#include "engine/train/hash.h"

namespace sancho::engine {
namespace {

namespace fs = std::filesystem;

/// Says what is done so far: the run's key and how many blocks are whole.
constexpr const char* state_name = "state";

/// A folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = fs::temp_directory_path() / "sancho-compress-XXXXXX";
    if (!mkdtemp(name.data()))
      throw std::runtime_error("No temporary folder can be made in " +
                               fs::temp_directory_path().string() + ".");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A word that two runs share only if they would write the same blocks. Of the weights a row of
/// each layer and the norms are looked at.
std::string run_key(const Model& model, std::span<const std::vector<TokenId>> samples,
                    const Levels& levels, const CompressOptions& options) {
  Hash hash;
  const auto add = [&](const std::string& text) { hash.add(std::as_bytes(std::span(text))); };
  add(model_config_to_json(model.config()));
  const LayerOptions& o = options.layers;
  for (const double number :
       {static_cast<double>(o.prune), static_cast<double>(o.round), static_cast<double>(o.drop),
        static_cast<double>(o.of), o.act_order ? 1.0 : 0.0, o.keep_zeros ? 1.0 : 0.0,
        o.clip ? 1.0 : 0.0, o.damping, static_cast<double>(o.block), static_cast<double>(o.refine),
        options.smoothing})
    hash.add_value(number);
  std::vector<float> row;
  for (const std::string& name : linear_names(model.config())) {
    const auto linear = linear_by_name(model, name);
    row.resize(linear->in_features());
    linear->dense_row(0, row);
    hash.add(std::as_bytes(std::span(row)));
    for (const Format& format : levels(name, row.size() * linear->out_features())) {
      hash.add_value(format.storage);
      hash.add_value(format.sparsity);
      hash.add_value(format.pattern);
      hash.add_value(format.group);
    }
  }
  for (const std::string& name : norm_names(model.config()))
    hash.add(std::as_bytes(norm_by_name(model, name)));
  for (const auto& sample : samples) {
    hash.add_value(sample.size());
    hash.add(std::as_bytes(std::span(sample)));
  }
  return hash.word();
}

std::size_t blocks_done(const fs::path& folder, const std::string& key) {
  std::ifstream file(folder / state_name);
  std::string written;
  std::size_t blocks = 0;
  return file >> written >> blocks && written == key ? blocks : 0;
}

/// The linear layers that read their inputs at each place.
struct Place {
  const char* name;
  std::shared_ptr<const Linear> DecoderLayer::*member;
};
std::span<const Place> places_of(BlockInput input) {
  static constexpr Place attention[] = {{"self_attn.q_proj", &DecoderLayer::q_proj},
                                        {"self_attn.k_proj", &DecoderLayer::k_proj},
                                        {"self_attn.v_proj", &DecoderLayer::v_proj}};
  static constexpr Place out[] = {{"self_attn.o_proj", &DecoderLayer::o_proj}};
  static constexpr Place mlp[] = {{"mlp.gate_proj", &DecoderLayer::gate_proj},
                                  {"mlp.up_proj", &DecoderLayer::up_proj}};
  static constexpr Place down[] = {{"mlp.down_proj", &DecoderLayer::down_proj}};
  switch (input) {
    case BlockInput::attention:
      return attention;
    case BlockInput::attention_out:
      return out;
    case BlockInput::mlp:
      return mlp;
    case BlockInput::mlp_out:
      break;
  }
  return down;
}

AlignedBuffer<float> copy_of(std::span<const float> values) {
  AlignedBuffer<float> copy(values.size());
  std::ranges::copy(values, copy.begin());
  return copy;
}

/// Takes a model's blocks through compression one after the other.
class BlockCompressor {
 public:
  BlockCompressor(const Levels& levels, const CompressOptions& options, ThreadPool& pool,
                  const CompressSink& on_progress, std::stop_token stop)
      : levels_(levels), options_(options), pool_(pool), on_progress_(on_progress), stop_(stop) {}

  void begin(std::size_t layers, std::size_t done) { progress_ = {done, layers, {}}; }

  /// Block `l` of `model`, whose inputs stand in `calibration` (null: nothing is calibrated).
  CompressedBlock compress(const Model& model, std::size_t l, Calibration* calibration) {
    const DecoderLayer& dense = model.layers()[l];
    const std::string prefix = "model.layers." + std::to_string(l) + ".";
    CompressedBlock block;
    DecoderLayer made;  // grows as layers are compressed
    made.input_layernorm = copy_of(dense.input_layernorm.span());
    made.post_attention_layernorm = copy_of(dense.post_attention_layernorm.span());

    for (const BlockInput input : block_inputs) {
      const auto places = places_of(input);
      std::optional<InputMoments> moments;
      if (calibration) moments = calibration->moments(made, input);
      std::vector<AlignedBuffer<float>> memory;
      std::vector<MatrixView<float>> weights;
      for (const Place& place : places) {
        const Linear& linear = *(dense.*place.member);
        memory.emplace_back(linear.out_features() * linear.in_features());
        weights.emplace_back(memory.back().data(), linear.out_features(), linear.in_features());
        linear.to_dense(weights.back());
      }
      if (options_.smoothing > 0 && moments && input != BlockInput::attention_out &&
          input != BlockInput::mlp_out) {
        auto& norm =
            input == BlockInput::attention ? made.input_layernorm : made.post_attention_layernorm;
        smooth(smoothing(moments->largest.span(), weights, options_.smoothing), norm.span(),
               weights, *moments);
      }
      LayerCompressor compressor(options_.layers, moments ? &*moments : nullptr, pool_, stop_);
      for (std::size_t i = 0; i < places.size(); ++i) {
        const std::string name = prefix + places[i].name;
        auto& levels = block.layers[name];
        for (const Format& format : levels_(name, memory[i].size())) {
          check_stop(stop_);
          progress_.what = name;
          if (on_progress_) on_progress_(progress_);
          levels.push_back(compressor.compress(name, weights[i], format));
        }
        made.*places[i].member = levels.front().linear;
        ++progress_.layer;
      }
    }
    const auto keep = [&](const char* name, const AlignedBuffer<float>& norm) {
      block.norms[prefix + name].assign(norm.begin(), norm.end());
    };
    keep("input_layernorm", made.input_layernorm);
    keep("post_attention_layernorm", made.post_attention_layernorm);
    if (calibration) calibration->leave(made);
    return block;
  }

  void end() {
    if (on_progress_) on_progress_({progress_.layers, progress_.layers, "done"});
  }

 private:
  const Levels& levels_;
  const CompressOptions& options_;
  ThreadPool& pool_;
  const CompressSink& on_progress_;
  std::stop_token stop_;
  CompressProgress progress_;
};

}  // namespace

Storage table_storage(const Format& format) {
  return grid_of(format) || format.storage == Storage::fp8 ? Storage::int8 : format.storage;
}

bool compress_levels(const ModelSource& source, std::span<const TrainSample> samples,
                     const Levels& levels, const CompressOptions& options,
                     const CompressSink& on_progress, std::stop_token stop) {
  const fs::path& folder = options.folder;
  fs::create_directories(folder);
  ThreadPool pool(options.threads);
  auto model = source();
  const std::size_t blocks = model->config().num_hidden_layers;
  std::vector<std::vector<TokenId>> chosen;
  if (!samples.empty())
    chosen = choose_calibration(samples, options.calibration_tokens, model->config());
  const std::string key = run_key(*model, chosen, levels, options);
  std::size_t done = std::min(blocks_done(folder, key), blocks);

  BlockCompressor compressor(levels, options, pool, on_progress, stop);
  compressor.begin(7 * blocks, 7 * done);
  try {
    std::optional<Calibration> calibration;
    if (!chosen.empty() && done < blocks)
      calibration.emplace(*model, std::move(chosen), folder, done, pool, stop);
    for (; done < blocks; ++done) {
      if (!model) model = source();
      const auto block = compressor.compress(*model, done, calibration ? &*calibration : nullptr);
      LevelDatabase::write_block(folder, done, block);
      replace_file(folder / state_name, key + " " + std::to_string(done + 1) + "\n");
      model.reset();
    }
  } catch (const CompressionStopped&) {
    return false;
  }
  compressor.end();
  return true;
}

Compressed compress(const ModelSource& source, std::span<const TrainSample> calibration,
                    const CompressOptions& options, const CompressSink& on_progress,
                    std::stop_token stop) {
  std::optional<TemporaryFolder> temporary;
  CompressOptions inside = options;
  if (inside.folder.empty()) inside.folder = temporary.emplace().path();
  const Levels one_level = [&](const std::string& name, std::size_t) {
    const auto own = options.formats.find(name);
    return std::vector<Format>{own == options.formats.end() ? options.format : own->second};
  };
  if (!compress_levels(source, calibration, one_level, inside, on_progress, stop)) return {};
  const LevelDatabase database(source(), inside.folder, table_storage(options.format));
  Compressed result;
  result.model = database.model(std::vector<std::uint8_t>(database.names().size(), 0));
  for (std::size_t i = 0; i < database.names().size(); ++i)
    result.layers.push_back(database.report(i, 0));
  return result;
}

}  // namespace sancho::engine
