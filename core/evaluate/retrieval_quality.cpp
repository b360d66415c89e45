#include "core/evaluate/retrieval_quality.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_set>

namespace sancho::core {
namespace {

constexpr std::size_t first_hits = 10;

std::string bare_id(std::string id) {
  std::erase_if(id, [](char c) { return c == '<' || c == '>'; });
  return id;
}

template <class Hits, class Key>
double reciprocal_rank(const Hits& hits, MessageKey wanted, const Key& key) {
  for (std::size_t i = 0; i < std::min(hits.size(), first_hits); ++i)
    if (key(hits[i]) == wanted) return 1 / static_cast<double>(i + 1);
  return 0;
}

}  // namespace

std::vector<AnsweredMail> find_answered_mail(const Archive& archive) {
  std::vector<AnsweredMail> answers;
  for (const MessageKey key : archive.own_keys())
    if (const auto parent = archive.parent_of(key); parent && !parent->own)
      answers.push_back({key, parent->key});
  return answers;
}

std::vector<AnsweredMail> read_answered_mail(const Archive& archive,
                                             const std::filesystem::path& file) {
  std::ifstream lines(file);
  if (!lines) throw std::runtime_error("Cannot open the answers in " + file.string() + ".");
  std::vector<AnsweredMail> answers;
  std::string line;
  while (std::getline(lines, line)) {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    if (!record.is_object() || !record.contains("reply_id") || !record.contains("in_id"))
      throw std::runtime_error("Every line of " + file.string() +
                               " must be a JSON object with reply_id and in_id.");
    const auto answer = archive.message_by_id(bare_id(record["reply_id"]));
    const auto answered = archive.message_by_id(bare_id(record["in_id"]));
    if (answer && answered && !answered->own) answers.push_back({answer->key, answered->key});
  }
  return answers;
}

RetrievalScores measure_retrieval(const Archive& archive, MailIndex& index,
                                  const std::vector<AnsweredMail>& answers,
                                  const std::function<void(std::size_t, std::size_t)>& on_progress,
                                  std::stop_token stop) {
  const auto own_keys = archive.own_keys();
  const std::unordered_set<MessageKey> own(own_keys.begin(), own_keys.end());
  RetrievalScores scores;
  scores.received = archive.message_count() - own.size();
  for (const auto& [answer, answered] : answers) {
    if (stop.stop_requested()) break;
    if (on_progress) on_progress(scores.queries, answers.size());
    const auto stored = archive.message(answer);
    if (!stored || stored->message.own.empty()) continue;
    const auto ranks =
        index.rank(stored->message.own, [&](MessageKey key) { return !own.contains(key); });
    ++scores.queries;
    scores.words += reciprocal_rank(ranks.words, answered, [](const auto& h) { return h.first; });
    scores.vectors += reciprocal_rank(ranks.vectors, answered, [](const auto& h) { return h.id; });
    scores.fused += reciprocal_rank(ranks.fused, answered, [](const auto& h) { return h.id; });
  }
  for (double* sum : {&scores.words, &scores.vectors, &scores.fused})
    *sum /= static_cast<double>(std::max<std::size_t>(scores.queries, 1));
  return scores;
}

}  // namespace sancho::core
