#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/model/config.h"
#include "engine/weights/csr_pattern.h"

namespace sancho::engine {

/// One weight matrix (or norm: rows 1) inside a flat buffer, by its Hugging Face name without
/// ".weight".
struct ParameterSlot {
  std::string name;
  std::size_t rows = 0, cols = 0, offset = 0;
  bool norm = false;

  std::size_t size() const { return rows * cols; }
};

/// Where every weight of a decoder lies in one flat buffer. Within a block q, k, v follow each
/// other without a gap, and so do gate and up: each group is one matrix to the products.
struct ParameterLayout {
  struct Block {
    std::size_t input_norm, q, k, v, o, post_norm, gate, up, down;  // indices into `parts`
  };

  std::vector<ParameterSlot> parts;
  std::vector<Block> blocks;
  std::size_t embed = 0, norm = 0, head = 0;  // head == embed where tied
  std::size_t size = 0;                       // elements

  explicit ParameterLayout(const ModelConfig& config);
};

/// The adapter of one linear layer in a flat buffer: A `[rank, in]`, B `[out, rank]`, and the
/// values of a sparse one where its layout has patterns.
struct AdapterSlot {
  std::string name;
  std::size_t part = 0;  // of the ParameterLayout
  std::size_t in = 0, out = 0;
  std::size_t a = 0, b = 0, delta = 0;  // offsets
};

/// Where the adapters of every linear layer of the blocks lie, in block order q k v o gate up down:
/// the low-rank factors of all, then the sparse values of all.
struct AdapterLayout {
  static constexpr std::size_t per_block = 7;

  std::vector<AdapterSlot> parts;
  std::vector<CsrPattern> patterns;  // one for each part, or none
  std::size_t rank = 0, size = 0;

  AdapterLayout(const ParameterLayout& parameters, std::size_t rank,
                std::vector<CsrPattern> patterns = {});
};

}  // namespace sancho::engine
