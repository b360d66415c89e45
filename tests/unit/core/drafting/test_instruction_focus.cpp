#include <QTest>
#include <cmath>

#include "built_in_model.h"
#include "core/drafting/instruction_focus.h"
#include "core/drafting/prompt.h"

using namespace sancho::core;
namespace engine = sancho::engine;

namespace {

std::vector<double> log_softmax(std::span<const float> logits) {
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit));
  std::vector<double> out;
  for (const float logit : logits) out.push_back(static_cast<double>(logit) - std::log(sum));
  return out;
}

}  // namespace

class TestInstructionFocus : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    model_ = sancho::testing::built_in_model();
    if (!model_) QSKIP(sancho::testing::no_built_in_model);
  }

  void the_plausible_gain_what_the_prompt_speaks_for() {
    const std::vector<float> with{2.0f, 1.5f, 0.5f, -3.0f}, without{2.5f, -1.0f, 0.5f, -30.0f};
    const auto p = log_softmax(with), q = log_softmax(without);
    std::vector<float> logits = with;
    contrast(logits, without, 0.5f);
    for (std::size_t i = 0; i < 3; ++i)
      QVERIFY(std::abs(logits[i] - (1.5 * p[i] - 0.5 * q[i])) < 1e-5);
    // The likeliest was likely anyway: the next one, which only the prompt speaks for, wins.
    QVERIFY(logits[1] > logits[0]);
    // Less than a tenth as likely as the likeliest: no prompt makes up for that.
    QVERIFY(logits[3] < p[3] - 1);
    QVERIFY(std::isfinite(logits[3]));
  }

  void nothing_changes_where_the_prompt_says_nothing_new() {
    const std::vector<float> with{2.0f, 1.5f, 1.0f};
    std::vector<float> logits = with;
    contrast(logits, with, 0.3f);
    const auto p = log_softmax(with);
    for (std::size_t i = 0; i < 3; ++i) QVERIFY(std::abs(logits[i] - p[i]) < 1e-5);
  }

  /// Token by token the same as reading the silent prompt and the text anew.
  void a_candidate_is_followed_as_it_grows() {
    const auto pool = std::make_shared<engine::ThreadPool>(1);
    const PromptLayout layout(model_->tokenizer());
    const auto silent = layout.build({"Ann", {}, {}, "Bob", {}}, 100).tokens;
    const auto text = model_->tokenizer().encode("Bob, the pump is broken.");
    InstructionFocus focus(model_, pool, silent, text.size());
    std::vector<float> uniform(model_->config().vocab_size, 0.0f);
    for (std::size_t length = 0; length <= text.size(); ++length) {
      std::vector<float> followed = uniform, anew = uniform;
      focus.sharpen(std::span(text).first(length), followed);
      std::vector<engine::TokenId> all = silent;
      all.insert(all.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length));
      engine::Session session(model_, pool, all.size());
      contrast(anew, session.read(all), 0.3f);
      for (std::size_t i = 0; i < anew.size(); ++i)
        QVERIFY(std::abs(followed[i] - anew[i]) < 1e-3f);
    }
  }

 private:
  std::shared_ptr<const engine::Model> model_;
};

QTEST_GUILESS_MAIN(TestInstructionFocus)
#include "test_instruction_focus.moc"
