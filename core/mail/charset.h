#pragma once

#include <string>
#include <string_view>

namespace sancho::core {

/// Bytes read as text.
struct DecodedText {
  std::string utf8;      // valid UTF-8 with LF line ends and no control characters but tab and LF
  std::string charset;   // what the bytes were read as
  bool guessed = false;  // the declared charset was missing though needed, unknown or wrong
};

/// Decodes mail text: the declared charset where the bytes agree with it, else UTF-8 where they are
/// valid UTF-8, else what ICU's detector is sure of, else windows-1252, which every byte fits.
DecodedText decode_text(std::string_view bytes, std::string_view declared_charset);

/// A header's value as one line of valid UTF-8 of at most 2,000 bytes; null gives "".
std::string one_line(const char* value);

/// `text` with every invalid sequence replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace sancho::core
