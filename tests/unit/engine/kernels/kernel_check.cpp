#include "kernel_check.h"

#include <sys/mman.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <new>
#include <random>
#include <vector>

#include "engine/kernels/int4_layout.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/dtype.h"

using namespace sancho::engine;

namespace {

const KernelTable& scalar() {
  return *kernels_of(Isa::scalar);
}

/// An array behind which nothing can be read.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::size_t size) : size_(size) {
    constexpr std::size_t page = 65536;  // at least one page anywhere
    bytes_ = (size * sizeof(T) + page - 1) / page * page + page;
    memory_ = static_cast<std::byte*>(
        mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (memory_ == MAP_FAILED || mprotect(memory_ + bytes_ - page, page, PROT_NONE) != 0)
      throw std::bad_alloc();
    data_ = reinterpret_cast<T*>(memory_ + bytes_ - page - size * sizeof(T));
  }
  ~Guarded() { munmap(memory_, bytes_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  T* data() { return data_; }
  std::size_t size() const { return size_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }

 private:
  std::byte* memory_;
  T* data_;
  std::size_t bytes_, size_;
};

using Random = std::mt19937;

template <class Values>
void fill_normal(Values& values, Random& random, float spread = 1) {
  std::normal_distribution<float> normal(0, spread);
  for (float& v : values) v = normal(random);
}

std::vector<float> normals(std::size_t n, Random& random, float spread = 1) {
  std::vector<float> values(n);
  fill_normal(values, random, spread);
  return values;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

bool close(const std::vector<float>& a, const std::vector<float>& b, float tolerance) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(a[i] - b[i]) <= tolerance * (1 + std::abs(b[i])))) return false;
  return a.size() == b.size();
}

std::string at(const char* kernel, std::size_t rows, std::size_t in, std::size_t tokens) {
  return std::string(kernel) + " differs: " + std::to_string(rows) + " rows of " +
         std::to_string(in) + " columns, " + std::to_string(tokens) + " tokens";
}

/// Tokens as the integer products take them, 16 at least so that they fill a panel.
struct Tokens {
  std::size_t count, stride;
  std::vector<float> x, scales;
  AlignedBuffer<std::uint8_t> codes;

  Tokens(std::size_t n, std::size_t in, Random& random)
      : count(n),
        stride((in + 63) / 64 * 64),
        x(normals(n * in, random)),
        scales(n + 15),
        codes((n + 15) * stride) {
    for (std::size_t t = 0; t < n; ++t)
      scales[t] = scalar().quantize(&x[t * in], in, stride, codes.data() + t * stride);
  }
  QuantizedRows rows() const { return {codes.data(), scales.data(), count, stride}; }
};

/// The extreme codes come often.
std::int8_t random_code(Random& random) {
  const auto draw = static_cast<int>(random() % 300) - 150;
  return static_cast<std::int8_t>(draw < -127 ? -127 : draw > 127 ? 127 : draw);
}

