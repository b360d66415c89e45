#include "engine/model/session.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "engine/kernels/vector_ops.h"

namespace sancho::engine {

namespace {

using Rows = MatrixView<float>;

/// Tokens that go through a block together: enough to use a layer's weights well, few enough that
/// a block of a large model takes far less than the time in which a stop must be heard.
std::size_t chunk_tokens(const ModelConfig& config) {
  constexpr std::size_t weights_per_chunk = 2'000'000'000, most = 128, least = 8;
  const std::size_t block = parameter_count(config) / config.num_hidden_layers;
  return std::clamp(weights_per_chunk / std::max<std::size_t>(block, 1), least, most);
}

/// Memory for a matrix that only grows.
struct Scratch {
  AlignedBuffer<float> memory;

  Rows rows(std::size_t rows, std::size_t cols) {
    if (memory.size() < rows * cols) memory = AlignedBuffer<float>(rows * cols);
    return {memory.data(), rows, cols};
  }
};

}  // namespace

struct Session::Impl {
  Impl(std::shared_ptr<const Model> m, std::shared_ptr<ThreadPool> p, std::size_t max_tokens);

  std::size_t check(std::span<const TokenId> tokens) const;
  /// Calls `use(hidden, first)` for each chunk of `tokens`: the residual stream after the last
  /// block
  /// `[chunk, hidden]`, whose first row belongs to `tokens[first]`. False on a stop request.
  template <class Use>
  bool forward(std::span<const TokenId> tokens, const std::stop_token& stop, const Use& use);
  bool forward_blocks(const Rows& x, const std::stop_token& stop);
  void attention(const DecoderLayer& layer, std::size_t index, const Rows& x);
  void attend(std::size_t layer, std::size_t head, std::span<const float> query,
              std::size_t positions, std::span<float> scores, std::span<float> out) const;
  void feed_forward(const DecoderLayer& layer, const Rows& x);
  void norm_rows(const Rows& x, const AlignedBuffer<float>& weight, const Rows& out);
  void store_keys_and_values(std::size_t layer, const Rows& k, const Rows& v);
  void add(const Rows& x, const Rows& delta);

  /// The cached vector `[head_dim]` of one position.
  std::span<float> cached(std::vector<AlignedBuffer<float>>& cache, std::size_t layer,
                          std::size_t kv_head, std::size_t position) const {
    return {cache[layer].data() + (kv_head * capacity + position) * config.head_dim,
            config.head_dim};
  }
  std::span<const float> cached(const std::vector<AlignedBuffer<float>>& cache, std::size_t layer,
                                std::size_t kv_head, std::size_t position) const {
    return {cache[layer].data() + (kv_head * capacity + position) * config.head_dim,
            config.head_dim};
  }
  std::span<const float> cosines(std::size_t position) const {
    return cos.span().subspan(position * config.head_dim / 2, config.head_dim / 2);
  }
  std::span<const float> sines(std::size_t position) const {
    return sin.span().subspan(position * config.head_dim / 2, config.head_dim / 2);
  }

