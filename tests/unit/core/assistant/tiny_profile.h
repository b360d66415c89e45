#pragma once

#include <filesystem>
#include <string>

/// Writes `folder`/models/built-in.safetensors: a decoder of a few thousand random weights with a
/// tokenizer of its own, so that every job can be run in a moment.
void write_tiny_model(const std::filesystem::path& folder);

/// Writes an mbox of `own` mails by Kit Malone <kit@example.org>, each an answer to a mail of Ana
/// Ruiz's that is in the mbox too; all dates differ.
void write_tiny_mailbox(const std::filesystem::path& path, int own);
