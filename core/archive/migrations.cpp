#include "core/archive/migrations.h"

#include <array>

#include "core/archive/archive.h"

namespace sancho::core {
namespace {

// A released step is never edited: a change of the schema is a new step at the end.
constexpr std::array kSteps{
    R"sql(
CREATE TABLE source(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL DEFAULT 0,
  mtime INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0);

CREATE TABLE message(
  key INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL,
  content_hash TEXT NOT NULL UNIQUE,
  in_reply_to TEXT NOT NULL,
  refs TEXT NOT NULL,
  from_name TEXT NOT NULL,
  from_address TEXT NOT NULL,
  recipients TEXT NOT NULL,
  date INTEGER NOT NULL,
  subject TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  body TEXT NOT NULL,
  own_text TEXT NOT NULL,
  signature TEXT NOT NULL,
  attachments TEXT NOT NULL,
  damage TEXT NOT NULL,
  automatic INTEGER NOT NULL,
  own INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  source INTEGER NOT NULL REFERENCES source(id),
  position INTEGER NOT NULL);
CREATE INDEX message_by_id ON message(message_id);
CREATE INDEX message_by_date ON message(date, key);
CREATE INDEX message_by_own ON message(own, date, key);
CREATE INDEX message_by_sender ON message(from_address);
CREATE INDEX message_by_subject ON message(subject_key, date) WHERE subject_key <> '';
CREATE INDEX message_by_thread ON message(thread, date);

CREATE TABLE reference(
  message_id TEXT NOT NULL,
  key INTEGER NOT NULL REFERENCES message(key) ON DELETE CASCADE,
  PRIMARY KEY(message_id, key)) WITHOUT ROWID;

CREATE TABLE correspondent(
  address TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  sent INTEGER NOT NULL,
  received INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE identity(address TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE draft(
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  instruction TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  reply_to INTEGER NOT NULL,
  model_version TEXT NOT NULL);

CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES('generation', 0);

CREATE VIRTUAL TABLE word USING fts5(
  subject, own_text, from_name, from_address,
  content='message', content_rowid='key', tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER word_insert AFTER INSERT ON message BEGIN
  INSERT INTO word(rowid, subject, own_text, from_name, from_address)
  VALUES(new.key, new.subject, new.own_text, new.from_name, new.from_address);
END;
CREATE TRIGGER word_delete AFTER DELETE ON message BEGIN
  INSERT INTO word(word, rowid, subject, own_text, from_name, from_address)
  VALUES('delete', old.key, old.subject, old.own_text, old.from_name, old.from_address);
END;
CREATE TRIGGER word_update AFTER UPDATE OF subject, own_text, from_name, from_address ON message BEGIN
  INSERT INTO word(word, rowid, subject, own_text, from_name, from_address)
  VALUES('delete', old.key, old.subject, old.own_text, old.from_name, old.from_address);
  INSERT INTO word(rowid, subject, own_text, from_name, from_address)
  VALUES(new.key, new.subject, new.own_text, new.from_name, new.from_address);
END;
)sql",
};

int schema_version(SQLite::Database& db) {
  return db.execAndGet("PRAGMA user_version").getInt();
}

}  // namespace

int newest_schema() {
  return static_cast<int>(kSteps.size());
}

void migrate(SQLite::Database& db, const std::string& file) {
  if (schema_version(db) > newest_schema())
    throw ArchiveError("the archive " + file +
                       " was made by a newer Sancho; please update this one");
  while (schema_version(db) < newest_schema()) {
    SQLite::Transaction step(db, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = schema_version(db);  // another process may have been faster
    if (version >= newest_schema()) break;
    db.exec(kSteps[static_cast<std::size_t>(version)]);
    db.exec("PRAGMA user_version = " + std::to_string(version + 1));
    step.commit();
  }
}

}  // namespace sancho::core
