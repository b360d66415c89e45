#include "app/desktop/draft_options.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QRandomGenerator>
#include <QSlider>
#include <QSpinBox>
#include <limits>

#include "app/desktop/controls.h"

namespace sancho::desktop {

namespace {

constexpr int kLiveliest = 120;  // hundredths of a temperature
constexpr int kUsual = 40;

}  // namespace

DraftOptions::DraftOptions(QWidget* parent)
    : QWidget(parent),
      length_(new QComboBox),
      temperature_(new QSlider(Qt::Horizontal)),
      vary_(new QCheckBox(tr("&New each time"))),
      seed_(new QSpinBox) {
  length_->addItem(tr("Short"), 100);
  length_->addItem(tr("Medium"), 220);
  length_->addItem(tr("Long"), 400);
  length_->setCurrentIndex(2);
  length_->setAccessibleName(tr("Longest draft"));
  temperature_->setRange(0, kLiveliest);
  temperature_->setValue(kUsual);
  temperature_->setFixedWidth(110);
  temperature_->setAccessibleName(tr("From steady to lively"));
  seed_->setRange(0, std::numeric_limits<int>::max());
  seed_->setFixedWidth(110);
  seed_->setAccessibleName(tr("Seed"));
  seed_->setToolTip(tr("The same seed and words give the same draft"));
  vary_->setChecked(true);
  seed_->setEnabled(false);
  connect(vary_, &QCheckBox::toggled, seed_, &QWidget::setDisabled);

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  const auto plain = [](const QString& text) {
    auto* label = make_label(text, "small");
    label->setWordWrap(false);
    return label;
  };
  layout->addWidget(plain(tr("Length")));
  layout->addWidget(length_);
  layout->addSpacing(8);
  layout->addWidget(plain(tr("Steady")));
  layout->addWidget(temperature_);
  layout->addWidget(plain(tr("Lively")));
  layout->addSpacing(8);
  layout->addWidget(plain(tr("Seed")));
  layout->addWidget(seed_);
  layout->addWidget(vary_);
  layout->addStretch();
}

void DraftOptions::apply(core::DraftRequest& request) const {
  request.max_tokens = static_cast<std::size_t>(length_->currentData().toInt());
  request.temperature = temperature_->value() / 100.0;
  request.seed = vary_->isChecked()
                     ? QRandomGenerator::global()->bounded(std::numeric_limits<int>::max())
                     : static_cast<std::uint64_t>(seed_->value());
}

void DraftOptions::show_seed(std::uint64_t seed) {
  seed_->setValue(static_cast<int>(seed));
}

}  // namespace sancho::desktop
