#include "app/desktop/draft_history_model.h"

#include <algorithm>

#include "app/desktop/message_list_model.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

DraftHistoryModel::DraftHistoryModel(const core::Archive* archive, QObject* parent)
    : QAbstractListModel(parent), archive_(archive) {}

void DraftHistoryModel::refresh() {
  beginResetModel();
  drafts_ = archive_->drafts();
  std::ranges::sort(drafts_, [](const auto& a, const auto& b) {
    return std::pair(a.created, a.id) > std::pair(b.created, b.id);
  });
  endResetModel();
}

const core::DraftRecord& DraftHistoryModel::draft_at(const QModelIndex& index) const {
  return drafts_.at(static_cast<std::size_t>(index.row()));
}

int DraftHistoryModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(drafts_.size());
}

QVariant DraftHistoryModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const core::DraftRecord& draft = draft_at(index);
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return draft.subject.empty() ? tr("(no subject)") : to_qt(draft.subject);
    case kNameRole:
      return draft.to.empty() ? tr("No recipient yet") : tr("To %1").arg(to_qt(draft.to));
    case kDateRole:
      return short_date(draft.created);
    case kSnippetRole:
      return one_line(to_qt(draft.body), 160);
    case kOwnRole:
      return true;
    case kKeyRole:
      return QVariant::fromValue<qint64>(draft.id);
    default:
      return {};
  }
}

}  // namespace sancho::desktop
