#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sancho::engine {

/// A piece of text with a token id; the numbers of the types are sentencepiece's.
struct VocabularyPiece {
  enum Type { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };
  std::string text;
  float score = 0;
  Type type = normal;
};

/// What a sentencepiece model says, for formats that store it in another way.
struct Vocabulary {
  std::vector<VocabularyPiece> pieces;  // by token id
  bool add_dummy_prefix = true;         // a text starts as if a space stood before it
  bool remove_extra_whitespaces = false;
  std::string bos_piece = "<s>", eos_piece = "</s>";
  std::string obstacle;  // what the model does besides, which is lost here; empty: nothing
};

/// Reads a serialised ModelProto (sentencepiece_model.proto). Throws std::runtime_error where it is
/// damaged.
Vocabulary vocabulary_of_sentencepiece(std::string_view serialized);
/// The reverse: a ModelProto of the byte-pair kind that Tokenizer::from_bytes reads.
std::string sentencepiece_of_vocabulary(const Vocabulary& vocabulary);

}  // namespace sancho::engine
