#pragma once

#include <QColor>
#include <QObject>
#include <QVariant>

class QApplication;

namespace sancho::desktop {

/// The colours everything is drawn with: neutrals, one accent, and two that warn.
struct Colours {
  QColor window, sidebar, card, border, text, muted, accent, accent_soft, on_accent, warning,
      danger;
};

/// The look of the app: palette, style sheet and font, light or dark. There is one per process.
class Theme : public QObject {
  Q_OBJECT
 public:
  enum class Choice { system, light, dark };
  Q_ENUM(Choice)

  explicit Theme(QApplication& app);
  ~Theme() override;

  void choose(Choice choice);
  Choice choice() const { return choice_; }
  bool dark() const;

  /// The colours in use now (light where no Theme exists).
  static const Colours& colours();
  static Theme* instance();

 signals:
  void changed();

 private slots:
  void system_setting_changed(const QString& space, const QString& key, const QVariant& value);

 private:
  void follow_desktop_portal();
  void apply();

  QApplication& app_;
  Choice choice_ = Choice::system;
  bool system_dark_ = false;
};

}  // namespace sancho::desktop
