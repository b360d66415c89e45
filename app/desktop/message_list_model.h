#pragma once

#include <QAbstractListModel>
#include <QCache>
#include <QString>
#include <cstdint>
#include <vector>

#include "core/archive/archive.h"
#include "core/assistant.h"

namespace sancho::desktop {

/// What a list of mails or drafts shows of one entry; MessageDelegate draws these roles.
enum MessageRole {
  kNameRole = Qt::UserRole + 1,  // correspondent
  kDateRole,                     // already worded
  kSnippetRole,
  kOwnRole,    // bool: written by the user
  kScoreRole,  // 0…1 relative to the best hit; invalid where there is no score
  kKeyRole,    // core::MessageKey, or the draft's id
};

/// The archive's mails, newest first, fetched as the view scrolls; or the hits of a search.
/// The archive must outlive the model.
class MessageListModel : public QAbstractListModel {
  Q_OBJECT
 public:
  explicit MessageListModel(const core::Archive* archive, QObject* parent = nullptr);

  void show_all(bool only_own);
  void show_hits(const std::vector<core::SearchHit>& hits);
  core::MessageKey key_at(const QModelIndex& index) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;

 private:
  struct Row {
    QString name, subject, date, snippet;
    bool own = false;
  };
  const Row& row(core::MessageKey key) const;

  const core::Archive* archive_;
  std::vector<core::MessageKey> keys_;
  std::vector<double> scores_;  // as `keys_`, empty without a search
  bool only_own_ = false, exhausted_ = true;
  mutable QCache<core::MessageKey, Row> rows_;
};

}  // namespace sancho::desktop
