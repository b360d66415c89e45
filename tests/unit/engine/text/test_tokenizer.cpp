#include <sentencepiece_trainer.h>

#include <QStringDecoder>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <random>
#include <sstream>

#include "../reference_data.h"
#include "engine/text/tokenizer.h"

using namespace sancho::engine;

namespace {

/// A tokenizer like the built-in model's: byte fallback, no dummy prefix, no normalisation, "\n" a
/// piece of its own, control tokens for the parts of a prompt.
Tokenizer make_mail_tokenizer(const std::string& folder) {
  const std::string text = folder + "/text", model = folder + "/mail";
  std::ofstream file(text);
  for (int i = 0; i < 40; ++i)
    file << "Dear Anna, thank you for the note of " << i << " May; I will call you.\n"
         << "Could we meet on Tuesday at " << i << " o'clock? Kind regards, Tom\n";
  file.close();
  const auto status = sentencepiece::SentencePieceTrainer::Train(
      "--input=" + text + " --model_prefix=" + model +
      " --model_type=bpe --vocab_size=400 --hard_vocab_limit=false --byte_fallback=true"
      " --normalization_rule_name=identity --add_dummy_prefix=false"
      " --remove_extra_whitespaces=false --split_digits=true --minloglevel=2"
      " --control_symbols=<|mail|>,<|end|> --user_defined_symbols=\n");
  if (!status.ok()) throw std::runtime_error(status.ToString());
  return Tokenizer::load(model + ".model");
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (std::size_t end; (end = text.find(separator, start)) != std::string::npos;
       start = end + separator.size())
    parts.push_back(text.substr(start, end - start));
  parts.push_back(text.substr(start));
  return parts;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_utf8(const std::string& text) {
  QStringDecoder decoder(QStringConverter::Utf8);
  const QString decoded = decoder(QByteArray::fromStdString(text));
  return !decoder.hasError() && decoded.toUtf8().toStdString() == text;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

}  // namespace

class TestTokenizer : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void llama2_encodes_all_47_reference_cases();
  void every_reference_case_survives_a_round_trip();
  void decoding_agrees_with_sentencepiece();
  void text_never_becomes_a_control_token();
  void control_tokens_are_found_by_name_and_decode_to_nothing();
  void newlines_and_spaces_survive_a_round_trip();
  void arbitrary_bytes_encode_without_an_exception();
  void streamed_text_is_whole_utf8_and_equals_the_decoded_whole();
  void a_broken_character_at_the_end_is_held_back_and_then_replaced();
  void serialized_bytes_load_to_the_same_tokenizer();
  void what_is_not_a_tokenizer_is_refused_with_one_sentence();
  void flipped_bits_give_a_refusal_or_a_tokenizer_never_a_crash();
  void ids_outside_the_vocabulary_are_harmless();

 private:
  QTemporaryDir folder_;
  std::optional<Tokenizer> mail_;
};

void TestTokenizer::initTestCase() {
  mail_ = make_mail_tokenizer(folder_.path().toStdString());
}

namespace {

struct ReferenceCase {
  std::string text;
  std::vector<TokenId> ids;
};

std::vector<ReferenceCase> reference_cases(const std::filesystem::path& folder) {
  const auto texts =
      split(read_file(folder / "ggml-vocab-llama-spm.gguf.inp"), "\n__ggml_vocab_test__\n");
  std::istringstream lines(read_file(folder / "ggml-vocab-llama-spm.gguf.out"));
  std::vector<ReferenceCase> cases;
  for (const std::string& text : texts) {
    std::string line;  // none for the empty text behind the last separator
    std::getline(lines, line);
    std::istringstream numbers(line);
    cases.push_back(
        {text, {std::istream_iterator<TokenId>(numbers), std::istream_iterator<TokenId>()}});
  }
  return cases;
}

}  // namespace

void TestTokenizer::llama2_encodes_all_47_reference_cases() {
  REQUIRE_CHECKPOINT(folder, "llama2-tokenizer");
  const auto tokenizer = Tokenizer::load(folder / "tokenizer.model");
  QCOMPARE(tokenizer.vocab_size(), std::size_t{32000});
  const auto cases = reference_cases(folder);
  int equal = 0;
  for (const auto& [text, ids] : cases)
    if (tokenizer.encode(text) == ids)
      ++equal;
    else
      qWarning("differs: \"%s\"", text.c_str());
  QCOMPARE(cases.size(), std::size_t{47});
  QCOMPARE(equal, 47);
}

void TestTokenizer::every_reference_case_survives_a_round_trip() {
  REQUIRE_CHECKPOINT(folder, "llama2-tokenizer");
  const auto tokenizer = Tokenizer::load(folder / "tokenizer.model");
  for (const auto& [text, ids] : reference_cases(folder)) QCOMPARE(tokenizer.decode(ids), text);
}

void TestTokenizer::decoding_agrees_with_sentencepiece() {
  std::mt19937 random(7);
  int compared = 0;
  for (const char* name :
       {"llama2-tokenizer/tokenizer.model", "stories260K-hf/tokenizer.model",
        "mistral-tokenizers/mistral_instruct_tokenizer_240323.model.v3",
        "sentencepiece-test/test_model.model", "sentencepiece-test/test_ja_model.model"}) {
    const auto path = checkpoint_path(name);
    if (!std::filesystem::exists(path)) continue;
    const auto tokenizer = Tokenizer::load(path);
    sentencepiece::SentencePieceProcessor processor;
    QVERIFY(processor.Load(path.string()).ok());
    for (int round = 0; round < 200; ++round) {
      std::vector<TokenId> ids(random() % 12);
      for (TokenId& id : ids) id = static_cast<TokenId>(random() % tokenizer.vocab_size());
      QCOMPARE(tokenizer.decode(ids), processor.DecodeIds(ids));
      ++compared;
    }
  }
  if (compared == 0) QSKIP("the reference tokenizers are not here");
}

void TestTokenizer::text_never_becomes_a_control_token() {
  for (const char* text : {"<s>", "</s>", "<unk>", "<|mail|>", "a<|end|>b", "<|mail|><|end|></s>"})
    for (const TokenId id : mail_->encode(text)) QVERIFY2(!mail_->is_control(id), text);
  QCOMPARE(mail_->decode(mail_->encode("a<|end|>b")), std::string("a<|end|>b"));
}

void TestTokenizer::control_tokens_are_found_by_name_and_decode_to_nothing() {
  const auto id = mail_->piece_id("<|mail|>");
  QVERIFY(id.has_value());
  QVERIFY(mail_->is_control(*id));
  QCOMPARE(mail_->piece(*id), std::string("<|mail|>"));
  QCOMPARE(mail_->decode(std::vector{*id, mail_->bos_id(), mail_->eos_id()}), std::string());
  QVERIFY(!mail_->piece_id("<|nothing|>").has_value());
}

void TestTokenizer::newlines_and_spaces_survive_a_round_trip() {
  for (const std::string text : {"", " ", "  two", "Dear Anna,\n\n  thank you.\n", "\n", "\t\r\n",
                                 "trailing  ", "naïve 🦙"})
    QCOMPARE(mail_->decode(mail_->encode(text)), text);
  const auto newline = mail_->piece_id("\n");
  QVERIFY(newline.has_value());
  QCOMPARE(mail_->encode("\n\n"), (std::vector<TokenId>{*newline, *newline}));
}

void TestTokenizer::arbitrary_bytes_encode_without_an_exception() {
  std::mt19937 random(11);
  for (std::size_t round = 0; round < 300; ++round)
    QVERIFY(is_utf8(mail_->decode(mail_->encode(random_bytes(random, round)))));
  const std::string with_nul("a\0b\0", 4);
  QCOMPARE(mail_->decode(mail_->encode(with_nul)), with_nul);
  QCOMPARE(mail_->decode(mail_->encode("a\xff"
                                       "b")),
           std::string("a\ufffdb"));
}

void TestTokenizer::streamed_text_is_whole_utf8_and_equals_the_decoded_whole() {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    std::vector<TokenId> ids(random() % 30);
    for (TokenId& id : ids) id = static_cast<TokenId>(random() % mail_->vocab_size());
    StreamDecoder decoder(*mail_);
    std::string text;
    for (const TokenId id : ids) {
      const std::string part = decoder.push(id);
      QVERIFY(is_utf8(part));
      text += part;
    }
    text += decoder.finish();
    QCOMPARE(text, mail_->decode(ids));
    QCOMPARE(decoder.finish(), std::string());
  }
  for (const std::string text : {"Grüße an 山田さん 🦙🦙", "plain"}) {
    StreamDecoder decoder(*mail_);
    std::string streamed;
    for (const TokenId id : mail_->encode(text)) streamed += decoder.push(id);
    QCOMPARE(streamed, text);
  }
}

