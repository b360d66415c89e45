#pragma once

#include <stop_token>

namespace sancho::engine {

/// Ends a compression from deep inside; compress() and search() turn it into an empty result.
struct CompressionStopped {};

inline void check_stop(const std::stop_token& stop) {
  if (stop.stop_requested()) throw CompressionStopped();
}

}  // namespace sancho::engine
