#include "core/archive/archive.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/archive/archive_impl.h"
#include "core/archive/migrations.h"
#include "core/archive/record.h"

namespace sancho::core {
namespace fs = std::filesystem;
namespace {

constexpr int kBusyMilliseconds = 15'000;
constexpr std::size_t kMostTerms = 64;

std::string sentence(int code, int system_error, const std::string& file,
                     const std::string& detail) {
  const std::string name = "the archive " + file;
  if (code == SQLITE_FULL || system_error == ENOSPC || system_error == EDQUOT)
    return "the disk that holds " + name +
           " is full; nothing stored is lost: make room and try again";
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return name + " is in use by another program; wait for it to end and try again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return name + " is damaged; restore it from a backup, or import the mail into a new profile";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return name + " cannot be written; check the permissions of its file and folder";
    case SQLITE_CANTOPEN:
      return name + " cannot be opened; check that its folder exists and can be written";
    default:
      return name + " cannot be used: " + detail;
  }
}

/// Whether SQLite will be able to write the file and its journal beside it.
bool is_writable(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (::access(folder.c_str(), W_OK) != 0) return false;
  std::error_code error;
  return !fs::exists(file, error) || ::access(file.c_str(), W_OK) == 0;
}

/// A file: address; a folder without write permission gets one that needs no journal.
std::string uri_of(const fs::path& file) {
  std::string out = "file:";
  for (const char c : file.string()) {
    if (c == '?' || c == '#' || c == '%') {
      static const char* hex = "0123456789ABCDEF";
      (out += '%') += hex[c >> 4];
      out += hex[c & 15];
    } else {
      out += c;
    }
  }
  return out + "?immutable=1";
}

SQLite::Database open_database(const fs::path& path, bool read_only) {
  try {
    if (read_only)
      return SQLite::Database(uri_of(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI,
                              kBusyMilliseconds);
    return SQLite::Database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                            kBusyMilliseconds);
  } catch (const SQLite::Exception& error) {
    throw ArchiveError(sentence(error.getErrorCode(), 0, path.string(), error.what()));
  }
}

/// Every word of `text` as an FTS5 string, joined by `joint`; empty where it has no word.
std::string match_expression(const std::string& text, const char* joint) {
  std::string out, term;
  std::size_t count = 0;
  const auto end_term = [&] {
    if (!term.empty() && count < kMostTerms) {
      if (count++) out += joint;
      ((out += '"') += term) += '"';
    }
    term.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool word = byte >= 0x80 || (byte >= '0' && byte <= '9') ||
                      (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    if (word)
      term += c;
    else
      end_term();
  }
  end_term();
  return out;
}

std::vector<MessageKey> keys_of(SQLite::Statement& rows) {
  std::vector<MessageKey> keys;
  while (rows.executeStep()) keys.push_back(rows.getColumn(0).getInt64());
  return keys;
}

}  // namespace

// ---- connection and batch --------------------------------------------------------------------

Archive::Impl::Impl(const fs::path& path)
    : file(path.string()), read_only(!is_writable(path)), db(open_database(path, read_only)) {
  guarded([&] {
    if (!read_only) {
      db.exec("PRAGMA journal_mode = WAL");
      db.exec("PRAGMA synchronous = NORMAL");
    }
    db.exec("PRAGMA foreign_keys = ON");
    db.exec("PRAGMA cache_size = -16384");
    if (!read_only || db.execAndGet("PRAGMA user_version").getInt() > newest_schema())
      migrate(db, file);
    load_identities();
  });
}

SQLite::Statement& Archive::Impl::prepared(const char* sql) {
  auto& statement = statements[sql];
  if (!statement) statement = std::make_unique<SQLite::Statement>(db, sql);
  statement->tryReset();
  statement->clearBindings();
  used.push_back(statement.get());
  return *statement;
}

void Archive::Impl::fail(const SQLite::Exception& error) const {
  const int code = error.getErrorCode() & 0xff;
  const int system_error =
      code == SQLITE_IOERR || code == SQLITE_CANTOPEN ? sqlite3_system_errno(db.getHandle()) : 0;
  throw ArchiveError(sentence(code, system_error, file, error.what()));
}

void Archive::Impl::begin_batch() {
  if (batch_open) return;
  db.exec("BEGIN IMMEDIATE");
  batch_open = true;
  load_identities();
}

void Archive::Impl::commit_batch() {
  if (!batch_open) return;
  flush_correspondents();
  if (batch_changed) count_generation();
  db.exec("COMMIT");
  batch_open = batch_changed = false;
}

void Archive::Impl::abandon_batch() {
  for (auto& [sql, statement] : statements) statement->tryReset();
  if (batch_open && !sqlite3_get_autocommit(db.getHandle())) db.tryExec("ROLLBACK");
  batch_open = batch_changed = false;
  tally.clear();
  sources.clear();
}

void Archive::Impl::count_generation() {
  db.exec("UPDATE counter SET value = value + 1 WHERE name = 'generation'");
}

Archive::Archive(const fs::path& path) : impl_(std::make_unique<Impl>(path)) {}
Archive::~Archive() {
  impl_->abandon_batch();
}

void Archive::commit() {
  impl_->guarded([&] { impl_->commit_batch(); });
}

// ---- messages --------------------------------------------------------------------------------

std::int64_t Archive::Impl::source_id(const std::string& path) {
  if (const auto known = sources.find(path); known != sources.end()) return known->second;
  auto& insert = prepared("INSERT INTO source(path) VALUES(?) ON CONFLICT DO NOTHING");
  insert.bind(1, path);
  insert.exec();
  auto& select = prepared("SELECT id FROM source WHERE path = ?");
  select.bind(1, path);
  select.executeStep();
  return sources[path] = select.getColumn(0).getInt64();
}

AddResult Archive::add(const Message& message, const std::string& source, std::uint64_t offset) {
  Impl& impl = *impl_;
  return impl.guarded([&] {
    impl.begin_batch();
    // The hash covers sender, date, subject and body: equal content is a duplicate under any id.
    auto& known = impl.prepared("SELECT 1 FROM message WHERE content_hash = ?");
    known.bindNoCopy(1, message.content_hash);
    if (known.executeStep()) return AddResult::duplicate;

    auto& last = impl.prepared("SELECT coalesce(max(key), 0) + 1 FROM message");
    last.executeStep();
    const MessageKey key = last.getColumn(0).getInt64();
    const std::int64_t thread = impl.find_thread(message);
    const std::int64_t source_id = impl.source_id(source);
    auto& insert = impl.prepared(
        "INSERT INTO message(key, message_id, content_hash, in_reply_to, refs, from_name, "
        "from_address, recipients, date, subject, subject_key, body, own_text, signature, "
        "attachments, damage, automatic, own, thread, source, position) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    int column = 0;
    const auto text = [&](const std::string& value) { insert.bind(++column, value); };
    const auto number = [&](std::int64_t value) { insert.bind(++column, value); };
    number(key);
    text(message.message_id);
    text(message.content_hash);
    text(message.in_reply_to);
    text(pack(message.references));
    text(message.from.name);
    text(message.from.address);
    text(pack_recipients(message));
    number(message.date);
    text(message.subject);
    text(subject_key(message.subject));
    text(message.body);
    text(message.own);
    text(message.signature);
    text(pack_attachments(message.attachments));
    text(pack(message.damage));
    number(message.automatic);
    number(impl.identities.contains(message.from.address));
    number(thread ? thread : key);
    number(source_id);
    number(static_cast<std::int64_t>(offset));
    insert.exec();

    auto& reference =
        impl.prepared("INSERT INTO reference(message_id, key) VALUES(?, ?) ON CONFLICT DO NOTHING");
    const auto refer = [&](const std::string& id) {
      if (id.empty() || id == message.message_id) return;
      reference.tryReset();
      reference.bind(1, id);
      reference.bind(2, key);
      reference.exec();
    };
    for (const std::string& id : message.references) refer(id);
    refer(message.in_reply_to);

    Impl::Tally& sender = impl.tally[message.from.address];
    ++sender.sent;
    if (!message.from.name.empty()) sender.name = message.from.name;
    for (const auto* list : {&message.to, &message.cc, &message.bcc})
      for (const Address& address : *list) ++impl.tally[address.address].received;
    impl.batch_changed = true;
    return AddResult::stored;
  });
}

StoredMessage Archive::Impl::read_message(SQLite::Statement& row) const {
  StoredMessage out;
  Message& mail = out.message;
  int column = 0;
  const auto text = [&] { return row.getColumn(column++).getString(); };
  const auto number = [&] { return row.getColumn(column++).getInt64(); };
  out.key = number();
  mail.message_id = text();
  mail.content_hash = text();
  mail.in_reply_to = text();
  mail.references = unpack(text());
  mail.from.name = text();
  mail.from.address = text();
  unpack_recipients(text(), mail);
  mail.date = number();
  mail.subject = text();
  mail.body = text();
  mail.own = text();
  mail.signature = text();
  mail.attachments = unpack_attachments(text());
  mail.damage = unpack(text());
  mail.automatic = number() != 0;
  out.own = number() != 0;
  out.thread = number();
  return out;
}

std::optional<StoredMessage> Archive::message(MessageKey key) const {
  return impl_->guarded([&]() -> std::optional<StoredMessage> {
    auto& row = impl_->prepared("SELECT " SANCHO_MESSAGE_COLUMNS " FROM message WHERE key = ?");
    row.bind(1, key);
    if (!row.executeStep()) return std::nullopt;
    return impl_->read_message(row);
  });
}

std::optional<StoredMessage> Archive::message_by_id(const std::string& message_id) const {
  std::string id = message_id;
  if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
  return impl_->guarded([&]() -> std::optional<StoredMessage> {
    auto& row = impl_->prepared("SELECT " SANCHO_MESSAGE_COLUMNS
                                " FROM message WHERE message_id = ? ORDER BY key LIMIT 1");
    row.bind(1, id);
    if (!row.executeStep()) return std::nullopt;
    return impl_->read_message(row);
  });
}

std::size_t Archive::message_count() const {
  return impl_->guarded([&] {
    return static_cast<std::size_t>(
        impl_->db.execAndGet("SELECT count(*) FROM message").getInt64());
  });
}

std::size_t Archive::own_count() const {
  return impl_->guarded([&] {
    return static_cast<std::size_t>(
        impl_->db.execAndGet("SELECT count(*) FROM message WHERE own = 1").getInt64());
  });
}

std::vector<MessageKey> Archive::own_keys() const {
  return impl_->guarded([&] {
    return keys_of(impl_->prepared("SELECT key FROM message WHERE own = 1 ORDER BY date, key"));
  });
}

std::vector<MessageKey> Archive::all_keys() const {
  return impl_->guarded(
      [&] { return keys_of(impl_->prepared("SELECT key FROM message ORDER BY date, key")); });
}

std::vector<MessageKey> Archive::list(const std::string& filter, bool only_own, std::size_t limit,
                                      std::size_t offset) const {
  const std::string match = match_expression(filter, " ");
  return impl_->guarded([&] {
    // Without a filter, an index holds all that is asked for.
    auto& rows = impl_->prepared(
        match.empty()
            ? only_own ? "SELECT key FROM message WHERE own = 1 "
                         "ORDER BY date DESC, key DESC LIMIT ?1 OFFSET ?2"
                       : "SELECT key FROM message ORDER BY date DESC, key DESC LIMIT ?1 OFFSET ?2"
        : only_own ? "SELECT key FROM message JOIN word ON word.rowid = key "
                     "WHERE word MATCH ?3 AND own = 1 "
                     "ORDER BY date DESC, key DESC LIMIT ?1 OFFSET ?2"
                   : "SELECT key FROM message JOIN word ON word.rowid = key "
                     "WHERE word MATCH ?3 ORDER BY date DESC, key DESC LIMIT ?1 OFFSET ?2");
    rows.bind(1, static_cast<std::int64_t>(limit));
    rows.bind(2, static_cast<std::int64_t>(offset));
    if (!match.empty()) rows.bind(3, match);
    return keys_of(rows);
  });
}

std::vector<std::pair<MessageKey, double>> Archive::search_words(const std::string& query,
                                                                 std::size_t limit) const {
  const std::string match = match_expression(query, " OR ");
  std::vector<std::pair<MessageKey, double>> hits;
  if (match.empty()) return hits;
  impl_->guarded([&] {
    auto& rows = impl_->prepared(
        "SELECT rowid, -bm25(word, 2.0, 1.0, 0.5, 0.5) AS score FROM word WHERE word MATCH ? "
        "ORDER BY score DESC, rowid DESC LIMIT ?");
    rows.bind(1, match);
    rows.bind(2, static_cast<std::int64_t>(limit));
    while (rows.executeStep())
      hits.emplace_back(rows.getColumn(0).getInt64(), rows.getColumn(1).getDouble());
  });
  return hits;
}

std::int64_t Archive::generation() const {
  return impl_->guarded([&] {
    return impl_->db.execAndGet("SELECT value FROM counter WHERE name = 'generation'").getInt64();
  });
}

std::string Archive::integrity_check() const {
  return impl_->guarded([&] { return impl_->db.execAndGet("PRAGMA integrity_check").getString(); });
}

// ---- sources, drafts, settings ---------------------------------------------------------------

void Archive::set_source_position(const std::string& source, std::uint64_t size, std::int64_t mtime,
                                  std::uint64_t position) {
  impl_->guarded([&] {
    auto& row = impl_->prepared(
        "INSERT INTO source(path, size, mtime, position) VALUES(?1, ?2, ?3, ?4) "
        "ON CONFLICT(path) DO UPDATE SET size = ?2, mtime = ?3, position = ?4");
    row.bind(1, source);
    row.bind(2, static_cast<std::int64_t>(size));
    row.bind(3, mtime);
    row.bind(4, static_cast<std::int64_t>(position));
    row.exec();
  });
}

std::optional<Archive::SourcePosition> Archive::source_position(const std::string& source) const {
  return impl_->guarded([&]() -> std::optional<SourcePosition> {
    auto& row = impl_->prepared("SELECT size, position, mtime FROM source WHERE path = ?");
    row.bind(1, source);
    if (!row.executeStep()) return std::nullopt;
    return SourcePosition{static_cast<std::uint64_t>(row.getColumn(0).getInt64()),
                          static_cast<std::uint64_t>(row.getColumn(1).getInt64()),
                          row.getColumn(2).getInt64()};
  });
}

std::int64_t Archive::save_draft(const DraftRecord& draft) {
  return impl_->guarded([&] {
    auto& row = impl_->prepared(
        "INSERT INTO draft(id, created, instruction, recipient, subject, body, reply_to, "
        "model_version) VALUES(nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
        "ON CONFLICT(id) DO UPDATE SET instruction = ?3, recipient = ?4, subject = ?5, body = ?6, "
        "reply_to = ?7, model_version = ?8 RETURNING id");
    row.bind(1, draft.id);
    row.bind(2, draft.created);
    row.bind(3, draft.instruction);
    row.bind(4, draft.to);
    row.bind(5, draft.subject);
    row.bind(6, draft.body);
    row.bind(7, draft.reply_to);
    row.bind(8, draft.model_version);
    row.executeStep();
    return row.getColumn(0).getInt64();
  });
}

std::vector<DraftRecord> Archive::drafts() const {
  return impl_->guarded([&] {
    std::vector<DraftRecord> out;
    auto& row = impl_->prepared(
        "SELECT id, created, instruction, recipient, subject, body, reply_to, model_version "
        "FROM draft ORDER BY created DESC, id DESC");
    while (row.executeStep())
      out.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt64(),
                     row.getColumn(2).getString(), row.getColumn(3).getString(),
                     row.getColumn(4).getString(), row.getColumn(5).getString(),
                     row.getColumn(6).getInt64(), row.getColumn(7).getString()});
    return out;
  });
}

std::string Archive::setting(const std::string& name, const std::string& fallback) const {
  return impl_->guarded([&] {
    auto& row = impl_->prepared("SELECT value FROM setting WHERE name = ?");
    row.bind(1, name);
    return row.executeStep() ? row.getColumn(0).getString() : fallback;
  });
}

void Archive::set_setting(const std::string& name, const std::string& value) {
  impl_->guarded([&] {
    auto& row = impl_->prepared(
        "INSERT INTO setting(name, value) VALUES(?1, ?2) "
        "ON CONFLICT(name) DO UPDATE SET value = ?2");
    row.bind(1, name);
    row.bind(2, value);
    row.exec();
  });
}

}  // namespace sancho::core