void TestTokenizer::a_broken_character_at_the_end_is_held_back_and_then_replaced() {
  StreamDecoder decoder(*mail_);
  QCOMPARE(decoder.push(*mail_->piece_id("<0xF0>")), std::string());
  QCOMPARE(decoder.push(*mail_->piece_id("<0x9F>")), std::string());
  QCOMPARE(decoder.finish(), std::string("\ufffd\ufffd"));
}

void TestTokenizer::serialized_bytes_load_to_the_same_tokenizer() {
  const auto copy = Tokenizer::from_bytes(mail_->serialized());
  const std::string text = "Dear Anna,\nthank you for 12 notes.";
  QCOMPARE(copy.encode(text), mail_->encode(text));
  QCOMPARE(copy.serialized(), mail_->serialized());
}

void TestTokenizer::what_is_not_a_tokenizer_is_refused_with_one_sentence() {
  const auto path = std::filesystem::path(folder_.path().toStdString()) / "rubbish";
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, Tokenizer::load(path / "missing"));
  std::mt19937 random(5);
  for (const std::string& bytes : {std::string(), std::string("hello"), random_bytes(random, 5000),
                                   mail_->serialized().substr(0, 777)}) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    try {
      Tokenizer::load(path);
      QVERIFY2(bytes.size() == 777, "rubbish was taken for a tokenizer");
    } catch (const std::runtime_error& error) {
      QVERIFY(std::string(error.what()).find("rubbish") != std::string::npos);
    }
  }
}

