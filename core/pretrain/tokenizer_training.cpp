#include "core/pretrain/tokenizer_training.h"

#include <sentencepiece_trainer.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "core/drafting/prompt.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

class Texts : public sentencepiece::SentenceIterator {
 public:
  explicit Texts(const std::vector<std::string>& texts) : texts_(texts) {}
  bool done() const override { return next_ >= texts_.size(); }
  void Next() override { ++next_; }
  const std::string& value() const override { return texts_[next_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& texts_;
  std::size_t next_ = 0;
};

}  // namespace

engine::Tokenizer train_tokenizer(const std::vector<std::string>& texts, std::size_t vocab_size,
                                  unsigned threads) {
  const std::unordered_map<std::string, std::string> options{
      {"model_type", "bpe"},
      {"vocab_size", std::to_string(vocab_size)},
      {"hard_vocab_limit", "false"},
      {"character_coverage", "0.9999"},
      {"normalization_rule_name", "identity"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"byte_fallback", "true"},
      {"split_digits", "true"},
      {"user_defined_symbols", "\n"},
      {"control_symbols", join(PromptLayout::control_symbols(), ",")},
      {"num_threads", std::to_string(std::max(1u, threads))},
      {"max_sentence_length", "8192"},
      {"minloglevel", "2"}};
  Texts sentences(texts);
  std::string serialized;
  const auto status = sentencepiece::SentencePieceTrainer::Train(options, &sentences, &serialized);
  if (!status.ok())
    throw std::runtime_error("The tokenizer cannot be trained on this text: " + status.ToString() +
                             ".");
  return engine::Tokenizer::from_bytes(serialized);
}

}  // namespace sancho::core
