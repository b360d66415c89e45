#include "app/desktop/model_list_model.h"

#include <algorithm>

#include "app/desktop/message_list_model.h"
#include "app/desktop/model_words.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

QString kind_of(const ModelRow& row) {
  QString kind = ModelListModel::tr("Added");
  if (row.version)
    kind = ModelListModel::tr("Personal");
  else if (row.model.shipped)
    kind = ModelListModel::tr("Comes with Sancho");
  else if (!row.model.about.compression_json.empty())
    kind = ModelListModel::tr("Compressed");
  return row.in_use ? ModelListModel::tr("In use · %1").arg(kind) : kind;
}

QString known_of(const ModelRow& row) {
  if (row.version)
    return ModelListModel::tr("perplexity %1 → %2")
        .arg(QLocale().toString(row.version->heldout_ppl_before, 'f', 1),
             QLocale().toString(row.version->heldout_ppl_after, 'f', 1));
  if (!row.model.usable)
    return row.model.about.parameters > 0 ? ModelListModel::tr("Finds mail, writes none")
                                          : ModelListModel::tr("Cannot be used");
  return ModelListModel::tr("%1 parameters · %2")
      .arg(parameters_text(row.model.about.parameters), weights_words(row.model.about));
}

}  // namespace

std::vector<ModelRow> model_rows(const core::Assistant& assistant) {
  std::vector<core::PersonalVersion> versions = assistant.personal_versions();
  std::ranges::sort(versions, std::ranges::greater{}, [](const core::PersonalVersion& version) {
    return std::pair(version.created, version.name);
  });
  const bool personal = std::ranges::any_of(versions, &core::PersonalVersion::active);
  std::vector<ModelRow> rows;
  for (core::ModelEntry& model : assistant.models()) {
    const bool in_use = model.in_use && !personal;
    rows.push_back({std::move(model), {}, in_use});
  }
  for (core::PersonalVersion& version : versions) {
    core::ModelEntry model;
    model.name = version.name;
    const bool active = version.active;
    rows.push_back({std::move(model), std::move(version), active});
  }
  return rows;
}

void ModelListModel::show(std::vector<ModelRow> rows) {
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

const ModelRow* ModelListModel::row_at(const QModelIndex& index) const {
  return index.isValid() ? &rows_.at(static_cast<std::size_t>(index.row())) : nullptr;
}

QModelIndex ModelListModel::index_of(const std::string& name) const {
  auto found = std::ranges::find(rows_, name, &ModelRow::name);
  if (found == rows_.end()) found = std::ranges::find(rows_, true, &ModelRow::in_use);
  return found == rows_.end() ? QModelIndex() : index(static_cast<int>(found - rows_.begin()));
}

int ModelListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const ModelRow& row = *row_at(index);
  switch (role) {
    case Qt::DisplayRole:
      return to_qt(row.name());
    case kNameRole:
      return kind_of(row);
    case kDateRole:
      return row.version ? short_date(row.version->created)
                         : (row.model.usable ? size_text(row.model.bytes) : QString());
    case kSnippetRole:
      return known_of(row);
    case kOwnRole:
      return row.in_use;
    case Qt::AccessibleTextRole:
      return QStringLiteral("%1, %2, %3").arg(to_qt(row.name()), kind_of(row), known_of(row));
    default:
      return {};
  }
}

}  // namespace sancho::desktop
