#include "engine/train/network.h"

#include <algorithm>
#include <stdexcept>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/attention.h"
#include "engine/train/cross_entropy.h"
#include "engine/train/layer_ops.h"
#include "engine/train/rows.h"

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

template <class T>
struct Network<T>::Impl {
  /// What the backward pass of one block needs, all `[max_tokens, …]`.
  struct Saved {
    T *x, *norm1, *rstd1, *qkv, *attended, *lse, *middle, *norm2, *rstd2, *gate_up, *activated;
  };

  const ModelConfig config;
  const ParameterLayout& layout;
  const AdapterLayout* adapters;
  const std::size_t hidden, ffn, max_tokens, max_length;
  Gemm gemm;
  Attention<T> attention;
  HeadLoss<T> head;
  AlignedBuffer<T> arena;
  std::size_t used = 0;

  std::vector<Saved> saved;
  T *last, *picked, *picked_norm, *picked_rstd;  // residual stream after the blocks; counted rows
  T *dx, *dhidden, *dwide, *dqkv, *low, *dlow;   // gradients and scratch

  Impl(const ModelConfig& c, const ParameterLayout& l, const AdapterLayout* a, std::size_t tokens,
       std::size_t length, GemmPrecision precision)
      : config(c),
        layout(l),
        adapters(a),
        hidden(c.hidden_size),
        ffn(c.intermediate_size),
        max_tokens(tokens),
        max_length(length),
        gemm(precision),
        attention(c.num_attention_heads, c.num_key_value_heads, c.head_dim, c.rope_theta, length),
        head(c.hidden_size, c.vocab_size) {
    lay_out();  // counts
    arena = AlignedBuffer<T>(used);
    lay_out();  // hands out
  }

  T* take(std::size_t cols) {
    const std::size_t at = used;
    used += (max_tokens * cols + 15) / 16 * 16;
    return arena.empty() ? nullptr : arena.data() + at;
  }

  void lay_out() {
    used = 0;
    const std::size_t qkv = attention.qkv_cols(), out = attention.out_cols();
    saved.resize(config.num_hidden_layers);
    for (Saved& s : saved)
      s = {take(hidden),  take(hidden), take(1),
           take(qkv),     take(out),    take(config.num_attention_heads),
           take(hidden),  take(hidden), take(1),
           take(2 * ffn), take(ffn)};
    last = take(hidden);
    picked = take(hidden);
    picked_norm = take(hidden);
    picked_rstd = take(1);
    dx = take(hidden);
    dhidden = take(std::max(hidden, out));
    dwide = take(std::max(3 * ffn, hidden));
    dqkv = take(qkv);
    low = take(adapters ? adapters->rank : 0);
    dlow = take(adapters ? adapters->rank : 0);
  }

  const T* weight(const NetworkWeights<T>& w, std::size_t slot) const {
    return w.base + layout.parts[slot].offset;
  }
  T* gradient(const NetworkGradients<T>& g, std::size_t slot) const {
    if (!g.base || (!g.tables && (slot == layout.embed || slot == layout.head))) return nullptr;
    return g.base + layout.parts[slot].offset;
  }

  LowRank<T> low_rank(const NetworkWeights<T>& w, const NetworkGradients<T>& g, std::size_t block,
                      std::size_t index) const {
    const AdapterSlot& s = adapters->parts[block * AdapterLayout::per_block + index];
    return {s.in,
            s.out,
            adapters->rank,
            w.adapter_scale,
            w.adapter + s.a,
            w.adapter + s.b,
            g.adapter ? g.adapter + s.a : nullptr,
            g.adapter ? g.adapter + s.b : nullptr};
  }

  /// y = x·wᵀ for `count` neighbouring matrices that start at `slot`, each with its adapter.
  void linear(const NetworkWeights<T>& w, std::size_t block, std::size_t slot,
              std::size_t adapter_index, std::size_t count, std::size_t rows, const T* x, T* y,
              bool accumulate) {
    const auto [in, out] = extent(slot, count);
    gemm.linear(rows, in, out, x, weight(w, slot), y, accumulate);
    if (!w.adapter) return;
    for (std::size_t i = 0, column = 0; i < count; ++i) {
      const auto adapter = low_rank(w, {}, block, adapter_index + i);
      low_rank_forward(gemm, adapter, rows, x, y + column, out, low);
      column += adapter.out;
    }
  }

