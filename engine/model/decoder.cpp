#include "engine/model/decoder.h"

#include <algorithm>
#include <cmath>

#include "engine/kernels/vector_ops.h"
#include "engine/tensor/thread_scratch.h"

namespace sancho::engine {

namespace {

/// Query vectors of one KV head that make a piece of work: as many as a kernel takes at once.
constexpr std::size_t kQueriesAtOnce = 32;

std::size_t most_tokens_of(const ModelConfig& config) {
  // Between two looks at the stop request lies at most one product with so many multiply-adds.
  constexpr std::size_t most_products = 10'000'000'000, most = 256, least = 8;
  const std::size_t weights = 2 * config.hidden_size * config.intermediate_size;
  return std::clamp(most_products / std::max<std::size_t>(weights, 1), least, most);
}

}  // namespace

/// Some rows of one sequence for one KV head.
struct Decoder::HeadWork {
  const NewTokens* sequence = nullptr;
  std::size_t first_row = 0;  // of the sequence, in the pass
  std::size_t begin = 0;      // rows of the sequence
  std::size_t end = 0;
  std::size_t kv_head = 0;
};

Decoder::Rows Decoder::Scratch::rows(std::size_t rows, std::size_t cols) {
  if (memory.size() < rows * cols) memory = AlignedBuffer<float>(rows * cols);
  return {memory.data(), rows, cols};
}

Decoder::Decoder(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool)
    : model_(std::move(model)),
      pool_(std::move(pool)),
      config_(model_->config()),
      most_tokens_(most_tokens_of(config_)),
      rotary_(config_) {}

Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

MatrixView<float> Decoder::run(std::span<const NewTokens> sequences, const std::stop_token& stop) {
  std::size_t tokens = 0;
  for (const NewTokens& sequence : sequences) {
    const std::size_t end = sequence.position + sequence.ids.size();
    sequence.cache->make_room(sequence.position, end);
    rotary_.reach(end);
    tokens += sequence.ids.size();
  }
  const Rows x = hidden_.rows(tokens, config_.hidden_size);
  embed(sequences, x);
  const auto& layers = model_->layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    if (!run_block(layer, sequences, x, stop)) return {};
  return x;
}

void Decoder::embed(std::span<const NewTokens> sequences, const Rows& x) {
  std::size_t row = 0;
  for (const NewTokens& sequence : sequences)
    for (const TokenId id : sequence.ids)
      model_->embed_tokens().dense_row(static_cast<std::size_t>(id), x.row(row++));
}

bool Decoder::run_block(std::size_t index, std::span<const NewTokens> sequences, const Rows& x,
                        const std::stop_token& stop) {
  const DecoderLayer& layer = model_->layers()[index];
  const std::size_t wide = config_.intermediate_size;
  const std::size_t kv_width = config_.num_key_value_heads * config_.head_dim;
  const std::size_t q_width = config_.num_attention_heads * config_.head_dim;
  const Rows y = normed_.rows(x.rows, config_.hidden_size);
  const Rows d = delta_.rows(x.rows, config_.hidden_size);
  const Rows q = queries_.rows(x.rows, q_width), o = attended_.rows(x.rows, q_width);
  const Rows k = keys_.rows(x.rows, kv_width), v = values_.rows(x.rows, kv_width);
  const Rows g = gate_.rows(x.rows, wide), u = up_.rows(x.rows, wide);

  const auto product = [&](const Rows& from, std::initializer_list<Product> products) {
    if (stop.stop_requested()) return false;
    input_.set(from);
    forward_all({products.begin(), products.size()}, input_, *pool_);
    return true;
  };
  norm(x, layer.input_layernorm, y);
  if (!product(y, {{layer.q_proj.get(), q}, {layer.k_proj.get(), k}, {layer.v_proj.get(), v}}))
    return false;
  attention(index, sequences, q, k, v, o);
  if (!product(o, {{layer.o_proj.get(), d}})) return false;
  add(x, d);
  norm(x, layer.post_attention_layernorm, y);
  if (stop.stop_requested()) return false;
  gated_product(layer, y, g, u);
  if (!product(g, {{layer.down_proj.get(), d}})) return false;
  add(x, d);
  return true;
}

/// g = silu(gate·y)·(up·y), each thread finishing the columns that it has made.
void Decoder::gated_product(const DecoderLayer& layer, const Rows& y, const Rows& g,
                            const Rows& u) {
  input_.set(y);
  layer.gate_proj->prepare(input_, *pool_);
  layer.up_proj->prepare(input_, *pool_);
  pool_->parallel_pieces(g.cols, kRowGrain * product_grain(2 * y.cols, y.rows),
                         [&](std::size_t begin, std::size_t end, unsigned) {
                           layer.gate_proj->multiply({begin, end}, input_, g);
                           layer.up_proj->multiply({begin, end}, input_, u);
                           for (std::size_t row = 0; row < g.rows; ++row) {
                             const auto part = g.row(row).subspan(begin, end - begin);
                             silu_mul(part, u.row(row).subspan(begin, end - begin), part);
                           }
                         });
}

void Decoder::attention(std::size_t layer, std::span<const NewTokens> sequences, const Rows& q,
                        const Rows& k, const Rows& v, const Rows& out) {
  const std::size_t kv_heads = config_.num_key_value_heads;
  const std::size_t group = config_.num_attention_heads / kv_heads;
  const std::size_t rows_at_once = std::max<std::size_t>(1, kQueriesAtOnce / group);
  std::vector<HeadWork> heads, tiles;
  std::size_t positions = 0;
  for (std::size_t head = 0; head < kv_heads; ++head) {
    std::size_t row = 0;
    for (const NewTokens& sequence : sequences) {
      const std::size_t count = sequence.ids.size();
      heads.push_back({&sequence, row, 0, count, head});
      for (std::size_t begin = 0; begin < count; begin += rows_at_once)
        tiles.push_back({&sequence, row, begin, std::min(count, begin + rows_at_once), head});
      row += count;
      positions = std::max(positions, sequence.position + count);
    }
  }
  // Small pieces go in bundles worth a thread's waking.
  constexpr std::size_t products_per_bundle = 32768;
  const std::size_t products = 2 * config_.head_dim * group * positions;
  const std::size_t grain = std::max<std::size_t>(1, products_per_bundle / products);
  if (heads.size() == tiles.size()) {
    pool_->parallel_pieces(heads.size(), grain, [&](std::size_t begin, std::size_t end, unsigned) {
      for (std::size_t i = begin; i < end; ++i) {
        rotate_and_store(layer, heads[i], q, k, v);
        attend(layer, heads[i], q, out);
      }
    });
    return;
  }
  pool_->parallel_pieces(heads.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) rotate_and_store(layer, heads[i], q, k, v);
  });
  pool_->parallel_pieces(tiles.size(), grain, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) attend(layer, tiles[i], q, out);
  });
}