  std::shared_ptr<const Model> model;
  std::shared_ptr<ThreadPool> pool;
  const ModelConfig& config;
  std::size_t capacity;
  std::size_t chunk;
  std::vector<TokenId> ids;                        // in the cache
  std::vector<AlignedBuffer<float>> keys, values;  // per layer [kv heads, capacity, head_dim]
  AlignedBuffer<float> cos, sin;                   // [capacity, head_dim/2]
  AlignedBuffer<float> scores;                     // [threads, capacity]
  Scratch hidden, normed, queries, new_keys, new_values, attended, gate, up, delta, output;
};

Session::Impl::Impl(std::shared_ptr<const Model> m, std::shared_ptr<ThreadPool> p,
                    std::size_t max_tokens)
    : model(std::move(m)),
      pool(std::move(p)),
      config(model->config()),
      capacity(std::min(max_tokens, config.max_position_embeddings)),
      chunk(chunk_tokens(config)) {
  for (std::size_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    const std::size_t size = config.num_key_value_heads * capacity * config.head_dim;
    keys.emplace_back(size);
    values.emplace_back(size);
  }
  const std::size_t half = config.head_dim / 2;
  cos = AlignedBuffer<float>(capacity * half);
  sin = AlignedBuffer<float>(capacity * half);
  for (std::size_t i = 0; i < half; ++i) {
    const double frequency =
        std::pow(static_cast<double>(config.rope_theta),
                 -2.0 * static_cast<double>(i) / static_cast<double>(2 * half));
    for (std::size_t position = 0; position < capacity; ++position) {
      const double angle = static_cast<double>(position) * frequency;
      cos[position * half + i] = static_cast<float>(std::cos(angle));
      sin[position * half + i] = static_cast<float>(std::sin(angle));
    }
  }
  scores = AlignedBuffer<float>(pool->threads() * capacity);
}

/// Throws where `tokens` cannot be read; returns how many they are.
std::size_t Session::Impl::check(std::span<const TokenId> tokens) const {
  if (tokens.size() > capacity - ids.size())
    throw std::length_error("The text is too long for the model: there is room for " +
                            std::to_string(capacity) + " tokens.");
  for (const TokenId id : tokens)
    if (id < 0 || static_cast<std::size_t>(id) >= config.vocab_size)
      throw std::invalid_argument("Token " + std::to_string(id) + " is outside the vocabulary.");
  return tokens.size();
}

template <class Use>
bool Session::Impl::forward(std::span<const TokenId> tokens, const std::stop_token& stop,
                            const Use& use) {
  for (std::size_t first = 0; first < tokens.size(); first += chunk) {
    const auto part = tokens.subspan(first, std::min(chunk, tokens.size() - first));
    const Rows x = hidden.rows(part.size(), config.hidden_size);
    for (std::size_t i = 0; i < part.size(); ++i)
      model->embed_tokens().dense_row(static_cast<std::size_t>(part[i]), x.row(i));
    if (!forward_blocks(x, stop)) return false;
    ids.insert(ids.end(), part.begin(), part.end());
    use(x, first);
  }
  return true;
}

bool Session::Impl::forward_blocks(const Rows& x, const std::stop_token& stop) {
  const auto& layers = model->layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    if (stop.stop_requested()) return false;
    attention(layers[layer], layer, x);
    feed_forward(layers[layer], x);
  }
  return true;
}

void Session::Impl::norm_rows(const Rows& x, const AlignedBuffer<float>& weight, const Rows& out) {
  pool->parallel_for(x.rows, 8, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t row = begin; row < end; ++row)
      rms_norm(x.row(row), weight.span(), config.rms_norm_eps, out.row(row));
  });
}

void Session::Impl::add(const Rows& x, const Rows& other) {
  axpy(1.0f, {other.data, other.rows * other.cols}, {x.data, x.rows * x.cols});
}

void Session::Impl::store_keys_and_values(std::size_t layer, const Rows& k, const Rows& v) {
  const std::size_t dim = config.head_dim;
  for (std::size_t row = 0; row < k.rows; ++row) {
    const std::size_t position = ids.size() + row;
    for (std::size_t head = 0; head < config.num_key_value_heads; ++head) {
      const auto key = k.row(row).subspan(head * dim, dim);
      const auto value = v.row(row).subspan(head * dim, dim);
      rope_rotate_half(key, cosines(position), sines(position));
      std::ranges::copy(key, cached(keys, layer, head, position).begin());
      std::ranges::copy(value, cached(values, layer, head, position).begin());
    }
  }
}

void Session::Impl::attend(std::size_t layer, std::size_t head, std::span<const float> query,
                           std::size_t positions, std::span<float> weights,
                           std::span<float> out) const {
  const std::size_t kv_head = head / (config.num_attention_heads / config.num_key_value_heads);
  const float scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  for (std::size_t t = 0; t < positions; ++t)
    weights[t] = scale * dot(query, cached(keys, layer, kv_head, t));
  softmax(weights.first(positions));
  std::ranges::fill(out, 0.0f);
  for (std::size_t t = 0; t < positions; ++t)
    axpy(weights[t], cached(values, layer, kv_head, t), out);
}