std::string int8_difference(const KernelTable& table, std::size_t rows, std::size_t in,
                            std::size_t tokens, Random& random) {
  const Tokens x(tokens, in, random);
  AlignedBuffer<std::uint8_t> codes(x.codes.size());
  for (std::size_t t = 0; t < tokens; ++t) {
    const float scale = table.quantize(&x.x[t * in], in, x.stride, codes.data() + t * x.stride);
    if (scale != x.scales[t] ||
        std::memcmp(codes.data() + t * x.stride, x.codes.data() + t * x.stride, x.stride) != 0)
      return at("quantize", 1, in, t);
  }

  const auto scales = normals(rows, random);
  Guarded<std::int8_t> dense(rows * in);
  const std::size_t mask_bytes = x.stride / 8;
  Guarded<std::uint8_t> mask(rows * mask_bytes);
  std::vector<std::int32_t> sums(rows);
  std::vector<std::int64_t> offsets(rows);
  std::vector<std::int8_t> stored;
  const std::size_t density = random() % 101;
  for (std::size_t r = 0; r < rows; ++r) {
    offsets[r] = static_cast<std::int64_t>(stored.size());
    for (std::size_t i = 0; i < in; ++i) {
      std::int8_t& code = dense[r * in + i] = 0;
      if (random() % 100 >= density) continue;
      code = random_code(random);
      sums[r] += code;
      stored.push_back(code);
      mask[r * mask_bytes + i / 8] |= static_cast<std::uint8_t>(1u << i % 8);
    }
  }
  Guarded<std::int8_t> packed(stored.size());
  std::memcpy(packed.data(), stored.data(), stored.size());

  const auto product = [&](const auto& run) {
    std::vector<float> y(tokens * rows, -1);
    run(RowRange{0, rows}, OutputRows{y.data(), rows});
    return y;
  };
  const Int8Rows w{dense.data(), scales.data(), sums.data(), in};
  const auto want =
      product([&](RowRange r, const OutputRows& y) { scalar().gemm_int8(w, r, x.rows(), y); });
  const auto got =
      product([&](RowRange r, const OutputRows& y) { table.gemm_int8(w, r, x.rows(), y); });
  if (!same_bits(got, want)) return at("gemm_int8", rows, in, tokens);

  const SparseInt8Rows s{
      mask.data(), packed.data(), offsets.data(), scales.data(), sums.data(), packed.size(), in};
  AlignedBuffer<std::int8_t> scratch(sparse_scratch_bytes(in));
  const auto sparse = product([&](RowRange r, const OutputRows& y) {
    table.gemm_sparse_int8(s, r, x.rows(), y, scratch.data());
  });
  if (!same_bits(sparse, want)) return at("gemm_sparse_int8", rows, in, tokens);
  AlignedBuffer<std::int8_t> expanded(rows * x.stride);
  table.expand_sparse_int8(s, {0, rows}, expanded.data());
  for (std::size_t r = 0; r < rows; ++r)
    if (std::memcmp(expanded.data() + r * x.stride, &dense[r * in], in) != 0)
      return at("expand_sparse_int8", rows, in, 0);
  return {};
}

std::string int4_difference(const KernelTable& table, std::size_t rows, std::size_t in,
                            std::size_t tokens, std::size_t group, Random& random) {
  const std::size_t padded = int4_padded(in), groups = padded / group;
  const std::size_t blocks = int4_blocks(groups), lanes = blocks * kInt4Lanes;
  const Tokens x(tokens, padded, random);
  AlignedBuffer<std::int8_t> grouped(tokens * padded), theirs(padded);
  AlignedBuffer<std::int32_t> bias(tokens * lanes), their_bias(lanes);
  for (std::size_t t = 0; t < tokens; ++t) {
    const std::uint8_t* codes = x.codes.data() + t * x.stride;
    scalar().group_codes(codes, groups, group, grouped.data() + t * padded, &bias[t * lanes]);
    table.group_codes(codes, groups, group, theirs.data(), their_bias.data());
    if (std::memcmp(theirs.data(), grouped.data() + t * padded, padded) != 0 ||
        std::memcmp(their_bias.data(), &bias[t * lanes], lanes * sizeof(std::int32_t)) != 0)
      return at("group_codes", 1, in, t);
  }
  const GroupedRows activations{grouped.data(), bias.data(), x.scales.data(),
                                tokens,         padded,      blocks};

  Guarded<std::uint16_t> scales(rows * groups);
  for (auto& s : scales) s = float_to_half(static_cast<float>(random() % 2000) / 1000.0f - 1);
  Guarded<std::uint8_t> mask(rows * padded / 8);
  std::vector<std::int64_t> offsets(rows);
  std::size_t size = 0;
  const std::size_t density = random() % 101;
  for (std::size_t r = 0; r < rows; ++r) {
    offsets[r] = static_cast<std::int64_t>(size);
    for (std::size_t b = 0; b < padded / 8; b += 16) {
      std::size_t counts[2] = {};
      for (std::size_t i = 0; i < 128; ++i)
        if (random() % 100 < density) {
          mask[r * padded / 8 + b + i / 8] |= static_cast<std::uint8_t>(1u << i % 8);
          ++counts[i / 64];
        }
      size += std::max(counts[0], counts[1]);
    }
  }
  Guarded<std::uint8_t> packed(size);
  for (auto& code : packed) code = static_cast<std::uint8_t>(random());
  const SparseInt4Rows s{mask.data(), packed.data(), offsets.data(), scales.data(),
                         size,        groups,        group};
  Guarded<std::uint8_t> dense(rows * padded / 2);
  scalar().expand_sparse_int4(s, {0, rows}, dense.data());
  AlignedBuffer<std::uint8_t> expanded(rows * padded / 2);
  table.expand_sparse_int4(s, {0, rows}, expanded.data());
  if (std::memcmp(expanded.data(), dense.data(), expanded.size()) != 0)
    return at("expand_sparse_int4", rows, in, 0);

  const Int4Rows w{dense.data(), scales.data(), groups, group};
  std::vector<float> want(tokens * rows), got(tokens * rows, -1), sparse(tokens * rows, -1);
  scalar().gemm_int4(w, {0, rows}, activations, {want.data(), rows});
  table.gemm_int4(w, {0, rows}, activations, {got.data(), rows});
  if (!same_bits(got, want)) return at("gemm_int4", rows, in, tokens);
  table.gemm_sparse_int4(s, {0, rows}, activations, {sparse.data(), rows});
  if (!same_bits(sparse, want)) return at("gemm_sparse_int4", rows, in, tokens);
  return {};
}

}  // namespace