/// Turns the queries and keys of a KV head and keeps its keys and values.
void Decoder::rotate_and_store(std::size_t layer, const HeadWork& work, const Rows& q,
                               const Rows& k, const Rows& v) {
  const std::size_t dim = config_.head_dim;
  const std::size_t group = config_.num_attention_heads / config_.num_key_value_heads;
  KvCache& cache = *work.sequence->cache;
  const AttentionKernels& kernels = attention_kernels(cache.format());
  for (std::size_t i = work.begin; i < work.end; ++i) {
    const std::size_t position = work.sequence->position + i, row = work.first_row + i;
    const auto cos = rotary_.cosines(position), sin = rotary_.sines(position);
    for (std::size_t head = 0; head < group; ++head)
      rope_rotate_half(q.row(row).subspan((work.kv_head * group + head) * dim, dim), cos, sin);
    const auto key = k.row(row).subspan(work.kv_head * dim, dim);
    rope_rotate_half(key, cos, sin);
    kernels.store(cache.block(layer, work.kv_head, position), position % kKvBlock, key.data(),
                  v.row(row).data() + work.kv_head * dim, dim);
  }
}

void Decoder::attend(std::size_t layer, const HeadWork& work, const Rows& q, const Rows& out) {
  const KvCache& cache = *work.sequence->cache;
  AttentionTask task;
  task.group = config_.num_attention_heads / config_.num_key_value_heads;
  task.dim = config_.head_dim;
  task.stride = q.stride;
  const std::size_t at =
      (work.first_row + work.begin) * q.stride + work.kv_head * task.group * task.dim;
  task.queries = q.data + at;
  task.out = out.data + at;
  task.rows = work.end - work.begin;
  task.first = work.sequence->position + work.begin;
  task.scale = 1.0f / std::sqrt(static_cast<float>(task.dim));
  task.blocks = cache.pages();
  task.offset = cache.offset(layer, work.kv_head);
  task.scratch = thread_scratch<Decoder, float>(attention_scratch(task.dim));
  attention_kernels(cache.format()).attend(task);
}

void Decoder::norm(const Rows& x, const AlignedBuffer<float>& weight, const Rows& out) {
  pool_->parallel_for(x.rows, 8, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t row = begin; row < end; ++row)
      rms_norm(x.row(row), weight.span(), config_.rms_norm_eps, out.row(row));
  });
}

void Decoder::add(const Rows& x, const Rows& delta) {
  pool_->parallel_for(x.rows, 8, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t row = begin; row < end; ++row) axpy(1.0f, delta.row(row), x.row(row));
  });
}

void Decoder::finish(MatrixView<float> x) {
  norm(x, model_->norm(), x);
}

void Decoder::logits(MatrixView<const float> x, MatrixView<float> out) {
  model_->lm_head().forward(x, out, *pool_);
}

}  // namespace sancho::engine
