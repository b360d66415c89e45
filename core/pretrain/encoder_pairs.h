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

struct PairOptions {
  std::size_t max_tokens = 80;      // of each text
  std::size_t passes = 2;           // over the mails that are answers
  double other_share = 0.5;         // of the others, in each pass
  std::size_t heldout_percent = 1;  // of the authors
  std::uint64_t seed = 1;
};

/// Samples of contrastive training: two texts, each between BOS and EOS, the second beginning at
/// `loss_from`.
struct EncoderPairs {
  std::vector<engine::TrainSample> train, heldout;
  std::map<std::string, std::size_t> kinds;
};

/// Texts that belong together: an answer and the mail answered, an instruction and its mail, a
/// subject and its mail, two halves of a mail. One of these for each mail and pass; mails of one
/// author follow each other. The second text is laid out as a mail in the index.
EncoderPairs make_encoder_pairs(
    const Corpus& corpus, const engine::Tokenizer& tokenizer, const PairOptions& options,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress,
    std::stop_token stop);

}  // namespace sancho::core
