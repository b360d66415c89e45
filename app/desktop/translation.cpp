#include "app/desktop/translation.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace sancho::desktop {

void install_translation(QCoreApplication& app) {
  auto* own = new QTranslator(&app);
  const auto load = [own](const QLocale& locale) {
    return own->load(locale, QStringLiteral("sancho"), QStringLiteral("_"),
                     QStringLiteral(":/i18n"));
  };
  if (load(QLocale()) || load(QLocale::English)) QCoreApplication::installTranslator(own);
  auto* qt = new QTranslator(&app);
  if (qt->load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"),
               QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
    QCoreApplication::installTranslator(qt);
}

}  // namespace sancho::desktop
