#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// Tells the user's writing from other people's by its character n-grams (n = 2 … 4): a naive Bayes
/// classifier whose threshold lies midway between the two sets it was made from.
class StyleClassifier {
 public:
  StyleClassifier(std::span<const std::string> user, std::span<const std::string> others);

  /// Mean log-odds per n-gram, less the threshold: above 0 means the user's.
  double score(std::string_view text) const;
  bool is_users(std::string_view text) const { return score(text) > 0; }

 private:
  double log_odds(std::string_view text) const;

  std::vector<float> odds_;  // by hashed n-gram
  double threshold_ = 0;
};

}  // namespace sancho::core
