#include <QTest>
#include <cmath>
#include <fstream>
#include <sstream>

#include "../reference_data.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

using namespace sancho::engine;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::vector<std::string> texts{"Hello there,\n\n  two  spaces", "naïve café 北京 🙂",
                                     " ", ""};

}  // namespace

class TestVocabulary : public QObject {
  Q_OBJECT

 private slots:
  void a_rebuilt_tokenizer_encodes_the_same_data();
  void a_rebuilt_tokenizer_encodes_the_same();
  void pieces_have_their_types_and_scores();
  void other_kinds_of_tokenizer_say_what_is_lost();
  void every_truncation_is_refused_or_read();
};

void TestVocabulary::a_rebuilt_tokenizer_encodes_the_same_data() {
  QTest::addColumn<QString>("name");
  for (const char* name : {"llama2-tokenizer/tokenizer.model", "stories260K-hf/tokenizer.model",
                           "mistral-tokenizers/mistral_instruct_tokenizer_240323.model.v3"})
    QTest::newRow(name) << name;
}

void TestVocabulary::a_rebuilt_tokenizer_encodes_the_same() {
  QFETCH(QString, name);
  const auto path = checkpoint_path(name.toUtf8().constData());
  if (!std::filesystem::exists(path)) QSKIP("the reference checkpoint is not here");
  const auto original = Tokenizer::load(path);
  const Vocabulary vocabulary = vocabulary_of_sentencepiece(original.serialized());
  QVERIFY(vocabulary.obstacle.empty());
  const auto rebuilt = Tokenizer::from_bytes(sentencepiece_of_vocabulary(vocabulary));
  QCOMPARE(rebuilt.vocab_size(), original.vocab_size());
  QCOMPARE(rebuilt.bos_id(), original.bos_id());
  QCOMPARE(rebuilt.eos_id(), original.eos_id());
  for (const std::string& text : texts) {
    QCOMPARE(rebuilt.encode(text), original.encode(text));
    QCOMPARE(rebuilt.decode(rebuilt.encode(text)), original.decode(original.encode(text)));
  }
}

void TestVocabulary::pieces_have_their_types_and_scores() {
  REQUIRE_CHECKPOINT(path, "llama2-tokenizer/tokenizer.model");
  const Vocabulary vocabulary = vocabulary_of_sentencepiece(read_file(path));
  QCOMPARE(vocabulary.pieces.size(), 32000u);
  QCOMPARE(vocabulary.pieces[0].type, VocabularyPiece::unknown);
  QCOMPARE(vocabulary.pieces[2].type, VocabularyPiece::control);
  QCOMPARE(vocabulary.pieces[3].type, VocabularyPiece::byte);
  QCOMPARE(vocabulary.pieces[3].text, std::string("<0x00>"));
  QCOMPARE(vocabulary.pieces[259].score, -1e9f);
  QVERIFY(vocabulary.add_dummy_prefix && !vocabulary.remove_extra_whitespaces);
}

void TestVocabulary::other_kinds_of_tokenizer_say_what_is_lost() {
  REQUIRE_CHECKPOINT(path, "sentencepiece-test/test_model.model");
  QVERIFY(!vocabulary_of_sentencepiece(read_file(path)).obstacle.empty());
}

void TestVocabulary::every_truncation_is_refused_or_read() {
  Vocabulary vocabulary;
  vocabulary.pieces = {{"<unk>", 0, VocabularyPiece::unknown},
                       {"<s>", 0, VocabularyPiece::control},
                       {"</s>", 0, VocabularyPiece::control},
                       {"a", -1, VocabularyPiece::normal}};
  const std::string bytes = sentencepiece_of_vocabulary(vocabulary);
  QCOMPARE(vocabulary_of_sentencepiece(bytes).pieces.size(), 4u);
  std::size_t refused = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    try {
      (void)vocabulary_of_sentencepiece(bytes.substr(0, size));
    } catch (const std::runtime_error&) {
      ++refused;
    }
  }
  QVERIFY(refused > bytes.size() / 2);
  QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                           vocabulary_of_sentencepiece("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                           vocabulary_of_sentencepiece(std::string(12, static_cast<char>(0x80))));
}

QTEST_APPLESS_MAIN(TestVocabulary)
#include "test_vocabulary.moc"
