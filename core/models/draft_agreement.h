#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "engine/kernels/thread_pool.h"
#include "engine/model/model.h"

namespace sancho::core {

/// How much one model's drafts are like another's, as means over `drafts` pairs: 1 where they are
/// the same.
struct DraftAgreement {
  std::size_t drafts = 0;
  double rouge_l = 0;     // F1 of the words
  double similarity = 0;  // cosine of the embedded drafts: near 1 where the meaning is kept
};

/// A dozen errands that any mail model is asked, always the same.
std::span<const std::string> agreement_instructions();

/// Has both models draft each instruction, greedily, and compares what they wrote; `embedder`'s
/// hidden states say how near the meanings are. The models have tokenizers. Stopped: what was done
/// so far.
DraftAgreement compare_drafts(const std::shared_ptr<const engine::Model>& before,
                              const std::shared_ptr<const engine::Model>& after,
                              const std::shared_ptr<const engine::Model>& embedder,
                              std::span<const std::string> instructions,
                              const std::shared_ptr<engine::ThreadPool>& pool,
                              std::stop_token stop);

}  // namespace sancho::core
