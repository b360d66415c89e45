#pragma once

#include <QWidget>

#include "core/assistant.h"

class QCheckBox;
class QComboBox;
class QSlider;
class QSpinBox;

namespace sancho::desktop {

/// How a draft is written: length, how lively, and the seed for the same draft again.
class DraftOptions : public QWidget {
  Q_OBJECT
 public:
  explicit DraftOptions(QWidget* parent = nullptr);
  /// Fills in `max_tokens`, `temperature` and `seed`.
  void apply(core::DraftRequest& request) const;
  void show_seed(std::uint64_t seed);

 private:
  QComboBox* length_;
  QSlider* temperature_;
  QCheckBox* vary_;
  QSpinBox* seed_;
};

}  // namespace sancho::desktop
