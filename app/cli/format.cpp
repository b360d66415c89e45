#include "app/cli/format.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace sancho::cli {

std::string iso_date(std::int64_t seconds_since_1970) {
  using namespace std::chrono;
  if (seconds_since_1970 == 0) return {};
  const sys_seconds time{seconds{seconds_since_1970}};
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

std::string number(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::string human_bytes(double bytes) {
  const char* const units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < std::size(units)) {
    bytes /= 1000;
    ++unit;
  }
  return number(unit == 0 ? "%.0f " : "%.1f ", bytes) + units[unit];
}

std::string human_seconds(double seconds) {
  if (seconds < 60) return number("%.0f s", seconds);
  const auto whole = static_cast<long>(seconds);
  return number("%.0f min ", static_cast<double>(whole / 60)) +
         number("%02.0f s", static_cast<double>(whole % 60));
}

}  // namespace sancho::cli
