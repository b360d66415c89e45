#include "app/desktop/message_list_model.h"

#include <algorithm>

#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr std::size_t kPage = 200;
constexpr int kCachedRows = 2000;
constexpr int kSnippetLength = 160;

}  // namespace

MessageListModel::MessageListModel(const core::Archive* archive, QObject* parent)
    : QAbstractListModel(parent), archive_(archive), rows_(kCachedRows) {}

void MessageListModel::show_all(bool only_own) {
  beginResetModel();
  keys_ = archive_->list({}, only_own, kPage, 0);
  scores_.clear();
  rows_.clear();
  only_own_ = only_own;
  exhausted_ = keys_.size() < kPage;
  endResetModel();
}

void MessageListModel::show_hits(const std::vector<core::SearchHit>& hits) {
  beginResetModel();
  keys_.clear();
  scores_.clear();
  exhausted_ = true;
  double best = 0;
  for (const core::SearchHit& hit : hits) best = std::max(best, hit.score);
  for (const core::SearchHit& hit : hits) {
    keys_.push_back(hit.key);
    scores_.push_back(best > 0 ? hit.score / best : 0);
  }
  endResetModel();
}

core::MessageKey MessageListModel::key_at(const QModelIndex& index) const {
  return index.isValid() ? keys_[static_cast<std::size_t>(index.row())] : 0;
}

int MessageListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(keys_.size());
}

QVariant MessageListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto at = static_cast<std::size_t>(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return row(keys_[at]).subject;
    case kNameRole:
      return row(keys_[at]).name;
    case kDateRole:
      return row(keys_[at]).date;
    case kSnippetRole:
      return row(keys_[at]).snippet;
    case kOwnRole:
      return row(keys_[at]).own;
    case kScoreRole:
      return scores_.empty() ? QVariant() : QVariant(scores_[at]);
    case kKeyRole:
      return QVariant::fromValue<qint64>(keys_[at]);
    case Qt::AccessibleTextRole: {
      const Row& r = row(keys_[at]);
      return QStringLiteral("%1, %2, %3").arg(r.subject, r.name, r.date);
    }
    default:
      return {};
  }
}

bool MessageListModel::canFetchMore(const QModelIndex& parent) const {
  return !parent.isValid() && !exhausted_;
}

void MessageListModel::fetchMore(const QModelIndex& parent) {
  if (!canFetchMore(parent)) return;
  const auto more = archive_->list({}, only_own_, kPage, keys_.size());
  exhausted_ = more.size() < kPage;
  if (more.empty()) return;
  beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(more.size()) - 1);
  keys_.insert(keys_.end(), more.begin(), more.end());
  endInsertRows();
}

const MessageListModel::Row& MessageListModel::row(core::MessageKey key) const {
  if (const Row* cached = rows_.object(key)) return *cached;
  auto* made = new Row;
  if (const auto mail = archive_->message(key)) {
    const core::Message& m = mail->message;
    const core::Address& who = mail->own && !m.to.empty() ? m.to.front() : m.from;
    const QString name = to_qt(who.name.empty() ? who.address : who.name);
    made->name = mail->own ? tr("To %1").arg(name) : name;
    made->subject = m.subject.empty() ? tr("(no subject)") : to_qt(m.subject);
    made->date = short_date(m.date);
    made->snippet = one_line(to_qt(m.own.empty() ? m.body : m.own), kSnippetLength);
    made->own = mail->own;
  }
  rows_.insert(key, made);
  return *made;
}

}  // namespace sancho::desktop
