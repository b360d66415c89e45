#pragma once

#include <QAbstractListModel>
#include <string>
#include <vector>

#include "core/assistant.h"

namespace sancho::desktop {

/// The models a user can write with: the built-in one first, then the personal ones, newest first.
class VersionListModel : public QAbstractListModel {
  Q_OBJECT
 public:
  using QAbstractListModel::QAbstractListModel;

  void show(std::vector<core::PersonalVersion> versions);
  /// Name of the version for Assistant::activate_version; empty = the built-in model.
  std::string name_at(const QModelIndex& index) const;
  bool active_at(const QModelIndex& index) const;
  /// Null for the model without training.
  const core::PersonalVersion* version_at(const QModelIndex& index) const;
  bool has_personal_model() const { return !versions_.empty(); }

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  std::vector<core::PersonalVersion> versions_;
};

}  // namespace sancho::desktop
