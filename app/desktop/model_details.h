#pragma once

#include <QWidget>

#include "app/desktop/model_list_model.h"

class QFormLayout;
class QLabel;
class QTreeWidget;

namespace sancho::desktop {

class LayerChart;

/// What is known of one model, with its compression report where it has one.
class ModelDetails : public QWidget {
  Q_OBJECT
 public:
  explicit ModelDetails(QWidget* parent = nullptr);
  void show_row(const ModelRow& row);

 private:
  void add_fact(const QString& name, const QString& value);
  void add_model_facts(const core::ModelEntry& model);
  void add_version_facts(const core::PersonalVersion& version);
  void add_compression_facts(const core::CompressionReport& report);
  void show_layers(const std::vector<engine::LayerReport>& layers);

  QLabel *name_, *problem_;
  QFormLayout* facts_;
  QWidget* report_;
  LayerChart* chart_;
  QTreeWidget* layers_;
};

}  // namespace sancho::desktop
