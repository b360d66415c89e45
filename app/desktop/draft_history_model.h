#pragma once

#include <QAbstractListModel>
#include <vector>

#include "core/archive/archive.h"

namespace sancho::desktop {

/// The saved drafts, newest first, in the roles of MessageListModel.
class DraftHistoryModel : public QAbstractListModel {
  Q_OBJECT
 public:
  explicit DraftHistoryModel(const core::Archive* archive, QObject* parent = nullptr);

  void refresh();
  const core::DraftRecord& draft_at(const QModelIndex& index) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  const core::Archive* archive_;
  std::vector<core::DraftRecord> drafts_;
};

}  // namespace sancho::desktop
