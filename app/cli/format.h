#pragma once

#include <cstdint>
#include <string>

namespace sancho::cli {

/// "2026-03-04T10:15:00Z"; empty for 0, the date nobody gave.
std::string iso_date(std::int64_t seconds_since_1970);
/// "1.4 GB", "312 kB".
std::string human_bytes(double bytes);
/// "2 min 05 s".
std::string human_seconds(double seconds);
/// printf for one number: "%.2f".
std::string number(const char* format, double value);

}  // namespace sancho::cli
