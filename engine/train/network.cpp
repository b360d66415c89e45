#include "engine/train/network.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/attention.h"
#include "engine/train/cross_entropy.h"
#include "engine/train/layer_ops.h"
#include "engine/train/products.h"
#include "engine/train/rows.h"
#include "engine/train/sparse_delta.h"
#include "engine/train/square_head.h"

namespace sancho::engine {

void PackedBatch::add(std::span<const TokenId> tokens, std::size_t loss_from) {
  if (tokens.size() < 2) return;
  const std::size_t start = inputs.size();
  inputs.insert(inputs.end(), tokens.begin(), tokens.end() - 1);
  starts.push_back(inputs.size());
  for (std::size_t i = std::max<std::size_t>(loss_from, 1); i < tokens.size(); ++i) {
    target_rows.push_back(start + i - 1);
    targets.push_back(tokens[i]);
  }
}

void PackedBatch::clear() {
  inputs.clear();
  starts.assign(1, 0);
  target_rows.clear();
  targets.clear();
}

namespace {

/// Widths of the activations, in elements for one token.
struct Widths {
  std::size_t hidden, ffn, query, qkv, heads;

  explicit Widths(const ModelConfig& c)
      : hidden(c.hidden_size),
        ffn(c.intermediate_size),
        query(c.num_attention_heads * c.head_dim),
        qkv(query + 2 * c.num_key_value_heads * c.head_dim),
        heads(c.num_attention_heads) {}
  /// What the backward pass of a block needs besides the block's input.
  std::size_t inside_block() const { return qkv + query + heads + hidden + 2 * ffn + 2; }
};

/// Calls `visit(row, sample, count)` for every counted position: its row of the activations, its
/// sample, and how many are counted of that.
template <class Visit>
void for_each_counted(const PackedBatch& batch, const Visit& visit) {
  std::size_t i = 0;
  for (std::size_t sample = 0; sample + 1 < batch.starts.size(); ++sample) {
    std::size_t end = i;
    while (end < batch.target_rows.size() && batch.target_rows[end] < batch.starts[sample + 1])
      ++end;
    for (const std::size_t count = end - i; i < end; ++i)
      visit(batch.target_rows[i], sample, count);
  }
}

}  // namespace

template <class T>
struct Network<T>::Impl {
  /// What the backward pass of one block needs, all `[max_tokens, …]`.
  struct Saved {
    T *x, *rstd1, *qkv, *attended, *lse, *middle, *rstd2, *gate_up;
  };

  const ModelConfig config;
  const ParameterLayout& layout;
  const AdapterLayout* adapters;
  const Widths widths;
  const std::size_t hidden, ffn, max_tokens, max_length;
  const bool recompute;
  Products<T> products;
  Attention<T> attention;
  HeadLoss<T> head;
  DeltaProducts<T> deltas;
  AlignedBuffer<T> arena, layer_gradient;
  std::size_t used = 0;

  std::vector<Saved> saved;  // with `recompute` all share everything but x
  T *normed, *activated;     // inputs of the products, made again going backward
  T *last, *picked, *picked_norm, *picked_rstd;  // residual stream after the blocks; counted rows
  T *dx, *dhidden, *dwide, *dqkv, *low, *dlow, *dlow_up;  // gradients and scratch

  Impl(const ModelConfig& c, const ParameterLayout& l, const AdapterLayout* a, std::size_t tokens,
       std::size_t length, GemmPrecision precision, bool again)
      : config(c),
        layout(l),
        adapters(a),
        widths(c),
        hidden(c.hidden_size),
        ffn(c.intermediate_size),
        max_tokens(tokens),
        max_length(length),
        recompute(again),
        products(precision),
        attention(c.num_attention_heads, c.num_key_value_heads, c.head_dim, c.rope_theta, length),
        head(c.vocab_size) {
    lay_out();  // counts
    arena = AlignedBuffer<T>(used);
    lay_out();  // hands out
  }

  T* take(std::size_t cols) {
    const std::size_t at = used;
    used += (max_tokens * cols + 15) / 16 * 16;
    return arena.empty() ? nullptr : arena.data() + at;
  }

  Saved take_block() {
    return {nullptr,      take(1), take(widths.qkv), take(widths.query), take(widths.heads),
            take(hidden), take(1), take(2 * ffn)};
  }

