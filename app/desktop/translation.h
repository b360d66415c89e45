#pragma once

class QCoreApplication;

namespace sancho::desktop {

/// Puts the strings into the user's language where there is a translation, else into English
/// (which also needs one: for its plurals).
void install_translation(QCoreApplication& app);

}  // namespace sancho::desktop
