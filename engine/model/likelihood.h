#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "engine/model/session.h"

namespace sancho::engine {

/// log p(tokens[i] | all before it) for every i ≥ `from`, in nats; `from` is at least 1. What the
/// session has already read of `tokens` before `from` is not read again. A stop request leaves the
/// rest out. Throws as Session::read_all.
std::vector<double> token_log_likelihoods(Session& session, std::span<const TokenId> tokens,
                                          std::size_t from, std::stop_token stop = {});

/// Their sum.
double log_likelihood(Session& session, std::span<const TokenId> tokens, std::size_t from,
                      std::stop_token stop = {});

}  // namespace sancho::engine
