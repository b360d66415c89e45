#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/pretrain/corpus.h"
#include "engine/text/tokenizer.h"
#include "engine/train/dataset.h"

namespace sancho::core {

struct SampleOptions {
  std::size_t max_tokens = 384;
  std::size_t max_tokens_with_context = 512;  // with related mail or a mail answered
  double prose_share = 1;                     // of the paragraphs of prose
  double plain_share = 1;                     // of the mails: without a prompt as well
  double stored_share = 0.5;                  // of these: as they are stored, hard-wrapped
  double playback_share = 0.15;               // of mails and errands: mail → instruction as well
  double swapped_share = 0.6;                 // of the mails: with other facts as well
  double errand_share = 1.5;                  // errands made up (errands.h) per mail
  double answer_share = 3;                    // of short mails answered: in a few words as well
  std::size_t passes = 1;                     // over all mails, each time worded anew
  double related_share = 0.25;      // of instruction → mail, where the author wrote enough
  std::size_t heldout_percent = 1;  // of the authors
  std::uint64_t seed = 1;
};

struct PretrainSamples {
  std::vector<engine::TrainSample> train, heldout;
  std::map<std::string, std::size_t> kinds;  // "plain", "instruction", "reply", … → samples
};

/// Instruction → mail samples in the prompt layout: whole mails and excerpts, with the mail
/// answered and related mail of the same author in part of them, and again with other facts
/// (EntitySwap); what a mail says, its prompt gives. Besides, mail → instruction, plain mails and
/// prose. All mails of an author are on one side; the held-out side has whole mails as they are.
PretrainSamples make_pretrain_samples(
    const Corpus& corpus, const engine::Tokenizer& tokenizer, const SampleOptions& options,
    const std::function<void(std::size_t, std::size_t)>& on_progress, std::stop_token stop);

/// The words a tokenizer is trained on: mails, instructions and prose, about `bytes` of them.
std::vector<std::string> tokenizer_texts(const Corpus& corpus, std::size_t bytes,
                                         std::uint64_t seed);

}  // namespace sancho::core
