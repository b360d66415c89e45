#include "engine/compress/calibration.h"

#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/compress/stop.h"
#include "engine/kernels/vector_ops.h"
#include "engine/train/attention.h"

namespace sancho::engine {
namespace {

/// Tokens that go through a layer at once, and that are added to the moments at once: little
/// enough for a stop to be heard in time.
constexpr std::size_t kChunkTokens = 1024, kMomentTokens = 512;

/// Adds up moments; only the upper triangle until `finish`.
class MomentSum {
 public:
  MomentSum(std::size_t inputs, std::size_t tokens)
      : share_(2 / static_cast<float>(tokens)),
        sum_{inputs, AlignedBuffer<float>(inputs * inputs), AlignedBuffer<float>(inputs)} {}

  void add(MatrixView<const float> x, const std::stop_token& stop) {
    const int n = static_cast<int>(sum_.inputs);
    for (std::size_t first = 0; first < x.rows; first += kMomentTokens) {
      check_stop(stop);
      const std::size_t rows = std::min(kMomentTokens, x.rows - first);
      cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, n, static_cast<int>(rows), share_,
                  x.row(first).data(), static_cast<int>(x.stride), 1, sum_.hessian.data(), n);
    }
    for (std::size_t r = 0; r < x.rows; ++r)
      for (std::size_t i = 0; i < x.cols; ++i)
        sum_.largest[i] = std::max(sum_.largest[i], std::abs(x(r, i)));
  }

  InputMoments finish() {
    const std::size_t n = sum_.inputs;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) sum_.hessian[i * n + j] = sum_.hessian[j * n + i];
    return std::move(sum_);
  }

 private:
  float share_;
  InputMoments sum_;
};

}  // namespace

std::vector<std::vector<TokenId>> choose_calibration(std::span<const TrainSample> samples,
                                                     std::size_t tokens,
                                                     const ModelConfig& config) {
  std::size_t all = 0;
  for (const TrainSample& sample : samples) all += sample.tokens.size();
  const double share =
      all > 0 ? std::min(1.0, static_cast<double>(tokens) / static_cast<double>(all)) : 0;
  std::vector<std::vector<TokenId>> chosen;
  double due = 0;
  std::size_t taken = 0;
  for (const TrainSample& sample : samples) {
    due += share * static_cast<double>(sample.tokens.size());
    if (due < static_cast<double>(taken) || sample.tokens.empty()) continue;
    const std::size_t length = std::min(sample.tokens.size(), config.max_position_embeddings);
    chosen.emplace_back(sample.tokens.begin(),
                        sample.tokens.begin() + static_cast<std::ptrdiff_t>(length));
    taken += length;
    for (const TokenId id : chosen.back())
      if (id < 0 || static_cast<std::size_t>(id) >= config.vocab_size)
        throw std::invalid_argument(
            "A calibration sample holds a token that the model does not know.");
  }
  if (chosen.empty())
    throw std::runtime_error("There is no text to calibrate on: give some samples.");
  return chosen;
}

/// Memory for one chunk, and what its threads need for attention.
struct Calibration::Scratch {
  struct Head {
    Gemm gemm;
    Attention<float> attention;
    std::vector<float> lse;

    Head(const ModelConfig& c, std::size_t longest)
        : attention(c.num_attention_heads, c.num_key_value_heads, c.head_dim, c.rope_theta,
                    longest),
          lse(longest * c.num_attention_heads) {}
  };

  std::size_t most;  // rows of a chunk
  AlignedBuffer<float> x, norm, qkv, attended, gate, up;
  std::vector<std::unique_ptr<Head>> heads;  // one per thread