  void lay_out() {
    used = 0;
    saved.resize(config.num_hidden_layers);
    const Saved shared = recompute ? take_block() : Saved{};
    for (Saved& s : saved) {
      s = recompute ? shared : take_block();
      s.x = take(hidden);
    }
    normed = take(hidden);
    activated = take(ffn);
    last = take(hidden);
    picked = take(hidden);
    picked_norm = take(hidden);
    picked_rstd = take(1);
    dx = take(hidden);
    dhidden = take(std::max(hidden, widths.query));
    dwide = take(std::max(3 * ffn, hidden));
    dqkv = take(widths.qkv);
    low = take(adapters ? adapters->rank : 0);
    dlow = take(adapters ? adapters->rank : 0);
    // Rows as long as the widest output, in the same unit.
    dlow_up =
        take(adapters ? (adapters->rank * std::max({ffn, hidden, widths.query}) + max_tokens - 1) /
                            max_tokens
                      : 0);
  }

  /// `count` neighbouring matrices from `slot` on, as one.
  WeightMatrix<T> matrix(const NetworkWeights<T>& w, std::size_t slot,
                         std::size_t count = 1) const {
    WeightMatrix<T> m;
    m.in = layout.parts[slot].cols;
    for (std::size_t i = 0; i < count; ++i) m.out += layout.parts[slot + i].rows;
    if (w.base)
      m.dense = w.base + layout.parts[slot].offset;
    else
      m.frozen = w.frozen->layers(slot, count);
    if (w.sparse) m.sparse = w.sparse->at(slot);
    return m;
  }
  const T* norm(const NetworkWeights<T>& w, std::size_t slot) const {
    return w.base ? w.base + layout.parts[slot].offset : w.frozen->norm(slot);
  }
  T* gradient(const NetworkGradients<T>& g, std::size_t slot) const {
    if (!g.base || (!g.tables && (slot == layout.embed || slot == layout.head))) return nullptr;
    return g.base + layout.parts[slot].offset;
  }

  LowRank<T> low_rank(const NetworkWeights<T>& w, const NetworkGradients<T>& g,
                      std::size_t part) const {
    const AdapterSlot& s = adapters->parts[part];
    return {s.in,
            s.out,
            adapters->rank,
            w.adapter_scale,
            w.adapter + s.a,
            w.adapter + s.b,
            g.adapter ? g.adapter + s.a : nullptr,
            g.adapter ? g.adapter + s.b : nullptr};
  }
  SparseDelta<T> delta(const NetworkWeights<T>& w, const NetworkGradients<T>& g,
                       std::size_t part) const {
    const std::size_t at = adapters->parts[part].delta;
    return {&adapters->patterns[part], w.adapter + at, g.adapter ? g.adapter + at : nullptr};
  }

  /// y = x·wᵀ for the `count` neighbouring matrices of the adapter parts from `part` on.
  void linear(const NetworkWeights<T>& w, std::size_t slot, std::size_t part, std::size_t count,
              std::size_t rows, const T* x, T* y, bool accumulate) {
    const auto m = matrix(w, slot, count);
    products.forward(rows, m, x, y, accumulate);
    if (!w.adapter || products.stop.stop_requested()) return;
    const bool sparse = !adapters->patterns.empty();
    if (sparse) deltas.input(rows, m.in, x);
    for (std::size_t i = part; i < part + count; ++i) {
      if (adapters->rank > 0)
        low_rank_forward(products.gemm, low_rank(w, {}, i), rows, x, y, m.out, low);
      if (sparse) deltas.forward(delta(w, {}, i), y, m.out);
      y += adapters->parts[i].out;
    }
  }

  void linear_backward(const NetworkWeights<T>& w, const NetworkGradients<T>& g, std::size_t slot,
                       std::size_t part, std::size_t count, std::size_t rows, const T* x,
                       const T* dy, T* dxs) {
    const auto m = matrix(w, slot, count);
    products.backward(rows, m, x, dy, dxs, gradient(g, slot));
    if (products.stop.stop_requested()) return;
    const bool low_rank_too = g.adapter && adapters->rank > 0;
    const bool sparse = g.adapter && !adapters->patterns.empty();
    if (sparse) deltas.input(rows, m.in, x);
    for (std::size_t i = part; i < part + count; ++i) {
      const std::size_t out = layout.parts[slot + i - part].rows;
      if (low_rank_too)
        low_rank_backward(products.gemm, low_rank(w, g, i), rows, x, dy, m.out, dxs, low, dlow,
                          dlow_up);
      if (sparse) deltas.backward(delta(w, g, i), dy, m.out);
      if (g.each) {
        std::fill_n(room(layer_gradient, out * m.in), out * m.in, T(0));
        products.weight_gradient(rows, m.in, out, x, dy, m.out, layer_gradient.data());
        if (!products.stop.stop_requested()) g.each(i, layer_gradient.data());
      }
      dy += out;
    }
    if (sparse) deltas.add_input_gradient(dxs);
  }

