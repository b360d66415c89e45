#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "engine/weights/activations.h"
#include "engine/weights/csr_pattern.h"
#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

/// A shared base plus a few weights changed, the sparse half of RoSA (Nikdan et al. 2024).
class DeltaLinear final : public Linear {
 public:
  DeltaLinear(std::shared_ptr<const Linear> base, CsrPattern pattern, std::vector<float> values)
      : base_(std::move(base)), pattern_(std::move(pattern)), values_(std::move(values)) {}

  std::size_t in_features() const override { return base_->in_features(); }
  std::size_t out_features() const override { return base_->out_features(); }
  Storage storage() const override { return base_->storage(); }
  std::size_t bytes() const override { return base_->bytes() + pattern_.size() * 8; }
  std::size_t nonzeros() const override { return base_->nonzeros(); }
  void prepare(Activations& x, ThreadPool& pool) const override { base_->prepare(x, pool); }

  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    base_->multiply(rows, x, y);
    for (std::size_t t = 0; t < x.values().rows; ++t) {
      const float* input = x.values().row(t).data();
      float* output = y.row(t).data();
      for (std::size_t r = rows.begin; r < rows.end; ++r) {
        float sum = 0;
        for (std::uint64_t k = pattern_.begins[r]; k < pattern_.begins[r + 1]; ++k)
          sum += values_[k] * input[pattern_.columns[k]];
        output[r] += sum;
      }
    }
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < out_features(); ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    base_->dense_row(row, out_row);
    for (std::uint64_t k = pattern_.begins[row]; k < pattern_.begins[row + 1]; ++k)
      out_row[pattern_.columns[k]] += values_[k];
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    base_->save(prefix, sink);
    save_delta(prefix, pattern_, values_, sink);
  }

 private:
  std::shared_ptr<const Linear> base_;
  CsrPattern pattern_;
  std::vector<float> values_;
};

}  // namespace

bool is_valid(const CsrPattern& p) {
  if (p.begins.empty() || p.begins.front() != 0 || p.begins.back() != p.columns.size() ||
      !std::ranges::is_sorted(p.begins))
    return false;
  for (std::size_t r = 0; r < p.out(); ++r)
    for (std::uint64_t k = p.begins[r]; k < p.begins[r + 1]; ++k)
      if (p.columns[k] >= p.in || (k > p.begins[r] && p.columns[k] <= p.columns[k - 1]))
        return false;
  return true;
}

std::unique_ptr<Linear> make_delta_linear(std::shared_ptr<const Linear> base, CsrPattern pattern,
                                          std::vector<float> values) {
  if (!is_valid(pattern) || pattern.in != base->in_features() ||
      pattern.out() != base->out_features() || values.size() != pattern.size())
    throw std::runtime_error(
        "A sparse adapter does not fit the layer that it is for; it was made for another model.");
  return std::make_unique<DeltaLinear>(std::move(base), std::move(pattern), std::move(values));
}

void save_delta(const std::string& prefix, const CsrPattern& pattern, std::span<const float> values,
                const TensorSink& sink) {
  std::vector<std::int64_t> begins(pattern.begins.begin(), pattern.begins.end());
  std::vector<std::int32_t> columns(pattern.columns.begin(), pattern.columns.end());
  const std::int64_t shape[] = {static_cast<std::int64_t>(pattern.out()),
                                static_cast<std::int64_t>(pattern.in)};
  put_tensor(sink, prefix + ".delta.shape", DType::i64, {2}, std::span<const std::int64_t>(shape));
  put_tensor(sink, prefix + ".delta.row_begins", DType::i64, {begins.size()},
             std::span<const std::int64_t>(begins));
  put_tensor(sink, prefix + ".delta.columns", DType::i32, {columns.size()},
             std::span<const std::int32_t>(columns));
  put_tensor(sink, prefix + delta_values, DType::f32, {values.size()}, values);
}

std::pair<CsrPattern, std::vector<float>> load_delta(const TensorLookup& lookup,
                                                     const std::string& prefix) {
  const auto load = [&]<class T>(const std::string& name, DType dtype, std::size_t size) {
    const TensorView tensor = require_tensor(lookup, prefix + name);
    check_tensor(tensor, dtype, {size});
    return tensor_array<T>(tensor);
  };
  const auto shape = load.operator()<std::int64_t>(".delta.shape", DType::i64, 2);
  const auto begins = load.operator()<std::int64_t>(".delta.row_begins", DType::i64, any_size);
  const auto values = load.operator()<float>(delta_values, DType::f32, any_size);
  const auto columns = load.operator()<std::int32_t>(".delta.columns", DType::i32, values.size());
  CsrPattern pattern;
  pattern.in = static_cast<std::size_t>(shape[1]);
  // Negative numbers become large ones, which are not valid.
  pattern.begins.assign(begins.span().begin(), begins.span().end());
  pattern.columns.assign(columns.span().begin(), columns.span().end());
  if (!is_valid(pattern) || pattern.out() != static_cast<std::size_t>(shape[0]) ||
      !std::ranges::all_of(values.span(), [](float v) { return std::isfinite(v); }))
    throw std::runtime_error("The sparse adapter of " + prefix + " is damaged.");
  return {std::move(pattern), {values.span().begin(), values.span().end()}};
}

}  // namespace sancho::engine
