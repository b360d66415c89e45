#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/playback/training_pair.h"

namespace sancho::core {

struct PlaybackReport {
  std::size_t own = 0, usable = 0, pairs = 0, train = 0, heldout = 0;
  std::size_t by_model = 0;  // pairs whose instruction PlaybackOptions::reword wrote
  std::map<std::string, std::size_t> rejected;  // reason → count; usable + Σ = own
  double seconds = 0;
  bool cancelled = false;
};

struct PlaybackOptions {
  double heldout_share = 0.2;  // newest by date
  std::size_t phrasings = 2;   // instructions per training mail; held-out mails get one
  std::size_t min_words = 3;
  std::size_t max_words = 400;
  std::uint64_t seed = 1;
  /// Other instructions for the mail of a training pair, at most as many as `phrasings`: they take
  /// the place of the first of those that the rules wrote. Held-out pairs keep the rules', so that
  /// writers can be compared.
  std::function<std::vector<std::string>(const TrainingPair& pair, std::uint64_t seed)> reword;
};

struct PlaybackResult {
  std::vector<TrainingPair> pairs;  // `related` left empty: the caller knows the index
  PlaybackReport report;
};

/// Turns the archive's own mails into training pairs.
PlaybackResult make_pairs(
    const Archive& archive, const PlaybackOptions& options,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress,
    std::stop_token stop);

}  // namespace sancho::core
