#include "app/desktop/text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace sancho::desktop {

namespace {

/// The translation context of this file.
struct Text {
  Q_DECLARE_TR_FUNCTIONS(Text)
};

}  // namespace

QString short_date(std::int64_t seconds_since_1970) {
  if (seconds_since_1970 == 0) return {};
  const QDateTime date = QDateTime::fromSecsSinceEpoch(seconds_since_1970);
  const QDate today = QDate::currentDate();
  if (date.date() == today) return QLocale().toString(date.time(), QLocale::ShortFormat);
  return QLocale().toString(date.date(),
                            date.date().year() == today.year() ? "d MMM" : "d MMM yyyy");
}

QString long_date(std::int64_t seconds_since_1970) {
  if (seconds_since_1970 == 0) return {};
  return QLocale().toString(QDateTime::fromSecsSinceEpoch(seconds_since_1970),
                            QStringLiteral("dddd, d MMMM yyyy, hh:mm"));
}

QString remaining_time(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return {};
  if (seconds < 10) return Text::tr("a few seconds");
  if (seconds < 90) {
    const int n = std::max(10, static_cast<int>(std::lround(seconds / 10)) * 10);
    return Text::tr("about %n second(s)", nullptr, n);
  }
  const double minutes = std::min(seconds / 60, 60.0 * 24 * 30);
  if (minutes < 90)
    return Text::tr("about %n minute(s)", nullptr, static_cast<int>(std::lround(minutes)));
  return Text::tr("about %n hour(s)", nullptr, static_cast<int>(std::lround(minutes / 60)));
}

QString one_line(const QString& text, int length) {
  const QString folded = text.left(length * 2).simplified();
  return folded.size() <= length ? folded : folded.left(length - 1) + QChar(0x2026);
}

QString reflowed(const QString& text) {
  constexpr qsizetype kBrokenLine = 56, kWidestMail = 80;
  const auto starts_anew = [](const QString& line) {
    return line.isEmpty() || !line.front().isLetterOrNumber() ||
           (line.front().isDigit() && line.mid(1, 2).contains('.'));
  };
  const QStringList lines = text.split('\n');
  QString flowed;
  for (qsizetype i = 0; i < lines.size(); ++i) {
    flowed += lines[i];
    if (i + 1 == lines.size()) break;
    const bool broken = lines[i].size() >= kBrokenLine && lines[i].size() <= kWidestMail &&
                        lines[i].front().isLetterOrNumber() && !starts_anew(lines[i + 1]);
    if (!broken)
      flowed += '\n';
    else if (!flowed.endsWith(' '))
      flowed += ' ';
  }
  return flowed;
}

}  // namespace sancho::desktop
