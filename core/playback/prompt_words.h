#pragma once

#include <string>

#include "core/archive/archive.h"

namespace sancho::core {

// What a prompt shows of the people and mails around a draft. Training pairs and drafts use the
// same words, so that a model meets at work what it met in training.

/// The name the user signs most of their recent mails with, or else goes by.
std::string writer_name(const Archive& archive);

/// A mail as the one being answered: its author's own words, unwrapped, the first 150.
std::string incoming_words(const Message& message);

}  // namespace sancho::core
