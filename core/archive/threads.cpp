#include <set>
#include <string_view>

#include "core/archive/archive_impl.h"
#include "core/archive/record.h"

// Conversations: by References and In-Reply-To (RFC 5322 §3.6.4); mail without them by subject,
// common parties and time.

namespace sancho::core {
namespace {

constexpr std::int64_t kSubjectWindow = 60LL * 24 * 3600;  // seconds
constexpr int kMostCandidates = 50;                        // on either side in time

std::set<std::string> answered_ids(const Message& message) {
  std::set<std::string> ids(message.references.begin(), message.references.end());
  if (!message.in_reply_to.empty()) ids.insert(message.in_reply_to);
  ids.erase(message.message_id);
  return ids;
}

/// Whether `address` is among packed recipients.
bool receives(std::string_view recipients, const std::string& address) {
  return !address.empty() && recipients.find('\x1f' + address + '\x1e') != std::string_view::npos;
}

}  // namespace

std::int64_t Archive::Impl::find_thread(const Message& message) {
  std::set<std::int64_t> threads;
  const auto collect = [&](const char* sql, const std::string& id) {
    auto& rows = prepared(sql);
    rows.bind(1, id);
    while (rows.executeStep()) threads.insert(rows.getColumn(0).getInt64());
  };
  static const char* referring =
      "SELECT DISTINCT thread FROM reference JOIN message USING(key) WHERE reference.message_id = "
      "?";
  for (const std::string& id : answered_ids(message)) {
    collect("SELECT DISTINCT thread FROM message WHERE message_id = ?", id);
    collect(referring, id);
  }
  collect(referring, message.message_id);

  const std::string key = subject_key(message.subject);
  if (threads.empty() && message.date != 0 && !key.empty()) {
    const bool reply = is_reply_subject(message.subject);
    const std::string recipients = pack_recipients(message);
    // `subject_key <> ''` lets SQLite use the index, which leaves such mail out.
    auto& rows = prepared(
        "SELECT * FROM (SELECT thread, from_address, recipients, subject FROM message "
        "WHERE subject_key = ?1 AND subject_key <> '' AND date BETWEEN ?2 - ?3 AND ?2 "
        "ORDER BY date DESC LIMIT ?4) "
        "UNION ALL "
        "SELECT * FROM (SELECT thread, from_address, recipients, subject FROM message "
        "WHERE subject_key = ?1 AND subject_key <> '' AND date > ?2 AND date <= ?2 + ?3 "
        "ORDER BY date LIMIT ?4)");
    rows.bind(1, key);
    rows.bind(2, message.date);
    rows.bind(3, kSubjectWindow);
    rows.bind(4, kMostCandidates);
    while (threads.empty() && rows.executeStep()) {
      const bool related = reply || is_reply_subject(rows.getColumn(3).getString());
      if (related && (receives(recipients, rows.getColumn(1).getString()) ||
                      receives(rows.getColumn(2).getString(), message.from.address)))
        threads.insert(rows.getColumn(0).getInt64());
    }
  }
  if (threads.empty()) return 0;
  const std::int64_t joined = *threads.begin();
  for (const std::int64_t other : threads) {
    if (other == joined) continue;
    auto& move = prepared("UPDATE message SET thread = ? WHERE thread = ?");
    move.bind(1, joined);
    move.bind(2, other);
    move.exec();
  }
  return joined;
}

std::optional<StoredMessage> Archive::Impl::find_parent(const StoredMessage& child) {
  const Message& mail = child.message;
  std::vector<std::string> ids;
  if (!mail.in_reply_to.empty()) ids.push_back(mail.in_reply_to);
  ids.insert(ids.end(), mail.references.rbegin(), mail.references.rend());
  for (const std::string& id : ids) {
    auto& row = prepared("SELECT " SANCHO_MESSAGE_COLUMNS
                         " FROM message WHERE message_id = ? AND key <> ? ORDER BY key LIMIT 1");
    row.bind(1, id);
    row.bind(2, child.key);
    if (row.executeStep()) return read_message(row);
  }
  const std::string key = subject_key(mail.subject);
  if (mail.date == 0 || key.empty() || !is_reply_subject(mail.subject)) return std::nullopt;
  const std::string recipients = pack_recipients(mail);
  auto& rows = prepared("SELECT " SANCHO_MESSAGE_COLUMNS
                        " FROM message WHERE subject_key = ?1 AND subject_key <> '' AND date >= ?2 "
                        "AND date < ?3 AND key <> ?4 ORDER BY date DESC, key DESC LIMIT ?5");
  rows.bind(1, key);
  rows.bind(2, mail.date - kSubjectWindow);
  rows.bind(3, mail.date);
  rows.bind(4, child.key);
  rows.bind(5, kMostCandidates);
  while (rows.executeStep())
    if (receives(recipients, rows.getColumn(6).getString())) return read_message(rows);
  return std::nullopt;
}

std::optional<StoredMessage> Archive::parent_of(MessageKey key) const {
  const auto child = message(key);
  if (!child) return std::nullopt;
  return impl_->guarded([&] { return impl_->find_parent(*child); });
}

std::vector<StoredMessage> Archive::thread_of(MessageKey key) const {
  return impl_->guarded([&] {
    std::vector<StoredMessage> out;
    auto& rows = impl_->prepared("SELECT " SANCHO_MESSAGE_COLUMNS
                                 " FROM message WHERE thread = (SELECT thread FROM message WHERE "
                                 "key = ?) ORDER BY date, key");
    rows.bind(1, key);
    while (rows.executeStep()) out.push_back(impl_->read_message(rows));
    return out;
  });
}

}  // namespace sancho::core
