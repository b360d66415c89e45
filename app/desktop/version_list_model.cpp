#include "app/desktop/version_list_model.h"

#include <algorithm>

#include "app/desktop/icons.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

void VersionListModel::show(std::vector<core::PersonalVersion> versions) {
  beginResetModel();
  versions_ = std::move(versions);
  std::ranges::sort(versions_, [](const auto& a, const auto& b) {
    return std::pair(a.created, a.name) > std::pair(b.created, b.name);
  });
  endResetModel();
}

const core::PersonalVersion* VersionListModel::version_at(const QModelIndex& index) const {
  return index.row() <= 0 ? nullptr : &versions_.at(static_cast<std::size_t>(index.row() - 1));
}

std::string VersionListModel::name_at(const QModelIndex& index) const {
  const auto* version = version_at(index);
  return version ? version->name : std::string();
}

bool VersionListModel::active_at(const QModelIndex& index) const {
  if (const auto* version = version_at(index)) return version->active;
  return std::ranges::none_of(versions_, &core::PersonalVersion::active);
}

int VersionListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(versions_.size()) + 1;
}

QVariant VersionListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  if (role == Qt::DecorationRole && active_at(index))
    return icon(QStringLiteral("check"), IconTone::accent);
  if (role == Qt::SizeHintRole) return QSize(100, index.row() == 0 ? 34 : 50);
  if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
  const QString in_use =
      role == Qt::AccessibleTextRole && active_at(index) ? tr(" (in use)") : QString();
  const auto* version = version_at(index);
  if (!version) return tr("Without training") + in_use;
  return tr("%1, %2\nperplexity %3 → %4")
             .arg(to_qt(version->name), short_date(version->created),
                  QLocale().toString(version->heldout_ppl_before, 'f', 1),
                  QLocale().toString(version->heldout_ppl_after, 'f', 1)) +
         in_use;
}

}  // namespace sancho::desktop