  void check(const PackedBatch& batch) const {
    if (batch.inputs.size() > max_tokens)
      throw std::invalid_argument(
          "A training batch holds more tokens than the network has room for.");
    for (std::size_t s = 0; s + 1 < batch.starts.size(); ++s)
      if (batch.starts[s + 1] - batch.starts[s] > max_length)
        throw std::invalid_argument("A training sample is longer than the network has room for.");
    const auto bad = [this](TokenId id) {
      return id < 0 || static_cast<std::size_t>(id) >= config.vocab_size;
    };
    if (std::any_of(batch.inputs.begin(), batch.inputs.end(), bad) ||
        std::any_of(batch.targets.begin(), batch.targets.end(), bad))
      throw std::invalid_argument("A training sample holds a token that the model does not know.");
  }

  /// The block's output goes to `next`; where that is null only what backward needs is made.
  void block_forward(std::size_t l, const NetworkWeights<T>& w, const PackedBatch& batch, T* next) {
    const std::size_t n = batch.inputs.size(), part = l * AdapterLayout::per_block;
    const auto& b = layout.blocks[l];
    const Saved& s = saved[l];
    const T eps = static_cast<T>(config.rms_norm_eps);

    rms_norm_forward(n, hidden, s.x, norm(w, b.input_norm), eps, normed, s.rstd1);
    linear(w, b.q, part, 3, n, normed, s.qkv, false);
    for (std::size_t i = 0; i + 1 < batch.starts.size(); ++i) {
      if (products.stop.stop_requested()) return;
      const std::size_t start = batch.starts[i], length = batch.starts[i + 1] - start;
      T* qkv = s.qkv + start * attention.qkv_cols();
      attention.rope(qkv, length);
      attention.forward(products.gemm, qkv, length, s.attended + start * attention.out_cols(),
                        s.lse + start * config.num_attention_heads);
    }
    std::copy_n(s.x, n * hidden, s.middle);
    linear(w, b.o, part + 3, 1, n, s.attended, s.middle, true);

    rms_norm_forward(n, hidden, s.middle, norm(w, b.post_norm), eps, normed, s.rstd2);
    linear(w, b.gate, part + 4, 2, n, normed, s.gate_up, false);
    if (!next) return;
    swiglu_forward(n, ffn, s.gate_up, activated);
    std::copy_n(s.middle, n * hidden, next);
    linear(w, b.down, part + 6, 1, n, activated, next, true);
  }

  /// dx: gradient of the block's output on entry, of its input on return.
  void block_backward(std::size_t l, const NetworkWeights<T>& w, const NetworkGradients<T>& g,
                      const PackedBatch& batch) {
    const std::size_t n = batch.inputs.size(), part = l * AdapterLayout::per_block;
    const auto& b = layout.blocks[l];
    const Saved& s = saved[l];
    const T eps = static_cast<T>(config.rms_norm_eps);
    T *dactivated = dwide, *dgate_up = dwide + n * ffn;
    if (recompute) block_forward(l, w, batch, nullptr);

    swiglu_forward(n, ffn, s.gate_up, activated);
    linear_backward(w, g, b.down, part + 6, 1, n, activated, dx, dactivated);
    swiglu_backward(n, ffn, s.gate_up, dactivated, dgate_up);
    rms_norm_forward(n, hidden, s.middle, norm(w, b.post_norm), eps, normed, s.rstd2);
    linear_backward(w, g, b.gate, part + 4, 2, n, normed, dgate_up, dhidden);
    rms_norm_backward(n, hidden, s.middle, norm(w, b.post_norm), s.rstd2, dhidden, dx,
                      gradient(g, b.post_norm));

    linear_backward(w, g, b.o, part + 3, 1, n, s.attended, dx, dhidden);
    for (std::size_t i = 0; i + 1 < batch.starts.size(); ++i) {
      if (products.stop.stop_requested()) return;
      const std::size_t start = batch.starts[i], length = batch.starts[i + 1] - start;
      const std::size_t q = start * attention.qkv_cols(), o = start * attention.out_cols();
      attention.backward(products.gemm, s.qkv + q, s.attended + o,
                         s.lse + start * config.num_attention_heads, dhidden + o, length, dqkv + q);
      attention.rope_backward(dqkv + q, length);
    }
    rms_norm_forward(n, hidden, s.x, norm(w, b.input_norm), eps, normed, s.rstd1);
    linear_backward(w, g, b.q, part, 3, n, normed, dqkv, dhidden);
    rms_norm_backward(n, hidden, s.x, norm(w, b.input_norm), s.rstd1, dhidden, dx,
                      gradient(g, b.input_norm));
  }

