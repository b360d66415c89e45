#pragma once

#include <cstddef>

#include "engine/kernels/isa.h"

namespace sancho::engine {

/// How keys and values are kept. `int8` has a scale per head and position.
enum class KvFormat { f32, f16, int8 };

/// Positions that lie together in the cache and that a softmax takes at once.
inline constexpr std::size_t kKvBlock = 64;

/// One head's keys and values at kKvBlock positions: keys `[dim, kKvBlock]`, so that many
/// positions' scores come out of one register, then values `[kKvBlock, dim rounded up to 16]`,
/// then, in int8 alone, float scales of the keys and of the values, `[kKvBlock]` each.
std::size_t kv_block_bytes(KvFormat format, std::size_t dim);

/// Causal attention of `group` query heads that share a KV head, at `rows` positions that follow
/// each other, the first of them `first`. Everything up to a row's own position is in the cache.
struct AttentionTask {
  const float* queries = nullptr;  // row r's heads lie at queries + r·stride, `[group, dim]`
  float* out = nullptr;            // as `queries`
  std::size_t stride = 0;
  std::size_t rows = 0;
  std::size_t group = 1;
  std::size_t dim = 0;
  std::size_t first = 0;
  float scale = 1;                           // of the scores, commonly 1/√dim
  const std::byte* const* blocks = nullptr;  // of positions 64b … 64b + 63
  std::size_t offset = 0;                    // bytes, added to each of `blocks`
  float* scratch = nullptr;                  // attention_scratch(dim), 64-byte aligned
};

/// Floats of scratch that a task needs.
std::size_t attention_scratch(std::size_t dim);

/// Attention over one format by an online softmax (Milakov & Gimelshein 2018; Dao et al. 2022),
/// block after block. The bits of a query's output do not depend on what is computed with it.
struct AttentionKernels {
  void (*attend)(const AttentionTask& task);
  /// Keeps key and value, `[dim]` each, at one of a block's positions. Half precision saturates.
  void (*store)(std::byte* block, std::size_t position, const float* key, const float* value,
                std::size_t dim);
};

/// The kernels of active_isa().
const AttentionKernels& attention_kernels(KvFormat format);
/// The kernels of `isa`; null where this build or this processor lacks them. Ignores the cap.
const AttentionKernels* attention_kernels_of(Isa isa, KvFormat format);

// One per instruction set, by format, defined in the folder of its name.
extern const AttentionKernels kScalarAttention[3];
extern const AttentionKernels kNeonAttention[3];
extern const AttentionKernels kAvx2Attention[3];
extern const AttentionKernels kAvx512Attention[3];

}  // namespace sancho::engine