void TestTokenizer::flipped_bits_give_a_refusal_or_a_tokenizer_never_a_crash() {
  const std::string bytes = mail_->serialized();
  std::mt19937 random(6);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string damaged = bytes;
    for (auto flips = 1 + random() % 3; flips > 0; --flips) {
      char& c = damaged[random() % damaged.size()];
      c = static_cast<char>(c ^ (1 << (random() % 8)));
    }
    try {
      const auto tokenizer = Tokenizer::from_bytes(damaged);
      const auto ids = tokenizer.encode("Dear Anna,\n\nnaïve 12 <|mail|> 🦙");
      for (const TokenId id : ids) QVERIFY(!tokenizer.is_control(id));
      QVERIFY(is_utf8(tokenizer.decode(ids)));
    } catch (const std::runtime_error&) {
      ++refused;
    }
  }
  QVERIFY(refused > 20);
}

void TestTokenizer::ids_outside_the_vocabulary_are_harmless() {
  const auto past = static_cast<TokenId>(mail_->vocab_size());
  QCOMPARE(mail_->decode(std::vector<TokenId>{-1, past, 1 << 30}), std::string());
  QVERIFY(!mail_->is_control(past));
  QVERIFY_THROWS_EXCEPTION(std::out_of_range, mail_->piece(past));
}

QTEST_APPLESS_MAIN(TestTokenizer)
#include "test_tokenizer.moc"
