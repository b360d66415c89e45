#include "app/desktop/window_settings.h"

#include <QMetaEnum>
#include <QSettings>

#include "app/desktop/text.h"

namespace sancho::desktop {

WindowSettings::WindowSettings(const std::filesystem::path& profile)
    : file_(to_qt(profile / "window.ini")) {}

Theme::Choice WindowSettings::theme() const {
  const QByteArray name = QSettings(file_, QSettings::IniFormat).value("theme").toByteArray();
  bool known = false;
  const int value = QMetaEnum::fromType<Theme::Choice>().keyToValue(name.constData(), &known);
  return known ? static_cast<Theme::Choice>(value) : Theme::Choice::system;
}

void WindowSettings::set_theme(Theme::Choice choice) {
  const auto names = QMetaEnum::fromType<Theme::Choice>();
  QSettings(file_, QSettings::IniFormat)
      .setValue("theme", QString::fromLatin1(names.valueToKey(static_cast<int>(choice))));
}

QByteArray WindowSettings::geometry() const {
  return QSettings(file_, QSettings::IniFormat).value("geometry").toByteArray();
}

void WindowSettings::set_geometry(const QByteArray& geometry) {
  QSettings(file_, QSettings::IniFormat).setValue("geometry", geometry);
}

}  // namespace sancho::desktop
