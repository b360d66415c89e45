#pragma once

#include <cstddef>

namespace sancho::core {

/// How one system's drafts compare with what the user really wrote, over `n` held-out mails.
struct SystemScores {
  double bleu = 0, rouge1 = 0, rouge2 = 0, rougeL = 0;  // means, 0 … 1
  double mauve = 0;                                     // not a number for fewer than two mails
  double style_match = 0;      // share of drafts that the style classifier takes for the user's
  double style_reference = 0;  // the same share of the real mails: what a perfect imitation scores;
  double style_accuracy = 0;  // of the classifier, on mails of the user and of others it never saw;
                              // all three no numbers where the archive has too little other mail
  double ppl = 0;             // of the real mails' tokens, given the same prompt
  std::size_t n = 0;
};

}  // namespace sancho::core