  Scratch(const ModelConfig& c, std::size_t rows, std::size_t longest, unsigned threads)
      : most(rows), x(rows * c.hidden_size), norm(rows * c.hidden_size) {
    for (unsigned t = 0; t < threads; ++t) heads.push_back(std::make_unique<Head>(c, longest));
    qkv = AlignedBuffer<float>(rows * heads[0]->attention.qkv_cols());
    attended = AlignedBuffer<float>(rows * heads[0]->attention.out_cols());
    gate = AlignedBuffer<float>(rows * c.intermediate_size);
    up = AlignedBuffer<float>(rows * c.intermediate_size);
  }
};

Calibration::Calibration(const Model& model, std::vector<std::vector<TokenId>> samples,
                         const std::filesystem::path& folder, std::size_t block, ThreadPool& pool,
                         std::stop_token stop)
    : config_(model.config()),
      samples_(std::move(samples)),
      block_(block),
      pool_(pool),
      stop_(std::move(stop)) {
  std::size_t longest = 0;
  for (const auto& sample : samples_) {
    starts_.push_back(starts_.back() + sample.size());
    longest = std::max(longest, sample.size());
  }
  const auto open = [&](const char* name, std::size_t cols) {
    return std::make_unique<ActivationFile>(folder / name, cols);
  };
  streams_[0] = open("even.f32", config_.hidden_size);
  streams_[1] = open("odd.f32", config_.hidden_size);
  middle_ = open("middle.f32", config_.hidden_size);
  attended_ = open("attended.f32", config_.num_attention_heads * config_.head_dim);
  wide_ = open("wide.f32", config_.intermediate_size);
  scratch_ =
      std::make_unique<Scratch>(config_, std::max(kChunkTokens, longest), longest, pool.threads());
  openblas_set_num_threads(static_cast<int>(pool.threads()));
  if (block == 0) embed(model.embed_tokens());
}
Calibration::~Calibration() = default;

void Calibration::for_each_chunk(const std::function<void(std::size_t, std::size_t)>& visit) const {
  for (std::size_t s = 0; s + 1 < starts_.size();) {
    std::size_t last = s + 1;
    while (last + 1 < starts_.size() && starts_[last + 1] - starts_[s] <= scratch_->most) ++last;
    check_stop(stop_);
    visit(starts_[s], starts_[last] - starts_[s]);
    s = last;
  }
}

void Calibration::embed(const Linear& table) {
  for (std::size_t s = 0; s < samples_.size(); ++s) {
    check_stop(stop_);
    const Rows x(scratch_->x.data(), samples_[s].size(), config_.hidden_size);
    for (std::size_t i = 0; i < x.rows; ++i)
      table.dense_row(static_cast<std::size_t>(samples_[s][i]), x.row(i));
    stream(0).write(starts_[s], x);
  }
}

/// The rows of `from`, left in scratch x, and normalised.
Calibration::Rows Calibration::normed(const ActivationFile& from,
                                      const AlignedBuffer<float>& weight, std::size_t first,
                                      std::size_t rows) {
  const Rows x(scratch_->x.data(), rows, config_.hidden_size);
  const Rows y(scratch_->norm.data(), rows, config_.hidden_size);
  from.read(first, x);
  for (std::size_t r = 0; r < rows; ++r)
    rms_norm(x.row(r), weight.span(), config_.rms_norm_eps, y.row(r));
  return y;
}

