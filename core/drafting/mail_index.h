#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/archive/archive.h"
#include "retrieval/hybrid_index.h"

namespace sancho::core {

/// The archive's mail by meaning and by words. Its file is a cache: where it is missing, damaged,
/// made by another model or of another archive, it is made anew.
class MailIndex {
 public:
  MailIndex(const Archive& archive, std::shared_ptr<const engine::Model> model,
            std::shared_ptr<engine::ThreadPool> pool, std::filesystem::path file);

  /// Embeds what the archive has and the index has not; the user's own mail first, then, unless
  /// `only_own`, the rest until `seconds` are over. False where something is left.
  bool update(bool only_own, std::optional<double> seconds = {},
              const std::function<void(std::size_t done, std::size_t total)>& on_progress = {},
              std::stop_token stop = {});

  /// Mails for a query by their words, by their meaning and by both, best first.
  struct Ranks {
    std::vector<std::pair<MessageKey, double>> words;
    std::vector<retrieval::VectorHit> vectors;
    std::vector<retrieval::FusedHit> fused;
  };
  /// Of the mails that `allowed` lets through; empty: of all.
  Ranks rank(const std::string& query, const std::function<bool(MessageKey)>& allowed);
  std::vector<retrieval::FusedHit> search(const std::string& query, std::size_t limit);

  /// The user's own mails that a draft may draw on, most relevant first.
  struct Related {
    MessageKey key = 0;
    float cosine = 0;
    std::string text;  // what the user wrote in it, unwrapped
  };
  struct RelatedQuery {
    std::string text;
    std::int64_t before = 0;  // only mail of earlier dates; 0 = any
    std::string unlike;       // leaves out mail with these same words (the mail to be written)
    std::unordered_set<MessageKey> without;
    std::size_t limit = 2;  // as many as the built-in model has met in one prompt
  };
  std::vector<Related> related(const RelatedQuery& query);

  std::size_t size() const { return index_.size(); }
  bool contains(MessageKey key) const { return index_.contains(key); }
  /// Why the file that was there could not be used; empty where it could, or there was none.
  const std::string& problem() const { return problem_; }
  std::vector<float> embed(const std::string& text) { return embedder_.embed(text); }
  std::size_t dimension() const { return embedder_.dimension(); }

 private:
  void open();
  void read_own_mail();

  const Archive& archive_;
  retrieval::Embedder embedder_;
  std::filesystem::path file_;
  retrieval::VectorIndex index_;
  std::string problem_;
  std::unordered_map<MessageKey, std::int64_t> own_dates_;
  std::int64_t own_generation_ = -1;
};

/// What a mail is embedded as: who wrote it, by first name, and what about.
std::string indexed_text(const std::string& from_name, const std::string& subject,
                         const std::string& own);

/// The words a draft's related mail is looked for with.
std::string related_query_text(const std::string& instruction, const std::string& incoming);

}  // namespace sancho::core
