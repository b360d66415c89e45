#include "app/desktop/model_details.h"

#include <QFormLayout>
#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/desktop/controls.h"
#include "app/desktop/layer_chart.h"
#include "app/desktop/model_words.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

QString decimal(double value, int digits) {
  return QLocale().toString(value, 'f', digits);
}
QString percent(double share, int digits = 0) {
  return ModelDetails::tr("%1 %").arg(decimal(100 * share, digits));
}
QString change(const QString& before, const QString& after) {
  return QStringLiteral("%1 → %2").arg(before, after);
}

}  // namespace

ModelDetails::ModelDetails(QWidget* parent)
    : QWidget(parent),
      name_(make_label({}, "heading")),
      problem_(make_label({}, "warning")),
      facts_(new QFormLayout),
      report_(new QWidget),
      chart_(new LayerChart),
      layers_(new QTreeWidget) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(10);
  name_->setObjectName("model_heading");
  name_->setTextFormat(Qt::PlainText);
  problem_->setTextFormat(Qt::PlainText);
  facts_->setHorizontalSpacing(18);
  facts_->setVerticalSpacing(4);
  layout->addWidget(name_);
  layout->addWidget(problem_);
  layout->addLayout(facts_);
  layout->addWidget(report_);
  layout->addStretch();

  auto* inside = new QVBoxLayout(report_);
  inside->setContentsMargins(0, 6, 0, 0);
  inside->setSpacing(8);
  inside->addWidget(make_label(tr("Layer by layer"), "caption"));
  chart_->setFixedHeight(190);
  inside->addWidget(chart_);
  layers_->setObjectName("layers");
  layers_->setAccessibleName(tr("Layers"));
  layers_->setHeaderLabels(
      {tr("Layer"), tr("Weights"), tr("Zeros"), tr("Output lost"), tr("Size")});
  layers_->setRootIsDecorated(false);
  layers_->setUniformRowHeights(true);
  layers_->setMinimumHeight(180);
  inside->addWidget(layers_);
}

void ModelDetails::show_row(const ModelRow& row) {
  while (facts_->rowCount() > 0) facts_->removeRow(0);
  name_->setText(to_qt(row.name()));
  problem_->setText(to_qt(row.model.problem));
  problem_->setVisible(!row.model.problem.empty());
  const auto& report = row.model.about.compression;
  if (row.version)
    add_version_facts(*row.version);
  else if (row.model.usable)
    add_model_facts(row.model);
  if (report) add_compression_facts(*report);
  report_->setVisible(report && !report->layers.empty());
  if (report) show_layers(report->layers);
}

void ModelDetails::add_fact(const QString& name, const QString& value) {
  auto* label = make_label(value, "fact");
  label->setTextFormat(Qt::PlainText);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  facts_->addRow(make_label(name, "muted"), label);
}

void ModelDetails::add_model_facts(const core::ModelEntry& model) {
  const core::ModelDescription& about = model.about;
  add_fact(tr("Size"), size_text(model.bytes));
  add_fact(tr("Parameters"), parameters_text(about.parameters));
  add_fact(tr("Shape"), shape_words(about.config));
  add_fact(tr("Weights"), weights_words(about));
  add_fact(tr("Reads at most"),
           tr("%1 tokens").arg(count_text(about.config.max_position_embeddings)));
  if (!about.has_tokenizer)
    add_fact(tr("Tokenizer"), tr("none: it can be exported and compressed, but not write mail"));
}

void ModelDetails::add_version_facts(const core::PersonalVersion& version) {
  add_fact(tr("Made"), long_date(version.created));
  add_fact(tr("By"), tr("%1 with %2").arg(to_qt(version.method), to_qt(version.optimizer)));
  add_fact(tr("From"),
           tr("%1 mails, %2 steps").arg(count_text(version.pairs), count_text(version.steps)));
  add_fact(tr("Perplexity"),
           change(decimal(version.heldout_ppl_before, 2), decimal(version.heldout_ppl_after, 2)));
  add_fact(tr("Training took"), span_text(version.seconds));
  if (version.tokens_per_second > 0)
    add_fact(tr("Speed"), tr("%1 tokens/s").arg(decimal(version.tokens_per_second, 0)));
  if (version.peak_memory > 0) add_fact(tr("Memory"), size_text(version.peak_memory));
}

void ModelDetails::add_compression_facts(const core::CompressionReport& report) {
  add_fact(tr("Compressed"), change(size_text(report.bytes_before), size_text(report.bytes_after)));
  if (report.ppl_before > 0)
    add_fact(tr("Perplexity"),
             tr("%1 (%2 times)")
                 .arg(change(decimal(report.ppl_before, 2), decimal(report.ppl_after, 2)),
                      decimal(report.ppl_after / report.ppl_before, 3)));
  if (report.divergence > 0)
    add_fact(tr("Divergence"), tr("%1 nats per token").arg(decimal(report.divergence, 4)));
  if (report.drafts.similarity > 0)
    add_fact(tr("Its drafts"),
             tr("%1 alike in meaning, %2 in words")
                 .arg(percent(report.drafts.similarity), percent(report.drafts.rouge_l)));
  if (report.decode_tokens_per_second > 0)
    add_fact(tr("Speed"), tr("%1 tokens/s").arg(decimal(report.decode_tokens_per_second, 0)));
}

void ModelDetails::show_layers(const std::vector<engine::LayerReport>& layers) {
  chart_->show_layers(layers);
  layers_->clear();
  for (const engine::LayerReport& layer : layers) {
    auto* item = new QTreeWidgetItem(
        layers_, {to_qt(layer.name), format_words(layer.format), percent(layer.sparsity),
                  percent(layer.error, 2), size_text(layer.bytes)});
    item->setToolTip(3, tr("%1 by plain rounding").arg(percent(layer.plain_error, 2)));
    for (int column = 2; column < 5; ++column)
      item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
  }
  for (int column = 0; column < 5; ++column) layers_->resizeColumnToContents(column);
}

}  // namespace sancho::desktop
