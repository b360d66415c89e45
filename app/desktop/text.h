#pragma once

#include <QDateTime>
#include <QLocale>
#include <QString>
#include <cstdint>
#include <filesystem>
#include <string>

namespace sancho::desktop {

inline QString to_qt(const std::string& text) {
  return QString::fromStdString(text);
}
inline QString to_qt(const std::filesystem::path& path) {
  return QString::fromStdU16String(path.u16string());
}
inline std::filesystem::path to_path(const QString& path) {
  return {path.toStdU16String()};
}

inline QString count_text(std::size_t n) {
  return QLocale().toString(static_cast<qulonglong>(n));
}

/// "14:05" today, "3 Mar" this year, else "3 Mar 2001"; empty where a mail has no date.
QString short_date(std::int64_t seconds_since_1970);
QString long_date(std::int64_t seconds_since_1970);
/// "about 3 minutes"; never negative, never more exact than useful.
QString remaining_time(double seconds);
/// Spaces and line breaks folded, at most `length` characters.
QString one_line(const QString& text, int length);
/// Lines that a sender broke near 72 columns joined again; short lines, lists and quotes stay as
/// they are.
QString reflowed(const QString& text);

}  // namespace sancho::desktop
