#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/archive/archive.h"
#include "core/drafting/mail_index.h"

namespace sancho::core {

/// One of the user's answers and the mail that it answers.
struct AnsweredMail {
  MessageKey answer = 0, answered = 0;
};

/// The answers in the archive whose received mail is in it too.
std::vector<AnsweredMail> find_answered_mail(const Archive& archive);
/// The same from JSON lines of `reply_id` and `in_id`, Message-IDs; what the archive does not have
/// is passed over. Throws std::runtime_error where the file cannot be read.
std::vector<AnsweredMail> read_answered_mail(const Archive& archive,
                                             const std::filesystem::path& file);

/// How well the index finds, among all mail received, the one that an answer's own words answer:
/// the mean of 1/rank, 0 where it is not among the first ten.
struct RetrievalScores {
  double words = 0, vectors = 0, fused = 0;
  std::size_t queries = 0, received = 0;
};

RetrievalScores measure_retrieval(
    const Archive& archive, MailIndex& index, const std::vector<AnsweredMail>& answers,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress,
    std::stop_token stop);

}  // namespace sancho::core
