#pragma once

#include <QByteArray>
#include <filesystem>

#include "app/desktop/theme.h"

namespace sancho::desktop {

/// What the window remembers of itself: a small file in the profile.
class WindowSettings {
 public:
  explicit WindowSettings(const std::filesystem::path& profile);
  Theme::Choice theme() const;
  void set_theme(Theme::Choice choice);
  QByteArray geometry() const;
  void set_geometry(const QByteArray& geometry);

 private:
  QString file_;
};

}  // namespace sancho::desktop