std::string float_difference(const KernelTable& table) {
  Random random(1);
  for (const std::size_t n : {1u, 2u, 3u, 4u, 5u, 8u, 15u, 16u, 17u, 33u, 64u, 127u, 1000u}) {
    const auto a = normals(n, random, 4), b = normals(n, random);
    const auto differ = [&](const auto& run, float tolerance) {
      std::vector<float> want(2 * n), got(2 * n);
      run(scalar(), want.data());
      run(table, got.data());
      return !close(got, want, tolerance);
    };
    const auto tolerance = 1e-6f * static_cast<float>(n + 4);
    if (differ([&](auto& k, float* y) { *y = k.dot(a.data(), b.data(), n); }, 4 * tolerance))
      return at("dot", 1, n, 1);
    if (differ([&](auto& k, float* y) { k.axpy(0.7f, a.data(), y, n); }, 1e-6f))
      return at("axpy", 1, n, 1);
    if (differ([&](auto& k, float* y) { k.rms_norm(a.data(), b.data(), 1e-5f, y, n); }, tolerance))
      return at("rms_norm", 1, n, 1);
    if (differ(
            [&](auto& k, float* y) {
              std::memcpy(y, a.data(), n * sizeof(float));
              y[n / 2] = n > 1 ? -INFINITY : 0;
              k.softmax(y, n);
            },
            4e-6f))
      return at("softmax", 1, n, 1);
    const auto wide = normals(n, random, 40);
    if (differ([&](auto& k, float* y) { k.silu_mul(wide.data(), b.data(), y, n); }, 1e-5f))
      return at("silu_mul", 1, n, 1);
    const auto pairs = normals(2 * n, random);
    if (differ(
            [&](auto& k, float* y) {
              std::memcpy(y, pairs.data(), 2 * n * sizeof(float));
              k.rope(y, a.data(), b.data(), n);
            },
            1e-5f))
      return at("rope", 1, n, 1);

    std::vector<std::uint16_t> halves(9 * n);
    const auto w = normals(9 * n, random), x = normals(6 * n, random);
    for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = bf16(w[i]).bits;
    std::vector<float> want(54), got(54);
    scalar().gemm_f32(w.data(), n, {0, 9}, {x.data(), 6, n}, {want.data(), 9});
    table.gemm_f32(w.data(), n, {0, 9}, {x.data(), 6, n}, {got.data(), 9});
    if (!close(got, want, 4 * tolerance)) return at("gemm_f32", 9, n, 6);
    scalar().gemm_bf16(halves.data(), n, {0, 9}, {x.data(), 6, n}, {want.data(), 9});
    table.gemm_bf16(halves.data(), n, {0, 9}, {x.data(), 6, n}, {got.data(), 9});
    if (!close(got, want, 4 * tolerance)) return at("gemm_bf16", 9, n, 6);
  }
  return {};
}

std::string integer_difference(const KernelTable& table) {
  Random random(2);
  for (std::size_t i = 0; i < 60; ++i) {
    const std::size_t rows = 1 + random() % 21, in = 1 + random() % 500, tokens = 1 + random() % 7;
    if (auto problem = int8_difference(table, rows, in, tokens, random); !problem.empty())
      return problem;
    const std::size_t group = 32u << i % 3;
    if (auto problem = int4_difference(table, rows, in, tokens, group, random); !problem.empty())
      return problem + ", groups of " + std::to_string(group);
  }
  return {};
}

