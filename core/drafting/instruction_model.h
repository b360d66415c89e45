#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/drafting/prompt.h"
#include "engine/model/generator.h"

namespace sancho::core {

/// Data playback by the model itself: mail → instruction, the way round that the built-in model has
/// learnt beside writing.
class InstructionModel {
 public:
  /// Throws std::invalid_argument where the model does not know the built-in prompt layout.
  InstructionModel(std::shared_ptr<const engine::Model> model,
                   std::shared_ptr<engine::ThreadPool> pool);

  /// At most `count` different instructions for `mail`, drawn side by side, likeliest first. Each
  /// has all facts of `told`, the instruction that the rules wrote, and none that neither mail nor
  /// `names` (of writer and reader) has. None where the model wrote no such, or on a stop request.
  std::vector<std::string> write(const std::string& mail, const std::string& told,
                                 const std::string& names, std::size_t count, std::uint64_t seed,
                                 std::stop_token stop = {});

  /// Mean log-probability of the instruction's tokens for who has read `mail`, in nats: how well
  /// the mail does what was asked, as the noisy channel has it. At most 0.
  double log_likelihood(const std::string& instruction, const std::string& mail);

 private:
  std::shared_ptr<const engine::Model> model_;
  PromptLayout layout_;
  engine::Session session_;
};

}  // namespace sancho::core
