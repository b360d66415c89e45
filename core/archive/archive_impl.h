#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/archive/archive.h"

namespace sancho::core {

/// The archive's connection, its prepared statements and the open batch. Private to core/archive.
struct Archive::Impl {
  explicit Impl(const std::filesystem::path& path);

  /// A statement, ready to bind until the end of guarded(). `sql` must be a literal: its address is
  /// the key.
  SQLite::Statement& prepared(const char* sql);
  /// Runs `work`; turns what SQLite says into one sentence and gives up the open batch.
  template <class Work>
  auto guarded(Work&& work) const -> decltype(work()) {
    const StatementReset reset{const_cast<Impl&>(*this)};
    try {
      return work();
    } catch (const SQLite::Exception& error) {
      const_cast<Impl*>(this)->abandon_batch();
      fail(error);
    }
  }
  [[noreturn]] void fail(const SQLite::Exception& error) const;

  void begin_batch();
  void commit_batch();
  void abandon_batch();
  /// Writes the batch's counts of senders and recipients.
  void flush_correspondents();
  void load_identities();
  void count_generation();

  std::int64_t source_id(const std::string& path);
  StoredMessage read_message(SQLite::Statement& row) const;

  /// The conversation that `message` belongs to, joined from all it connects; 0 = a new one.
  std::int64_t find_thread(const Message& message);
  std::optional<StoredMessage> find_parent(const StoredMessage& child);

  /// A statement left open would hold on to an old state of the archive.
  struct StatementReset {
    Impl& impl;
    ~StatementReset() {
      for (SQLite::Statement* statement : impl.used) statement->tryReset();
      impl.used.clear();
    }
  };

  struct Tally {
    std::string name;
    std::int64_t sent = 0, received = 0;
  };

  std::string file;
  bool read_only = false;
  SQLite::Database db;
  bool batch_open = false;
  bool batch_changed = false;
  std::map<std::string, Tally> tally;
  std::map<std::string, std::int64_t> sources;
  std::set<std::string> identities;
  std::vector<SQLite::Statement*> used;
  std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> statements;
};

/// The columns read_message() expects.
#define SANCHO_MESSAGE_COLUMNS                                                              \
  "key, message_id, content_hash, in_reply_to, refs, from_name, from_address, recipients, " \
  "date, subject, body, own_text, signature, attachments, damage, automatic, own, thread"

}  // namespace sancho::core
