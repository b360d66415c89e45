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

  /// No BOS or EOS added.
  std::vector<TokenId> encode(std::string_view text) const;
  std::string decode(std::span<const TokenId> ids) const;
  /// The raw piece, "▁the" or "<0x0A>".
  std::string piece(TokenId id) const;
  /// The id of exactly this piece; empty where there is none.
  std::optional<TokenId> piece_id(std::string_view piece) const;
  bool is_control(TokenId id) const;

  std::size_t vocab_size() const;
  TokenId bos_id() const;
  TokenId eos_id() const;
  std::string serialized() const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

/// Decodes a stream of tokens piece by piece, giving out only whole UTF-8 characters.
class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer);
  /// The text that `id` completes; may be empty.
  std::string push(TokenId id);
  /// What is still held back at the end of the stream.
  std::string finish();

 private:
  Tokenizer tokenizer_;
  std::vector<TokenId> ids_;
  std::string emitted_;
};

}  // namespace sancho::engine
