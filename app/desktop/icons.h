#pragma once

#include <QIcon>
#include <QString>

namespace sancho::desktop {

enum class IconTone { text, accent, on_accent, warning };

/// The icon `resources/icons/NAME.svg`, drawn sharply at any size in the theme's present colours.
QIcon icon(const QString& name, IconTone tone = IconTone::text);

}  // namespace sancho::desktop
