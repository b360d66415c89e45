#include <charconv>

#include "engine/text/tokenizer_impl.h"

namespace sancho::engine {

namespace {

constexpr std::string_view replacement = "\ufffd";

/// How the bytes at the start of `text` stand: a whole character of `length` bytes, the beginning
/// of one, or neither (RFC 3629).
struct Utf8Prefix {
  enum { whole, partial, invalid } state;
  std::size_t length = 1;
};

Utf8Prefix utf8_prefix(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {Utf8Prefix::whole, 1};
  if (lead < 0xc2 || lead > 0xf4) return {Utf8Prefix::invalid};
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size()) return {Utf8Prefix::partial};
    unsigned low = 0x80, high = 0xbf;
    if (i == 1 && lead == 0xe0) low = 0xa0;   // overlong
    if (i == 1 && lead == 0xed) high = 0x9f;  // surrogates
    if (i == 1 && lead == 0xf0) low = 0x90;   // overlong
    if (i == 1 && lead == 0xf4) high = 0x8f;  // beyond U+10FFFF
    if (byte(i) < low || byte(i) > high) return {Utf8Prefix::invalid};
  }
  return {Utf8Prefix::whole, length};
}

std::string with_spaces(std::string_view piece) {
  std::string text;
  while (!piece.empty()) {
    if (piece.starts_with(space_piece)) {
      text += ' ';
      piece.remove_prefix(space_piece.size());
    } else {
      text += piece.front();
      piece.remove_prefix(1);
    }
  }
  return text;
}

char byte_of(std::string_view piece) {  // "<0x0A>"
  unsigned value = 0;
  if (piece.size() == 6) std::from_chars(piece.data() + 3, piece.data() + 5, value, 16);
  return static_cast<char>(value);
}

}  // namespace

StreamDecoder::StreamDecoder(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

std::string StreamDecoder::push(TokenId id) {
  const auto& impl = *tokenizer_.impl_;
  const auto& processor = impl.processor;
  if (!impl.contains(id)) return {};
  if (processor.IsByte(id)) {
    bytes_ += byte_of(processor.IdToPiece(id));
    at_start_ = false;
    return take_whole_characters();
  }
  std::string text = finish();
  if (processor.IsControl(id)) return text;
  if (processor.IsUnknown(id)) {
    at_start_ = false;
    return text + impl.unknown_text;
  }
  std::string_view piece = processor.IdToPiece(id);
  if (at_start_ && impl.strips_first_space) {
    const bool stripped = piece.starts_with(space_piece);
    if (stripped) piece.remove_prefix(space_piece.size());
    at_start_ = piece.empty() && (impl.strips_leading_spaces || !stripped);
  }
  bytes_ = with_spaces(piece);  // a damaged vocabulary may hold pieces that are not UTF-8
  return text + finish();
}

std::string StreamDecoder::finish() {
  std::string text = take_whole_characters();
  for (; !bytes_.empty(); bytes_.erase(0, 1)) text += replacement;
  return text;
}

std::string StreamDecoder::take_whole_characters() {
  std::string text;
  while (!bytes_.empty()) {
    const Utf8Prefix prefix = utf8_prefix(bytes_);
    if (prefix.state == Utf8Prefix::partial) break;
    text += prefix.state == Utf8Prefix::whole ? std::string_view(bytes_).substr(0, prefix.length)
                                              : replacement;
    bytes_.erase(0, prefix.length);
  }
  return text;
}

}  // namespace sancho::engine
