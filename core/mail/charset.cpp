#include "core/mail/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

namespace sancho::core {
namespace {

constexpr int kSureEnough = 40;  // of ICU's confidence, 0 … 100
constexpr std::size_t kDetectorSample = 64 * 1024;

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\x1b'; });
}

bool is_utf8(std::string_view bytes) {
  const auto* text = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto length = static_cast<std::int32_t>(bytes.size());
  for (std::int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(text, i, length, c);
    if (c < 0) return false;
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Mail that says Latin-1 or ASCII usually means the Windows superset (WHATWG Encoding, §4.2).
std::string meant_charset(std::string_view declared) {
  std::string name = lower(declared);
  for (const char* latin : {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1"})
    if (name == latin) return "windows-1252";
  for (const char* ascii : {"us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown",
                            "default", "7bit", "8bit"})
    if (name == ascii) return {};
  if (name == "gb2312" || name == "gbk" || name == "x-gbk") return "gb18030";
  if (name == "ks_c_5601-1987" || name == "ks_c_5601" || name == "euc-kr") return "windows-949";
  if (name == "shift_jis" || name == "shift-jis") return "windows-31j";
  return name;
}

/// The text, or nothing where ICU does not know the charset or the bytes break its rules.
std::optional<std::string> convert(std::string_view bytes, const std::string& charset) {
  if (charset == "utf-8" || charset == "utf8") {
    if (is_utf8(bytes)) return std::string(bytes);
    return std::nullopt;
  }
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(charset.c_str(), &status),
                                                               &ucnv_close);
  if (U_FAILURE(status)) return std::nullopt;
  // windows-1252 leaves five bytes undefined; there ICU substitutes and nothing is lost around
  // them.
  if (charset != "windows-1252")
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &status);
  const icu::UnicodeString text(bytes.data(), static_cast<std::int32_t>(bytes.size()),
                                converter.get(), status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

std::string detected_charset(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&status),
                                                                      &ucsdet_close);
  const auto sample = bytes.substr(0, kDetectorSample);
  ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &status);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &status);
  if (U_FAILURE(status) || !match || ucsdet_getConfidence(match, &status) < kSureEnough) return {};
  const char* name = ucsdet_getName(match, &status);
  return name ? meant_charset(name) : std::string{};
}

/// LF line ends; no NUL and no other control character but tab.
std::string tidy(std::string text) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r') {
      if (i + 1 < text.size() && text[i + 1] == '\n') continue;
      c = '\n';
    }
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f) continue;
    text[out++] = c;
  }
  text.resize(out);
  return text;
}

}  // namespace

DecodedText decode_text(std::string_view bytes, std::string_view declared_charset) {
  bytes = bytes.substr(0, std::numeric_limits<std::int32_t>::max());
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::string declared = meant_charset(declared_charset);
  const bool wide = declared.starts_with("utf-16") || declared.starts_with("utf-32") ||
                    declared.starts_with("utf-7");
  if (!wide && is_ascii(bytes)) return {tidy(std::string(bytes)), "us-ascii", false};
  if (!declared.empty())
    if (auto text = convert(bytes, declared)) return {tidy(std::move(*text)), declared, false};
  if (is_utf8(bytes)) return {tidy(std::string(bytes)), "utf-8", true};
  if (const auto charset = detected_charset(bytes); !charset.empty())
    if (auto text = convert(bytes, charset)) return {tidy(std::move(*text)), charset, true};
  auto text = convert(bytes, "windows-1252");
  return {tidy(text ? std::move(*text) : valid_utf8(bytes)), "windows-1252", true};
}

std::string one_line(const char* value) {
  constexpr std::size_t longest = 2000;
  std::string line = value ? decode_text(value, "utf-8").utf8 : std::string{};
  for (char& c : line)
    if (c == '\n' || c == '\t') c = ' ';
  line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
  line.resize(line.find_last_not_of(' ') + 1);
  if (line.size() > longest) line = valid_utf8(std::string_view(line).substr(0, longest));
  return line;
}

std::string valid_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  const auto length = static_cast<std::int32_t>(
      std::min<std::size_t>(text.size(), std::numeric_limits<std::int32_t>::max()));
  std::string out;
  icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), length)).toUTF8String(out);
  return out;
}

}  // namespace sancho::core
