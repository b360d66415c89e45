#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/kernels/dispatch.h"
#include "engine/kernels/thread_pool.h"
#include "engine/tensor/dtype.h"
#include "engine/tensor/matrix_view.h"
#include "engine/weights/activations.h"
#include "engine/weights/csr_pattern.h"
#include "engine/weights/format.h"

namespace sancho::engine {

/// A named array as it lies in a model file. `data` is borrowed.
struct TensorView {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::size_t> shape;
  std::span<const std::byte> data;
};

/// Finds a tensor by its full name; empty where there is none. Model files implement it.
using TensorLookup = std::function<std::optional<TensorView>(const std::string& name)>;
/// Receives the tensors of a layer that is being written; `data` is valid during the call only.
using TensorSink = std::function<void(const TensorView&)>;

/// y = x·Wᵀ with W `[out, in]` in one of several storages. Immutable after creation, so any number
/// of sessions may share it.
class Linear {
 public:
  virtual ~Linear() = default;

  virtual std::size_t in_features() const = 0;
  virtual std::size_t out_features() const = 0;
  virtual Storage storage() const = 0;
  /// Bytes of weights that one token's product reads.
  virtual std::size_t bytes() const = 0;
  /// Weights that are not exactly zero.
  virtual std::size_t nonzeros() const = 0;

  /// x `[tokens, in]` → y `[tokens, out]`, overwritten.
  void forward(MatrixView<const float> x, MatrixView<float> y, ThreadPool& pool) const;
  /// Makes the form of x that `multiply` reads.
  virtual void prepare(Activations&, ThreadPool&) const {}
  /// Columns `rows` of y `[tokens, out]`, after `prepare`. Threads may share x and y and take
  /// different rows.
  virtual void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const = 0;

  /// The weights as numbers, w `[out, in]`.
  virtual void to_dense(MatrixView<float> w) const = 0;
  /// Row `row` of W as numbers (an embedding look-up), `out_row` `[in]`.
  virtual void dense_row(std::size_t row, std::span<float> out_row) const = 0;

  /// Writes the layer's tensors under `prefix` (for example "model.layers.0.mlp.up_proj"). Names
  /// follow Hugging Face (`.weight`) and compressed-tensors (`.weight_scale`, `.bitmask`,
  /// `.compressed`, …).
  virtual void save(const std::string& prefix, const TensorSink& sink) const = 0;
};

/// Rows that a thread takes at least: whole groups of every kernel.
inline constexpr std::size_t kRowGrain = 16;
/// Grains that make a piece worth handing to a thread, for rows of `in` columns times `tokens`.
constexpr std::size_t product_grain(std::size_t in, std::size_t tokens) {
  constexpr std::size_t products_per_piece = 32768;
  const std::size_t products = kRowGrain * in * tokens;
  return products == 0 || products >= products_per_piece ? 1 : products_per_piece / products;
}

/// A layer and where its product goes, y `[tokens, out]`.
struct Product {
  const Linear* layer = nullptr;
  MatrixView<float> y;
};

/// The products of layers that share the input x `[tokens, in]`, which is quantised once, in one
/// parallel loop over the rows of all of them. The bits are those of `forward`.
void forward_all(std::span<const Product> products, Activations& x, ThreadPool& pool);

/// Stores dense w `[out, in]` in `storage`. Zeros of w are the pattern of a sparse storage: prune
/// first (engine/compress). Rounds to nearest, symmetric per output row (fp8, int8) or per `group`
/// columns of a row (4 bits; 32, 64 or 128).
std::unique_ptr<Linear> make_linear(Storage storage, MatrixView<const float> w,
                                    std::size_t group = kDefaultGroup);

/// Stores exactly these codes `[out, in]`, w = code·scale, in one of the integer storages; a sparse
/// one leaves out the zeros. int8: codes in −127..127, scales `[out, 1]`. 4 bits: codes in −8..7,
/// scales `[out, ceil(in / group)]`, which are kept in half precision. Throws std::invalid_argument
/// on another storage, on scales of another shape and on codes out of range.
std::unique_ptr<Linear> make_linear_from_codes(Storage storage, MatrixView<const std::int8_t> codes,
                                               MatrixView<const float> scales,
                                               std::size_t group = kDefaultGroup);

/// The layer saved under `prefix`, in whatever storage it was saved. `out` and `in` are what the
/// model's config promises; throws std::runtime_error naming the tensor where the file differs or
/// is inconsistent. Weights that are aligned for their type are used where they lie, so `lookup`'s
/// memory must outlive the layer; others are copied. Half precision becomes f32, which is exact.
std::unique_ptr<Linear> load_linear(const TensorLookup& lookup, const std::string& prefix,
                                    std::size_t out, std::size_t in);

/// y = base(x) + scale·B(A·x): a low-rank adapter over a shared base, a `[rank, in]`,
/// b `[out, rank]`.
std::unique_ptr<Linear> make_lora_linear(std::shared_ptr<const Linear> base,
                                         MatrixView<const float> a, MatrixView<const float> b,
                                         float scale);

/// y = base(x) + S·x with `values` at the places of `pattern` `[out, in]`, over a shared base.
std::unique_ptr<Linear> make_delta_linear(std::shared_ptr<const Linear> base, CsrPattern pattern,
                                          std::vector<float> values);

// A sparse adapter in a model's file or an adapter's: `<layer>.delta.values` and its places.
inline constexpr const char* delta_values = ".delta.values";
void save_delta(const std::string& prefix, const CsrPattern& pattern, std::span<const float> values,
                const TensorSink& sink);
/// Throws std::runtime_error where it is incomplete or damaged.
std::pair<CsrPattern, std::vector<float>> load_delta(const TensorLookup& lookup,
                                                     const std::string& prefix);

}  // namespace sancho::engine
