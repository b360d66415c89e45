#include <QTest>

#include "built_in_model.h"
#include "core/drafting/copy_bias.h"
#include "core/drafting/fact_guard.h"

using namespace sancho::core;
namespace engine = sancho::engine;

class TestCopyBias : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    model_ = sancho::testing::built_in_model();
    if (!model_) QSKIP(sancho::testing::no_built_in_model);
    pieces_ = piece_texts(model_->tokenizer());
  }

  void what_goes_on_with_a_word_of_the_instruction_is_raised() {
    const std::string word = "Oyelaran";
    const auto alone = model_->tokenizer().encode(" " + word);
    QVERIFY(alone.size() > 2);
    // Behind its first piece the second, behind the second the third.
    for (std::size_t i = 1; i < alone.size(); ++i) {
      const auto raised = leaning("dinner with " + word, "we see", alone, i);
      QCOMPARE(raised, std::vector<engine::TokenId>{alone[i]});
    }
    QVERIFY(leaning("dinner with " + word, "we see", alone, 0).empty());
    QVERIFY(leaning("dinner with " + word, "we see", alone, alone.size()).empty());
  }

  void other_words_are_left_alone() {
    const auto other = model_->tokenizer().encode(" Henderson");
    for (std::size_t i = 0; i <= other.size(); ++i)
      QVERIFY(leaning("dinner with Bob", "we see", other, i).empty());
  }

 private:
  /// What is raised behind `before` and the first `count` pieces of `word`.
  std::vector<engine::TokenId> leaning(const std::string& instruction, const std::string& before,
                                       const std::vector<engine::TokenId>& word,
                                       std::size_t count) const {
    auto written = model_->tokenizer().encode(before);
    written.insert(written.end(), word.begin(), word.begin() + static_cast<std::ptrdiff_t>(count));
    std::vector<float> logits(pieces_.size(), 0.0f);
    CopyBias(model_->tokenizer(), pieces_, instruction).lean(written, logits);
    std::vector<engine::TokenId> raised;
    for (std::size_t id = 0; id < logits.size(); ++id)
      if (logits[id] > 0) raised.push_back(static_cast<engine::TokenId>(id));
    return raised;
  }

  std::shared_ptr<const engine::Model> model_;
  std::vector<std::string> pieces_;
};

QTEST_GUILESS_MAIN(TestCopyBias)
#include "test_copy_bias.moc"