  /// Fills the residual stream up to `last`; false when stopped.
  bool blocks_forward(const NetworkWeights<T>& w, const PackedBatch& batch, std::stop_token stop) {
    check(batch);
    products.stop = std::move(stop);
    const auto table = matrix(w, layout.embed);
    T* x = saved.empty() ? last : saved[0].x;
    for (std::size_t i = 0; i < batch.inputs.size(); ++i)
      products.row(table, static_cast<std::size_t>(batch.inputs[i]), x + i * hidden);
    for (std::size_t l = 0; l < saved.size(); ++l) {
      block_forward(l, w, batch, l + 1 < saved.size() ? saved[l + 1].x : last);
      if (products.stop.stop_requested()) return false;
    }
    return true;
  }

  /// The counted rows alone go through the last norm and the head.
  void pick(const NetworkWeights<T>& w, const std::vector<std::size_t>& from) {
    for (std::size_t i = 0; i < from.size(); ++i)
      std::copy_n(last + from[i] * hidden, hidden, picked + i * hidden);
    rms_norm_forward(from.size(), hidden, picked, norm(w, layout.norm),
                     static_cast<T>(config.rms_norm_eps), picked_norm, picked_rstd);
  }

  /// The residual stream after block l.
  T* after(std::size_t l) const { return l + 1 < saved.size() ? saved[l + 1].x : last; }

  /// Hidden states of a teacher after each block, and the factor of their term's gradient.
  struct Features {
    const Impl* teacher = nullptr;
    T scale = 0;
  };

  /// dx becomes the gradient of the residual stream where dhidden is that of the picked rows.
  void pick_backward(const NetworkWeights<T>& w, const NetworkGradients<T>& g,
                     const PackedBatch& batch) {
    const std::size_t counted = batch.targets.size();
    // dwide serves as the gradient of the picked rows before their norm.
    std::fill_n(dwide, counted * hidden, T(0));
    rms_norm_backward(counted, hidden, picked, norm(w, layout.norm), picked_rstd, dhidden, dwide,
                      gradient(g, layout.norm));
    std::fill_n(dx, batch.inputs.size() * hidden, T(0));
    for (std::size_t i = 0; i < counted; ++i)
      std::copy_n(dwide + i * hidden, hidden, dx + batch.target_rows[i] * hidden);
  }

