#include "engine/text/tokenizer.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "engine/text/tokenizer_impl.h"

namespace sancho::engine {

namespace {

constexpr std::uintmax_t max_file_bytes = 256u << 20;

absl::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

std::string byte_piece(unsigned char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
}

}  // namespace

Tokenizer Tokenizer::load(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) throw std::runtime_error("Cannot read the tokenizer " + path.string() + ".");
  if (size > max_file_bytes)
    throw std::runtime_error("The tokenizer " + path.string() + " is absurdly large.");
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  try {
    return from_bytes(bytes);
  } catch (const std::runtime_error&) {
    throw std::runtime_error(path.string() + " is not a sentencepiece tokenizer.");
  }
}

Tokenizer Tokenizer::from_bytes(std::string_view serialized) {
  auto impl = std::make_shared<Impl>();
  auto& processor = impl->processor;
  if (serialized.empty() || !processor.LoadFromSerializedProto(view(serialized)).ok() ||
      processor.GetPieceSize() == 0)
    throw std::runtime_error("The tokenizer is not a sentencepiece model.");

  const auto decoded = [&](const std::vector<int>& ids) { return processor.DecodeIds(ids); };
  if (processor.unk_id() >= 0) impl->unknown_text = decoded({processor.unk_id()});
  // The model says only by doing what becomes of spaces at the start of a text.
  for (int id = 0; id < processor.GetPieceSize() && !impl->strips_first_space; ++id)
    if (processor.IdToPiece(id).starts_with(space_piece) && !processor.IsControl(id))
      impl->strips_first_space = !decoded({id}).starts_with(' ');
  const int space = processor.PieceToId(view(space_piece));
  impl->strips_leading_spaces = impl->strips_first_space && decoded({space, space}).empty();

  Tokenizer tokenizer;
  tokenizer.impl_ = std::move(impl);
  return tokenizer;
}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
  std::vector<TokenId> ids;
  if (!impl_->processor.Encode(view(text), &ids).ok()) {
    ids.clear();
    for (const char c : text)
      if (const auto id = piece_id(byte_piece(static_cast<unsigned char>(c)))) ids.push_back(*id);
  }
  std::erase_if(ids, [this](TokenId id) { return is_control(id); });
  return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
  StreamDecoder decoder(*this);
  std::string text;
  for (const TokenId id : ids) text += decoder.push(id);
  return text + decoder.finish();
}

std::string Tokenizer::piece(TokenId id) const {
  if (!impl_->contains(id))
    throw std::out_of_range("Token " + std::to_string(id) + " is outside the vocabulary.");
  return impl_->processor.IdToPiece(id);
}

std::optional<TokenId> Tokenizer::piece_id(std::string_view piece) const {
  const TokenId id = impl_->processor.PieceToId(view(piece));
  if (!impl_->contains(id) || impl_->processor.IdToPiece(id) != piece) return std::nullopt;
  return id;
}

bool Tokenizer::is_control(TokenId id) const {
  return impl_->contains(id) && impl_->processor.IsControl(id);
}

std::size_t Tokenizer::vocab_size() const {
  return static_cast<std::size_t>(impl_->processor.GetPieceSize());
}
TokenId Tokenizer::bos_id() const {
  return impl_->processor.bos_id();
}
TokenId Tokenizer::eos_id() const {
  return impl_->processor.eos_id();
}
std::string Tokenizer::serialized() const {
  return impl_->processor.serialized_model_proto();
}

}  // namespace sancho::engine
