#pragma once

#include "engine/model/decoder.h"
#include "engine/model/sequence.h"
#include "engine/model/session.h"

namespace sancho::engine {

struct Session::Impl {
  Decoder decoder;
  Sequence sequence;
  AlignedBuffer<float> output;

  /// Calls `use(x, first)` for each part of `tokens`: the residual stream of the part, whose first
  /// row belongs to tokens[first]. False on a stop request.
  template <class Use>
  bool read(std::span<const TokenId> tokens, const std::stop_token& stop, const Use& use);

  MatrixView<float> output_rows(std::size_t rows, std::size_t cols) {
    if (output.size() < rows * cols) output = AlignedBuffer<float>(rows * cols);
    return {output.data(), rows, cols};
  }
};

}  // namespace sancho::engine
