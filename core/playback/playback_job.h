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