std::string panel_difference(const PanelKernels& panels) {
  Random random(3);
  for (const std::size_t in : {1u, 63u, 64u, 65u, 300u})
    for (const std::size_t tokens : {1u, 5u, 16u, 17u, 40u}) {
      const std::size_t rows = 1 + random() % 21, stride = (in + 63) / 64 * 64;
      Tokens x(tokens, in, random);
      AlignedBuffer<std::uint8_t> packed(x.codes.size());
      for (std::size_t t = 0; t < tokens; t += kPanelTokens)
        panels.pack(x.codes.data() + t * stride, stride, packed.data() + t * stride);
      AlignedBuffer<std::int8_t> w(rows * stride), tight(rows * in);
      std::vector<std::int32_t> sums(rows);
      const auto scales = normals(rows, random);
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t i = 0; i < in; ++i) {
          tight[r * in + i] = w[r * stride + i] = random_code(random);
          sums[r] += w[r * stride + i];
        }
      std::vector<float> want(tokens * rows), got(tokens * rows, -1);
      scalar().gemm_int8({tight.data(), scales.data(), sums.data(), in}, {0, rows}, x.rows(),
                         {want.data(), rows});
      panels.gemm({w.data(), stride, rows, in, scales.data(), sums.data()},
                  {packed.data(), x.scales.data(), tokens, stride}, {got.data(), rows});
      if (!same_bits(got, want)) return at("gemm of panels", rows, in, tokens);
    }
  return {};
}

std::string csr_difference(const CsrKernels& csr) {
  Random random(4);
  constexpr std::size_t rows = 11, columns = 37;
  std::vector<std::uint64_t> begins{0};
  std::vector<std::uint32_t> places;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::uint32_t c = 0; c < columns; ++c)
      if (random() % rows < r) places.push_back(c);
    begins.push_back(places.size());
  }
  const auto values = normals(places.size(), random);
  const CsrRows w{begins.data(), places.data(), values.data()};
  const auto x = normals(columns * kCsrTile, random), dy = normals(rows * kCsrTile, random);
  const CsrKernels& reference = *csr_kernels_of(Isa::scalar);
  std::vector<float> want(rows * kCsrTile), got(rows * kCsrTile);
  reference.product(w, {0, rows}, x.data(), want.data());
  csr.product(w, {0, rows}, x.data(), got.data());
  if (!close(got, want, 1e-5f)) return at("sparse product", rows, columns, kCsrTile);
  want.assign(rows * columns, 0);
  got = want;
  reference.products_of_entries(w, {0, rows}, x.data(), dy.data(), want.data(), columns);
  csr.products_of_entries(w, {0, rows}, x.data(), dy.data(), got.data(), columns);
  return close(got, want, 1e-4f) ? "" : at("products of entries", rows, columns, kCsrTile);
}

std::string attention_difference(const AttentionKernels& attention, KvFormat format) {
  Random random(5);
  for (const auto& [group, dim, positions] :
       {std::array<std::size_t, 3>{1, 8, 70}, {4, 64, 130}, {3, 20, 64}}) {
    const auto run = [&](const AttentionKernels& kernels, Random draw) {
      std::vector<AlignedBuffer<std::byte>> blocks;
      std::vector<const std::byte*> addresses;
      for (std::size_t p = 0; p < positions; ++p) {
        if (p % kKvBlock == 0) {
          blocks.emplace_back(kv_block_bytes(format, dim));
          addresses.push_back(blocks.back().data());
        }
        const auto key = normals(dim, draw), value = normals(dim, draw);
        kernels.store(blocks.back().data(), p % kKvBlock, key.data(), value.data(), dim);
      }
      const std::size_t rows = positions / 2, stride = group * dim;
      const auto queries = normals(rows * stride, draw);
      std::vector<float> out(rows * stride, NAN);
      AlignedBuffer<float> scratch(attention_scratch(dim));
      AttentionTask task;
      task.queries = queries.data();
      task.out = out.data();
      task.stride = stride;
      task.rows = rows;
      task.group = group;
      task.dim = dim;
      task.first = positions - rows;
      task.scale = 1 / std::sqrt(static_cast<float>(dim));
      task.blocks = addresses.data();
      task.scratch = scratch.data();
      kernels.attend(task);
      return out;
    };
    // The cache holds the same numbers in every set, so only the sums' order differs.
    if (!close(run(attention, random), run(*attention_kernels_of(Isa::scalar, format), random),
               1e-5f))
      return at("attention", group, dim, positions);
  }
  return {};
}