  void linear_backward(const NetworkWeights<T>& w, const NetworkGradients<T>& g, std::size_t block,
                       std::size_t slot, std::size_t adapter_index, std::size_t count,
                       std::size_t rows, const T* x, const T* dy, T* dxs) {
    const auto [in, out] = extent(slot, count);
    gemm.linear_backward(rows, in, out, x, weight(w, slot), dy, dxs, gradient(g, slot));
    if (!g.adapter) return;
    for (std::size_t i = 0, column = 0; i < count; ++i) {
      const auto adapter = low_rank(w, g, block, adapter_index + i);
      low_rank_backward(gemm, adapter, rows, x, dy + column, out, dxs, low, dlow);
      column += adapter.out;
    }
  }

  std::pair<std::size_t, std::size_t> extent(std::size_t slot, std::size_t count) const {
    std::size_t out = 0;
    for (std::size_t i = 0; i < count; ++i) out += layout.parts[slot + i].rows;
    return {layout.parts[slot].cols, out};
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

  void block_forward(std::size_t l, const NetworkWeights<T>& w, const PackedBatch& batch, T* next) {
    const std::size_t n = batch.inputs.size();
    const auto& b = layout.blocks[l];
    Saved& s = saved[l];
    const T eps = static_cast<T>(config.rms_norm_eps);

    rms_norm_forward(n, hidden, s.x, weight(w, b.input_norm), eps, s.norm1, s.rstd1);
    linear(w, l, b.q, 0, 3, n, s.norm1, s.qkv, false);
    for (std::size_t i = 0; i + 1 < batch.starts.size(); ++i) {
      const std::size_t start = batch.starts[i], length = batch.starts[i + 1] - start;
      T* qkv = s.qkv + start * attention.qkv_cols();
      attention.rope(qkv, length);
      attention.forward(gemm, qkv, length, s.attended + start * attention.out_cols(),
                        s.lse + start * config.num_attention_heads);
    }
    std::copy_n(s.x, n * hidden, s.middle);
    linear(w, l, b.o, 3, 1, n, s.attended, s.middle, true);

    rms_norm_forward(n, hidden, s.middle, weight(w, b.post_norm), eps, s.norm2, s.rstd2);
    linear(w, l, b.gate, 4, 2, n, s.norm2, s.gate_up, false);
    swiglu_forward(n, ffn, s.gate_up, s.activated);
    std::copy_n(s.middle, n * hidden, next);
    linear(w, l, b.down, 6, 1, n, s.activated, next, true);
  }

  /// dx: gradient of the block's output on entry, of its input on return.
  void block_backward(std::size_t l, const NetworkWeights<T>& w, const NetworkGradients<T>& g,
                      const PackedBatch& batch) {
    const std::size_t n = batch.inputs.size();
    const auto& b = layout.blocks[l];
    const Saved& s = saved[l];
    T *dactivated = dwide, *dgate_up = dwide + n * ffn;

    linear_backward(w, g, l, b.down, 6, 1, n, s.activated, dx, dactivated);
    swiglu_backward(n, ffn, s.gate_up, dactivated, dgate_up);
    linear_backward(w, g, l, b.gate, 4, 2, n, s.norm2, dgate_up, dhidden);
    rms_norm_backward(n, hidden, s.middle, weight(w, b.post_norm), s.rstd2, dhidden, dx,
                      gradient(g, b.post_norm));

    linear_backward(w, g, l, b.o, 3, 1, n, s.attended, dx, dhidden);
    for (std::size_t i = 0; i + 1 < batch.starts.size(); ++i) {
      const std::size_t start = batch.starts[i], length = batch.starts[i + 1] - start;
      const std::size_t q = start * attention.qkv_cols(), o = start * attention.out_cols();
      attention.backward(gemm, s.qkv + q, s.attended + o,
                         s.lse + start * config.num_attention_heads, dhidden + o, length, dqkv + q);
      attention.rope_backward(dqkv + q, length);
    }
    linear_backward(w, g, l, b.q, 0, 3, n, s.norm1, dqkv, dhidden);
    rms_norm_backward(n, hidden, s.x, weight(w, b.input_norm), s.rstd1, dhidden, dx,
                      gradient(g, b.input_norm));
  }

  /// Fills the residual stream up to `last`; false when stopped.
  bool blocks_forward(const NetworkWeights<T>& w, const PackedBatch& batch, std::stop_token stop) {
    check(batch);
    const T* table = weight(w, layout.embed);
    T* x = saved.empty() ? last : saved[0].x;
    for (std::size_t i = 0; i < batch.inputs.size(); ++i)
      std::copy_n(table + static_cast<std::size_t>(batch.inputs[i]) * hidden, hidden,
                  x + i * hidden);
    for (std::size_t l = 0; l < saved.size(); ++l) {
      if (stop.stop_requested()) return false;
      block_forward(l, w, batch, l + 1 < saved.size() ? saved[l + 1].x : last);
    }
    return !stop.stop_requested();
  }

  /// The counted rows alone go through the last norm and the head.
  void pick(const NetworkWeights<T>& w, const std::vector<std::size_t>& from) {
    for (std::size_t i = 0; i < from.size(); ++i)
      std::copy_n(last + from[i] * hidden, hidden, picked + i * hidden);
    rms_norm_forward(from.size(), hidden, picked, weight(w, layout.norm),
                     static_cast<T>(config.rms_norm_eps), picked_norm, picked_rstd);
  }

  bool blocks_backward(const NetworkWeights<T>& w, const NetworkGradients<T>& g,
                       const PackedBatch& batch, std::stop_token stop) {
    const std::size_t counted = batch.targets.size();
    // dhidden holds the head's gradient; dwide serves as the picked rows' gradient.
    std::fill_n(dwide, counted * hidden, T(0));
    rms_norm_backward(counted, hidden, picked, weight(w, layout.norm), picked_rstd, dhidden, dwide,
                      gradient(g, layout.norm));
    std::fill_n(dx, batch.inputs.size() * hidden, T(0));
    for (std::size_t i = 0; i < counted; ++i)
      std::copy_n(dwide + i * hidden, hidden, dx + batch.target_rows[i] * hidden);
    for (std::size_t l = saved.size(); l-- > 0;) {
      if (stop.stop_requested()) return false;
      block_backward(l, w, g, batch);
    }
    if (T* table = gradient(g, layout.embed))
      for (std::size_t i = 0; i < batch.inputs.size(); ++i)
        rows::axpy(T(1), dx + i * hidden,
                   table + static_cast<std::size_t>(batch.inputs[i]) * hidden, hidden);
    return !stop.stop_requested();
  }
};

template <class T>
Network<T>::Network(const ModelConfig& config, const ParameterLayout& layout,
                    const AdapterLayout* adapters, std::size_t max_tokens, std::size_t max_length,
                    GemmPrecision precision)
    : impl_(std::make_unique<Impl>(config, layout, adapters, max_tokens, max_length, precision)) {}
template <class T>
Network<T>::~Network() = default;

template <class T>
std::optional<double> Network<T>::loss(const NetworkWeights<T>& weights, const PackedBatch& batch,
                                       std::stop_token stop) {
  Impl& net = *impl_;
  if (!net.blocks_forward(weights, batch, stop)) return std::nullopt;
  net.pick(weights, batch.target_rows);
  return net.head.forward(net.gemm, net.picked_norm, net.weight(weights, net.layout.head),
                          batch.targets);
}

template <class T>
std::optional<double> Network<T>::loss_and_gradient(const NetworkWeights<T>& weights,
                                                    const NetworkGradients<T>& gradients,
                                                    const PackedBatch& batch, T scale,
                                                    std::stop_token stop) {
  Impl& net = *impl_;
  if (!net.blocks_forward(weights, batch, stop)) return std::nullopt;
  net.pick(weights, batch.target_rows);
  const double nll = net.head.forward_backward(
      net.gemm, net.picked_norm, net.weight(weights, net.layout.head), batch.targets, scale,
      net.dhidden, net.gradient(gradients, net.layout.head));
  if (!net.blocks_backward(weights, gradients, batch, stop)) return std::nullopt;
  return nll;
}

template <class T>
std::vector<T> Network<T>::logits(const NetworkWeights<T>& weights, const PackedBatch& batch) {
  Impl& net = *impl_;
  net.blocks_forward(weights, batch, {});
  std::vector<std::size_t> every(batch.inputs.size());
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = i;
  net.pick(weights, every);
  std::vector<T> out(every.size() * net.config.vocab_size);
  net.gemm.linear(every.size(), net.hidden, net.config.vocab_size, net.picked_norm,
                  net.weight(weights, net.layout.head), out.data(), false);
  return out;
}

template class Network<float>;
template class Network<double>;

}  // namespace sancho::engine
