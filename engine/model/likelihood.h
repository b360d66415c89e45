#pragma once

#include <span>
#include <stop_token>

#include "engine/model/session.h"

namespace sancho::engine {

/// Σ log p(tokens[i] | all before it) over i ≥ `from`, in nats; `from` is at least 1. What the
/// session held is forgotten. A stop request leaves the rest out. Throws as Session::read_all.
double log_likelihood(Session& session, std::span<const TokenId> tokens, std::size_t from,
                      std::stop_token stop = {});

}  // namespace sancho::engine
