#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sancho::engine {

using TokenId = std::int32_t;

/// A sentencepiece tokenizer. Text never encodes to a control token (`<s>`, `<|mail|>`, …): those
/// enter a prompt by id alone, so mail that spells them out cannot forge a prompt.
class Tokenizer {
 public:
  /// A sentencepiece `.model` file. Throws std::runtime_error naming it.
  static Tokenizer load(const std::filesystem::path& path);
  /// The serialised model, as it is kept inside our model files.
  static Tokenizer from_bytes(std::string_view serialized);

  /// No BOS or EOS added. Any bytes will do: those that are not UTF-8 read as U+FFFD.
  std::vector<TokenId> encode(std::string_view text) const;
  /// The text of `ids`, always valid UTF-8: control tokens and ids outside the vocabulary give
  /// nothing, bytes that make no character give U+FFFD.
  std::string decode(std::span<const TokenId> ids) const;
  /// The raw piece, "▁the" or "<0x0A>". Throws std::out_of_range.
  std::string piece(TokenId id) const;
  /// The id of exactly this piece; empty where there is none.
  std::optional<TokenId> piece_id(std::string_view piece) const;
  bool is_control(TokenId id) const;

  std::size_t vocab_size() const;
  /// −1 where the vocabulary has none.
  TokenId bos_id() const;
  TokenId eos_id() const;
  std::string serialized() const;

 private:
  friend class StreamDecoder;
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

/// Decodes a stream of tokens piece by piece, giving out only whole UTF-8 characters. What it
/// gives out is, put together, `Tokenizer::decode` of all tokens.
class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer);
  /// The text that `id` completes; may be empty.
  std::string push(TokenId id);
  /// What is still held back at the end of the stream.
  std::string finish();

 private:
  std::string take_whole_characters();

  Tokenizer tokenizer_;
  std::string bytes_;  // byte tokens that do not make a whole character yet
  bool at_start_ = true;
};

}  // namespace sancho::engine