/// The inputs of o, which are kept.
Calibration::Rows Calibration::attend(const DecoderLayer& layer, std::size_t first,
                                      std::size_t rows) {
  const Rows y = normed(stream(block_), layer.input_layernorm, first, rows);
  const std::size_t cols = scratch_->heads[0]->attention.qkv_cols();
  float* qkv = scratch_->qkv.data();
  std::size_t at = 0;
  for (const Linear* linear : {layer.q_proj.get(), layer.k_proj.get(), layer.v_proj.get()}) {
    linear->forward(y, {qkv + at, rows, linear->out_features(), cols}, pool_);
    at += linear->out_features();
  }
  const auto begin = std::ranges::lower_bound(starts_, first);
  const auto count =
      static_cast<std::size_t>(std::ranges::lower_bound(starts_, first + rows) - begin);
  const Rows out(scratch_->attended.data(), rows, scratch_->heads[0]->attention.out_cols());
  pool_.parallel_for(count, 1, [&](std::size_t from, std::size_t to, unsigned thread) {
    const int threads_before = omp_get_max_threads();
    omp_set_num_threads(1);
    Scratch::Head& head = *scratch_->heads[thread];
    for (std::size_t s = from; s < to; ++s) {
      const std::size_t row = begin[static_cast<std::ptrdiff_t>(s)] - first;
      const std::size_t length = begin[static_cast<std::ptrdiff_t>(s) + 1] - first - row;
      head.attention.rope(qkv + row * cols, length);
      head.attention.forward(head.gemm, qkv + row * cols, length, out.row(row).data(),
                             head.lse.data());
    }
    omp_set_num_threads(threads_before);
  });
  attended_->write(first, out);
  return out;
}

/// The inputs of gate and up; the residual stream behind them is kept.
Calibration::Rows Calibration::after_attention(const DecoderLayer& layer, std::size_t first,
                                               std::size_t rows) {
  const Rows attended(scratch_->attended.data(), rows, layer.o_proj->in_features());
  const Rows delta(scratch_->norm.data(), rows, config_.hidden_size);
  const Rows x(scratch_->x.data(), rows, config_.hidden_size);
  attended_->read(first, attended);
  stream(block_).read(first, x);
  layer.o_proj->forward(attended, delta, pool_);
  axpy(1.0f, {delta.data, rows * delta.cols}, {x.data, rows * x.cols});
  middle_->write(first, x);
  return normed(*middle_, layer.post_attention_layernorm, first, rows);
}

/// The inputs of down, which are kept.
Calibration::Rows Calibration::activate(const DecoderLayer& layer, std::size_t first,
                                        std::size_t rows) {
  const Rows y = normed(*middle_, layer.post_attention_layernorm, first, rows);
  const Rows gate(scratch_->gate.data(), rows, config_.intermediate_size);
  const Rows up(scratch_->up.data(), rows, config_.intermediate_size);
  layer.gate_proj->forward(y, gate, pool_);
  layer.up_proj->forward(y, up, pool_);
  for (std::size_t r = 0; r < rows; ++r) silu_mul(gate.row(r), up.row(r), gate.row(r));
  wide_->write(first, gate);
  return gate;
}

InputMoments Calibration::moments(const DecoderLayer& layer, BlockInput place) {
  const std::size_t inputs = place == BlockInput::mlp_out ? config_.intermediate_size
                             : place == BlockInput::attention_out
                                 ? config_.num_attention_heads * config_.head_dim
                                 : config_.hidden_size;
  MomentSum sum(inputs, tokens());
  for_each_chunk([&](std::size_t first, std::size_t rows) {
    sum.add(place == BlockInput::attention
                ? normed(stream(block_), layer.input_layernorm, first, rows)
            : place == BlockInput::attention_out ? attend(layer, first, rows)
            : place == BlockInput::mlp           ? after_attention(layer, first, rows)
                                                 : activate(layer, first, rows),
            stop_);
  });
  return sum.finish();
}

void Calibration::leave(const DecoderLayer& layer) {
  ActivationFile& next = stream(block_ + 1);
  for_each_chunk([&](std::size_t first, std::size_t rows) {
    const Rows x(scratch_->x.data(), rows, config_.hidden_size);
    const Rows delta(scratch_->norm.data(), rows, config_.hidden_size);
    const Rows wide(scratch_->gate.data(), rows, config_.intermediate_size);
    middle_->read(first, x);
    wide_->read(first, wide);
    layer.down_proj->forward(wide, delta, pool_);
    axpy(1.0f, {delta.data, rows * delta.cols}, {x.data, rows * x.cols});
    next.write(first, x);
  });
  next.sync();
  ++block_;
}

}  // namespace sancho::engine
