#include "core/drafting/mail_index.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <unordered_set>

#include "core/playback/names.h"
#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t candidates = 200;  // per ranking, before they are fused
constexpr std::size_t deep = 2'000;      // hits looked at for those
constexpr double vector_weight = 1;      // beside words
constexpr std::chrono::seconds save_every{60};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Letters and digits alone: two mails with the same ones say the same.
std::string letters_of(const std::string& text) {
  std::string letters;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || byte >= 0x80) letters += static_cast<char>(std::tolower(byte));
  }
  return letters;
}

}  // namespace

MailIndex::MailIndex(const Archive& archive, std::shared_ptr<const engine::Model> model,
                     std::shared_ptr<engine::ThreadPool> pool, std::filesystem::path file)
    : archive_(archive),
      embedder_(std::move(model), std::move(pool)),
      file_(std::move(file)),
      index_(embedder_.dimension()) {
  open();
}

void MailIndex::open() {
  if (!std::filesystem::exists(file_)) return;
  try {
    auto loaded =
        retrieval::VectorIndex::load(file_, embedder_.fingerprint(), embedder_.dimension());
    std::size_t known = 0;
    for (const MessageKey key : archive_.all_keys()) known += loaded.contains(key);
    if (known == loaded.size())
      index_ = std::move(loaded);
    else
      problem_ = "The index " + file_.string() + " is of another archive.";
  } catch (const std::runtime_error& error) {
    problem_ = error.what();
  }
}

void MailIndex::read_own_mail() {
  if (own_generation_ == archive_.generation()) return;
  own_dates_.clear();
  own_generation_ = archive_.generation();
  for (const MessageKey key : archive_.own_keys())
    if (const auto stored = archive_.message(key)) own_dates_[key] = stored->message.date;
}

bool MailIndex::update(bool only_own, std::optional<double> seconds,
                       const std::function<void(std::size_t, std::size_t)>& on_progress,
                       std::stop_token stop) {
  auto missing = archive_.own_keys();
  const std::size_t own = missing.size();
  if (!only_own) {
    const std::unordered_set<MessageKey> seen(missing.begin(), missing.end());
    const auto all = archive_.all_keys();  // the newest of the others first
    std::copy_if(all.rbegin(), all.rend(), std::back_inserter(missing),
                 [&](MessageKey key) { return !seen.contains(key); });
  }
  const auto start = Clock::now();
  auto saved = start;
  bool changed = false, complete = true;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (on_progress) on_progress(i, missing.size());
    if (index_.contains(missing[i])) continue;
    if (stop.stop_requested() || (seconds && i >= own && seconds_since(start) > *seconds)) {
      complete = false;
      break;
    }
    const auto stored = archive_.message(missing[i]);
    if (!stored) continue;
    const Message& m = stored->message;
    index_.add(missing[i], embedder_.embed(indexed_text(first_name(m.from), m.subject, m.own)));
    changed = true;
    if (Clock::now() - saved > save_every) {
      index_.save(file_, embedder_.fingerprint());
      saved = Clock::now();
    }
  }
  if (changed) index_.save(file_, embedder_.fingerprint());
  if (on_progress && complete) on_progress(missing.size(), missing.size());
  return complete;
}

MailIndex::Ranks MailIndex::rank(const std::string& query,
                                 const std::function<bool(MessageKey)>& allowed) {
  Ranks ranks;
  ranks.words = archive_.search_words(query, deep);
  const auto is_left_out = [&](MessageKey key) { return allowed && !allowed(key); };
  std::erase_if(ranks.words, [&](const auto& hit) { return is_left_out(hit.first); });
  ranks.words.resize(std::min(ranks.words.size(), candidates));
  ranks.vectors = index_.search(embedder_.embed(query), allowed ? index_.size() : deep);
  std::erase_if(ranks.vectors, [&](const auto& hit) { return is_left_out(hit.id); });
  ranks.fused = retrieval::fuse(ranks.vectors, ranks.words, candidates,
                                {vector_weight, embedder_.least_cosine()});
  ranks.vectors.resize(std::min(ranks.vectors.size(), candidates));
  return ranks;
}

std::vector<retrieval::FusedHit> MailIndex::search(const std::string& query, std::size_t limit) {
  auto hits = rank(query, {}).fused;
  hits.resize(std::min(hits.size(), limit));
  return hits;
}

std::vector<MailIndex::Related> MailIndex::related(const RelatedQuery& query) {
  read_own_mail();
  const auto allowed = [&](MessageKey key) {
    const auto own = own_dates_.find(key);
    return own != own_dates_.end() && !query.without.contains(key) &&
           (query.before == 0 || own->second < query.before);
  };
  std::vector<Related> related;
  std::unordered_set<std::string> said{letters_of(query.unlike), std::string()};
  for (const auto& hit : rank(query.text, allowed).fused) {
    if (related.size() == query.limit) break;
    if (hit.cosine < embedder_.least_related()) continue;
    const auto stored = archive_.message(hit.id);
    if (!stored || !said.insert(letters_of(stored->message.own)).second) continue;
    related.push_back({hit.id, hit.cosine, unwrap(stored->message.own)});
  }
  return related;
}

std::string indexed_text(const std::string& from_name, const std::string& subject,
                         const std::string& own) {
  return from_name + "\n" + subject + "\n" + own;
}

std::string related_query_text(const std::string& instruction, const std::string& incoming) {
  constexpr std::size_t incoming_bytes = 400;
  return instruction + "\n" + incoming.substr(0, incoming_bytes);
}

}  // namespace sancho::core