  /// From dx at the end of the stream; adds SquareHead's terms to `terms`.
  bool blocks_backward(const NetworkWeights<T>& w, const NetworkGradients<T>& g,
                       const PackedBatch& batch, const Features& features, double& terms) {
    for (std::size_t l = saved.size(); l-- > 0;) {
      if (features.teacher)
        terms += square_head(after(l), features.teacher->after(l), batch.inputs.size() * hidden,
                             kSquareHeadEpsilon, features.scale, dx);
      block_backward(l, w, g, batch);
      if (products.stop.stop_requested()) return false;
    }
    if (T* table = gradient(g, layout.embed))
      for (std::size_t i = 0; i < batch.inputs.size(); ++i)
        rows::axpy(T(1), dx + i * hidden,
                   table + static_cast<std::size_t>(batch.inputs[i]) * hidden, hidden);
    return true;
  }
};

template <class T>
Network<T>::Network(const ModelConfig& config, const ParameterLayout& layout,
                    const AdapterLayout* adapters, std::size_t max_tokens, std::size_t max_length,
                    GemmPrecision precision, bool recompute)
    : impl_(std::make_unique<Impl>(config, layout, adapters, max_tokens, max_length, precision,
                                   recompute)) {}
template <class T>
Network<T>::~Network() = default;

template <class T>
std::size_t Network<T>::activation_bytes(const ModelConfig& config, std::size_t max_tokens,
                                         bool recompute) {
  const Widths w(config);
  const std::size_t layers = config.num_hidden_layers;
  const std::size_t scratch = 8 * w.hidden + 4 * w.ffn + w.qkv;
  return sizeof(T) * max_tokens *
         (layers * w.hidden + (recompute ? 1 : layers) * w.inside_block() + scratch);
}

template <class T>
std::optional<double> Network<T>::loss(const NetworkWeights<T>& weights, const PackedBatch& batch,
                                       std::stop_token stop) {
  Impl& net = *impl_;
  if (!net.blocks_forward(weights, batch, std::move(stop))) return std::nullopt;
  net.pick(weights, batch.target_rows);
  const double nll = net.head.forward(net.products, net.picked_norm,
                                      net.matrix(weights, net.layout.head), batch.targets);
  if (net.products.stop.stop_requested()) return std::nullopt;
  return nll;
}

template <class T>
std::optional<double> Network<T>::loss_and_gradient(const NetworkWeights<T>& weights,
                                                    const NetworkGradients<T>& gradients,
                                                    const PackedBatch& batch, T scale,
                                                    std::stop_token stop,
                                                    const Distillation<T>& distillation) {
  Impl& net = *impl_;
  HeadTeacher<T> head_teacher;
  typename Impl::Features features;
  if (distillation.teacher) {
    Impl& teacher = *distillation.teacher->impl_;
    if (!teacher.blocks_forward(distillation.weights, batch, stop)) return std::nullopt;
    teacher.pick(distillation.weights, batch.target_rows);
    head_teacher = {&teacher.products, teacher.picked_norm,
                    teacher.matrix(distillation.weights, teacher.layout.head),
                    distillation.divergence};
    features = {&teacher, scale * distillation.features * static_cast<T>(batch.targets.size())};
  }
  if (!net.blocks_forward(weights, batch, std::move(stop))) return std::nullopt;
  net.pick(weights, batch.target_rows);
  const double nll = net.head.forward_backward(
      net.products, net.picked_norm, net.matrix(weights, net.layout.head), batch.targets, scale,
      net.dhidden, net.gradient(gradients, net.layout.head), head_teacher);
  net.pick_backward(weights, gradients, batch);
  double terms = 0;
  if (!net.blocks_backward(weights, gradients, batch, features, terms)) return std::nullopt;
  return nll + static_cast<double>(distillation.features) *
                   static_cast<double>(batch.targets.size()) * terms;
}

template <class T>
bool Network<T>::embed(const NetworkWeights<T>& weights, const PackedBatch& batch, T* out,
                       std::stop_token stop) {
  Impl& net = *impl_;
  if (!net.blocks_forward(weights, batch, std::move(stop))) return false;
  std::fill_n(out, (batch.starts.size() - 1) * net.hidden, T(0));
  for_each_counted(batch, [&](std::size_t row, std::size_t sample, std::size_t count) {
    rows::axpy(1 / static_cast<T>(count), net.last + row * net.hidden, out + sample * net.hidden,
               net.hidden);
  });
  return true;
}

template <class T>
bool Network<T>::embed_backward(const NetworkWeights<T>& weights,
                                const NetworkGradients<T>& gradients, const PackedBatch& batch,
                                const T* dout, std::stop_token stop) {
  Impl& net = *impl_;
  net.products.stop = std::move(stop);
  std::fill_n(net.dx, batch.inputs.size() * net.hidden, T(0));
  for_each_counted(batch, [&](std::size_t row, std::size_t sample, std::size_t count) {
    rows::axpy(1 / static_cast<T>(count), dout + sample * net.hidden, net.dx + row * net.hidden,
               net.hidden);
  });
  double none = 0;
  return net.blocks_backward(weights, gradients, batch, {}, none);
}

template <class T>
std::vector<T> Network<T>::logits(const NetworkWeights<T>& weights, const PackedBatch& batch) {
  Impl& net = *impl_;
  net.blocks_forward(weights, batch, {});
  std::vector<std::size_t> every(batch.inputs.size());
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = i;
  net.pick(weights, every);
  std::vector<T> out(every.size() * net.config.vocab_size);
  net.products.forward(every.size(), net.matrix(weights, net.layout.head), net.picked_norm,
                       out.data(), false);
  return out;
}

template class Network<float>;
template class Network<double>;

}  // namespace sancho::engine