void Session::Impl::attention(const DecoderLayer& layer, std::size_t index, const Rows& x) {
  const std::size_t dim = config.head_dim, heads = config.num_attention_heads;
  const Rows y = normed.rows(x.rows, config.hidden_size);
  const Rows q = queries.rows(x.rows, heads * dim);
  const Rows k = new_keys.rows(x.rows, config.num_key_value_heads * dim);
  const Rows v = new_values.rows(x.rows, config.num_key_value_heads * dim);
  const Rows o = attended.rows(x.rows, heads * dim);
  norm_rows(x, layer.input_layernorm, y);
  layer.q_proj->forward(y, q, *pool);
  layer.k_proj->forward(y, k, *pool);
  layer.v_proj->forward(y, v, *pool);
  store_keys_and_values(index, k, v);

  // One piece of work is a head of a row; small ones go in bundles worth a thread's waking.
  constexpr std::size_t products_per_bundle = 16384;
  const std::size_t products = 2 * dim * (ids.size() + x.rows);
  const std::size_t grain = std::max<std::size_t>(1, products_per_bundle / products);
  pool->parallel_for(x.rows * heads, grain, [&](std::size_t begin, std::size_t end, unsigned t) {
    const auto weights = scores.span().subspan(t * capacity, capacity);
    for (std::size_t item = begin; item < end; ++item) {
      const std::size_t head = item / x.rows, row = item % x.rows;
      const std::size_t position = ids.size() + row;
      const auto query = q.row(row).subspan(head * dim, dim);
      rope_rotate_half(query, cosines(position), sines(position));
      attend(index, head, query, position + 1, weights, o.row(row).subspan(head * dim, dim));
    }
  });
  const Rows d = delta.rows(x.rows, config.hidden_size);
  layer.o_proj->forward(o, d, *pool);
  add(x, d);
}

void Session::Impl::feed_forward(const DecoderLayer& layer, const Rows& x) {
  const Rows y = normed.rows(x.rows, config.hidden_size);
  const Rows g = gate.rows(x.rows, config.intermediate_size);
  const Rows u = up.rows(x.rows, config.intermediate_size);
  const Rows d = delta.rows(x.rows, config.hidden_size);
  norm_rows(x, layer.post_attention_layernorm, y);
  layer.gate_proj->forward(y, g, *pool);
  layer.up_proj->forward(y, u, *pool);
  pool->parallel_for(x.rows, 8, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t row = begin; row < end; ++row) silu_mul(g.row(row), u.row(row), g.row(row));
  });
  layer.down_proj->forward(g, d, *pool);
  add(x, d);
}

Session::Session(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool,
                 std::size_t max_tokens)
    : impl_(std::make_unique<Impl>(std::move(model), std::move(pool), max_tokens)) {}
Session::~Session() = default;

const Model& Session::model() const {
  return *impl_->model;
}
const std::shared_ptr<const Model>& Session::shared_model() const {
  return impl_->model;
}
const std::shared_ptr<ThreadPool>& Session::pool() const {
  return impl_->pool;
}
std::span<const TokenId> Session::tokens() const {
  return impl_->ids;
}
std::size_t Session::position() const {
  return impl_->ids.size();
}
std::size_t Session::capacity() const {
  return impl_->capacity;
}

void Session::truncate(std::size_t position) {
  if (position < impl_->ids.size()) impl_->ids.resize(position);
}

std::span<const float> Session::read(std::span<const TokenId> tokens, std::stop_token stop) {
  Impl& s = *impl_;
  if (tokens.empty()) throw std::invalid_argument("There is no token to read.");
  s.check(tokens);
  const Rows logits = s.output.rows(1, s.config.vocab_size);
  const bool done = s.forward(tokens, stop, [&](const Rows& x, std::size_t first) {
    if (first + x.rows != tokens.size()) return;
    const Rows last(x.row(x.rows - 1).data(), 1, x.cols);
    s.norm_rows(last, s.model->norm(), last);
    s.model->lm_head().forward(last, logits, *s.pool);
  });
  return done ? std::span<const float>(logits.row(0)) : std::span<const float>();
}

MatrixView<const float> Session::read_all(std::span<const TokenId> tokens) {
  Impl& s = *impl_;
  const Rows logits = s.output.rows(s.check(tokens), s.config.vocab_size);
  s.forward(tokens, {}, [&](const Rows& x, std::size_t first) {
    const Rows y = s.normed.rows(x.rows, s.config.hidden_size);
    s.norm_rows(x, s.model->norm(), y);
    s.model->lm_head().forward(y, {logits.row(first).data(), x.rows, logits.cols}, *s.pool);
  });
  return logits;
}

MatrixView<const float> Session::hidden_states(std::span<const TokenId> tokens) {
  Impl& s = *impl_;
  const Rows states = s.output.rows(s.check(tokens), s.config.hidden_size);
  s.forward(tokens, {}, [&](const Rows& x, std::size_t first) {
    s.norm_rows(x, s.model->norm(), {states.row(first).data(), x.rows, states.cols});
  });
  return states;
}

}  // namespace sancho::engine
