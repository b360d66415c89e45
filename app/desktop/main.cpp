#include <QApplication>
#include <QCommandLineParser>
#include <QMessageBox>

#include "app/desktop/main_window.h"
#include "app/desktop/text.h"
#include "app/desktop/translation.h"

using namespace sancho;
using namespace sancho::desktop;

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  QApplication::setApplicationName(QStringLiteral("sancho"));
  QApplication::setApplicationDisplayName(QStringLiteral("Sancho"));
  QApplication::setApplicationVersion(QStringLiteral(SANCHO_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("org.sancho.Sancho"));
  install_translation(app);

  QCommandLineParser parser;
  parser.setApplicationDescription(
      QCoreApplication::translate("main", "Drafts mail in your own voice, on your own computer."));
  parser.addHelpOption();
  parser.addVersionOption();
  const QCommandLineOption profile(
      QStringLiteral("profile"),
      QCoreApplication::translate("main", "The folder that holds everything of one user."),
      QStringLiteral("DIR"));
  parser.addOption(profile);
  parser.process(app);

  Theme theme(app);
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/sancho.svg")));
  try {
    auto assistant = std::make_unique<core::Assistant>(to_path(parser.value(profile)));
    theme.choose(WindowSettings(assistant->profile()).theme());
    MainWindow window(std::move(assistant));
    window.show();
    window.welcome();
    return QApplication::exec();
  } catch (const std::exception& error) {
    QMessageBox::critical(nullptr, QStringLiteral("Sancho"), QString::fromUtf8(error.what()));
    return 1;
  }
}
