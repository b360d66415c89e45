#pragma once

#include <QFrame>
#include <QLabel>
#include <QPushButton>

#include "app/desktop/icons.h"

namespace sancho::desktop {

/// Labels in the type sizes of the style sheet: title, heading, caption, muted, small, warning,
/// number.
inline QLabel* make_label(const QString& text, const char* role) {
  auto* label = new QLabel(text);
  label->setProperty("role", role);
  label->setWordWrap(true);
  return label;
}

/// Roles of the style sheet: primary, quiet, choice; empty for the plain one.
inline QPushButton* make_button(const QString& icon_name, const QString& text,
                                const char* role = "") {
  auto* button = new QPushButton(text);
  button->setProperty("role", role);
  button->setAutoDefault(false);
  if (!icon_name.isEmpty())
    button->setIcon(
        icon(icon_name, qstrcmp(role, "primary") == 0 ? IconTone::on_accent : IconTone::text));
  return button;
}

inline QFrame* make_card() {
  auto* card = new QFrame;
  card->setProperty("role", "card");
  return card;
}

}  // namespace sancho::desktop
