#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/mail/message.h"

namespace sancho::core {

/// One sentence about the archive: locked, damaged, from a newer Sancho, disk full.
class ArchiveError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using MessageKey = std::int64_t;  // row id of a message, stable for the life of the archive

/// A message as the archive knows it.
struct StoredMessage {
  MessageKey key = 0;
  Message message;
  bool own = false;         // sent from one of the user's confirmed addresses
  std::int64_t thread = 0;  // messages of one conversation share it
};

enum class AddResult { stored, duplicate };

/// A saved draft.
struct DraftRecord {
  std::int64_t id = 0;
  std::int64_t created = 0;  // seconds since 1970
  std::string instruction, to, subject, body;
  MessageKey reply_to = 0;
  std::string model_version;  // "built-in" or a personal version
};

/// One address that could be the user's.
struct IdentityGuess {
  Address address;
  std::size_t sent = 0;  // messages from it
  bool confirmed = false;
};

/// The one source of truth: an SQLite file in WAL mode with numbered migrations. Safe for several
/// processes. Throws ArchiveError with one sentence: locked, damaged, from a newer Sancho, disk
/// full.
class Archive {
 public:
  /// Opens or creates.
  explicit Archive(const std::filesystem::path& file);
  ~Archive();

  /// Adds inside the current batch. A duplicate has the same Message-ID and content, or the same
  /// content; the same Message-ID with other content is stored.
  AddResult add(const Message& message, const std::string& source, std::uint64_t offset);
  /// Ends the batch: everything added so far is on disk. Called by the importer every so often.
  void commit();

  /// Remembers what has been read of a mailbox file so that a later import skips it.
  void set_source_position(const std::string& source, std::uint64_t size, std::int64_t mtime,
                           std::uint64_t position);
  struct SourcePosition {
    std::uint64_t size, position;
    std::int64_t mtime;
  };
  std::optional<SourcePosition> source_position(const std::string& source) const;

  /// Senders by likelihood of being the user (whole addresses): confirmed ones, then those who both
  /// send and receive most, each with the addresses of the same display name behind it.
  std::vector<IdentityGuess> identities() const;
  /// Confirms exactly these addresses as the user's and re-marks every message.
  void set_identities(const std::vector<std::string>& addresses);

  std::size_t message_count() const;
  std::size_t own_count() const;
  std::optional<StoredMessage> message(MessageKey key) const;
  std::optional<StoredMessage> message_by_id(const std::string& message_id) const;
  /// Keys of own mails in date order; of all mails in date order.
  std::vector<MessageKey> own_keys() const;
  std::vector<MessageKey> all_keys() const;
  /// Newest first, for the Mailbox page: `filter` is a full-text query or empty.
  std::vector<MessageKey> list(const std::string& filter, bool only_own, std::size_t limit,
                               std::size_t offset) const;
  /// The conversation of a message, oldest first, the message included.
  std::vector<StoredMessage> thread_of(MessageKey key) const;
  /// The mail that `key` answers: by In-Reply-To, References, else same subject and parties,
  /// earlier.
  std::optional<StoredMessage> parent_of(MessageKey key) const;

  /// Full-text hits (FTS5, bm25), best first; free text is quoted so that it is never a syntax
  /// error.
  std::vector<std::pair<MessageKey, double>> search_words(const std::string& query,
                                                          std::size_t limit) const;
  /// Grows with every change of the messages: caches compare it.
  std::int64_t generation() const;

  std::int64_t save_draft(const DraftRecord& draft);
  std::vector<DraftRecord> drafts() const;

  std::string setting(const std::string& name, const std::string& fallback = {}) const;
  void set_setting(const std::string& name, const std::string& value);

  /// `PRAGMA integrity_check`; "ok" or what is wrong.
  std::string integrity_check() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::core
