#include "engine/text/vocabulary.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace sancho::engine {

namespace {

// Numbers of fields in sentencepiece_model.proto.
enum ModelField : std::uint32_t { pieces_field = 1, trainer_field = 2, normalizer_field = 3 };
enum PieceField : std::uint32_t { text_field = 1, score_field = 2, type_field = 3 };
enum TrainerField : std::uint32_t {
  model_type_field = 3,
  vocab_size_field = 4,
  whitespace_suffix_field = 24,
  byte_fallback_field = 35,
  unk_piece_field = 45,
  bos_piece_field = 46,
  eos_piece_field = 47
};
enum NormalizerField : std::uint32_t {
  name_field = 1,
  charsmap_field = 2,
  dummy_prefix_field = 3,
  extra_whitespaces_field = 4,
  escape_field = 5
};
constexpr std::uint64_t byte_pair_model = 2;

enum WireType : std::uint32_t { varint = 0, eight_bytes = 1, length_delimited = 2, four_bytes = 5 };

struct Field {
  std::uint32_t number = 0;
  std::uint64_t value = 0;  // of a varint, or the bits of a fixed-width field
  std::string_view bytes;   // of a length-delimited field
};

/// Walks the fields of one protocol-buffer message.
class MessageReader {
 public:
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

  bool next(Field& field) {
    if (rest_.empty()) return false;
    const std::uint64_t tag = take_varint();
    field = {static_cast<std::uint32_t>(tag >> 3), 0, {}};
    switch (tag & 7) {
      case varint:
        field.value = take_varint();
        return true;
      case eight_bytes:
        field.value = take_fixed(8);
        return true;
      case four_bytes:
        field.value = take_fixed(4);
        return true;
      case length_delimited:
        field.bytes = take(take_varint());
        return true;
      default:
        damaged();
    }
  }

 private:
  [[noreturn]] static void damaged() {
    throw std::runtime_error("The tokenizer is not a sentencepiece model.");
  }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) damaged();
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::uint64_t take_fixed(std::size_t size) {
    std::uint64_t value = 0;
    std::memcpy(&value, take(size).data(), size);
    return value;
  }
  std::uint64_t take_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(take(1).front());
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    damaged();
  }

  std::string_view rest_;
};

class MessageWriter {
 public:
  void put(std::uint32_t field, std::uint64_t value) {
    put_varint(field << 3 | varint);
    put_varint(value);
  }
  void put(std::uint32_t field, std::string_view bytes) {
    put_varint(field << 3 | length_delimited);
    put_varint(bytes.size());
    bytes_ += bytes;
  }
  void put_float(std::uint32_t field, float value) {
    put_varint(field << 3 | four_bytes);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void put_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

VocabularyPiece read_piece(std::string_view message) {
  VocabularyPiece piece;
  MessageReader reader(message);
  for (Field field; reader.next(field);) {
    if (field.number == text_field) piece.text = field.bytes;
    if (field.number == score_field) std::memcpy(&piece.score, &field.value, sizeof piece.score);
    if (field.number == type_field)
      piece.type = static_cast<VocabularyPiece::Type>(
          std::clamp<std::uint64_t>(field.value, VocabularyPiece::normal, VocabularyPiece::byte));
  }
  return piece;
}

void read_trainer(std::string_view message, Vocabulary& vocabulary, std::uint64_t& model_type) {
  MessageReader reader(message);
  for (Field field; reader.next(field);) {
    if (field.number == model_type_field) model_type = field.value;
    if (field.number == bos_piece_field) vocabulary.bos_piece = field.bytes;
    if (field.number == eos_piece_field) vocabulary.eos_piece = field.bytes;
    if (field.number == whitespace_suffix_field && field.value != 0)
      vocabulary.obstacle = "it puts spaces at the end of words";
  }
}

void read_normalizer(std::string_view message, Vocabulary& vocabulary) {
  MessageReader reader(message);
  vocabulary.remove_extra_whitespaces = true;  // what the message means where it says nothing
  for (Field field; reader.next(field);) {
    if (field.number == dummy_prefix_field) vocabulary.add_dummy_prefix = field.value != 0;
    if (field.number == extra_whitespaces_field)
      vocabulary.remove_extra_whitespaces = field.value != 0;
    const bool rewrites = (field.number == charsmap_field && !field.bytes.empty()) ||
                          (field.number == escape_field && field.value == 0);
    if (rewrites) vocabulary.obstacle = "it rewrites text before encoding it";
  }
}

}  // namespace

Vocabulary vocabulary_of_sentencepiece(std::string_view serialized) {
  Vocabulary vocabulary;
  std::uint64_t model_type = 0;
  MessageReader reader(serialized);
  for (Field field; reader.next(field);) {
    if (field.number == pieces_field) vocabulary.pieces.push_back(read_piece(field.bytes));
    if (field.number == trainer_field) read_trainer(field.bytes, vocabulary, model_type);
    if (field.number == normalizer_field) read_normalizer(field.bytes, vocabulary);
  }
  if (model_type != byte_pair_model) vocabulary.obstacle = "it is not of the byte-pair kind";
  return vocabulary;
}

std::string sentencepiece_of_vocabulary(const Vocabulary& vocabulary) {
  using Type = VocabularyPiece::Type;
  MessageWriter model, trainer, normalizer;
  bool bytes = false;
  const std::string* unknown = nullptr;
  for (const VocabularyPiece& piece : vocabulary.pieces) {
    MessageWriter message;
    message.put(text_field, piece.text);
    message.put_float(score_field, piece.score);
    if (piece.type != Type::normal) message.put(type_field, piece.type);
    model.put(pieces_field, message.bytes());
    bytes |= piece.type == Type::byte;
    if (piece.type == Type::unknown) unknown = &piece.text;
  }
  trainer.put(model_type_field, byte_pair_model);
  trainer.put(vocab_size_field, vocabulary.pieces.size());
  trainer.put(byte_fallback_field, std::uint64_t{bytes});
  if (unknown) trainer.put(unk_piece_field, *unknown);
  trainer.put(bos_piece_field, vocabulary.bos_piece);
  trainer.put(eos_piece_field, vocabulary.eos_piece);
  normalizer.put(name_field, "identity");
  normalizer.put(charsmap_field, "");
  normalizer.put(dummy_prefix_field, std::uint64_t{vocabulary.add_dummy_prefix});
  normalizer.put(extra_whitespaces_field, std::uint64_t{vocabulary.remove_extra_whitespaces});
  normalizer.put(escape_field, std::uint64_t{1});
  model.put(trainer_field, trainer.bytes());
  model.put(normalizer_field, normalizer.bytes());
  return model.bytes();
}

}  // namespace sancho::engine
