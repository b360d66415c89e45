#pragma once

#include <QAbstractListModel>
#include <optional>
#include <vector>

#include "core/assistant.h"

namespace sancho::desktop {

/// One entry of the Models page: a model on this computer, or a personal version of one.
struct ModelRow {
  core::ModelEntry model;                        // of a version: its name only
  std::optional<core::PersonalVersion> version;  // where it is one
  bool in_use = false;                           // drafts are written by it

  const std::string& name() const { return model.name; }
  bool removable() const { return !in_use && !model.shipped && !model.in_use; }
};

/// Models first, the shipped ones before others, then personal versions, newest first.
std::vector<ModelRow> model_rows(const core::Assistant& assistant);

/// Draws through MessageDelegate: kind and size, name, and what is known of it.
class ModelListModel : public QAbstractListModel {
  Q_OBJECT
 public:
  using QAbstractListModel::QAbstractListModel;

  void show(std::vector<ModelRow> rows);
  const ModelRow* row_at(const QModelIndex& index) const;
  /// Of the model in use where `name` is unknown.
  QModelIndex index_of(const std::string& name) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  std::vector<ModelRow> rows_;
};

}  // namespace sancho::desktop
