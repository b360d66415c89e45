#include <QTest>
#include <cmath>
#include <random>

#include "core/evaluate/mauve.h"
#include "core/evaluate/style_classifier.h"
#include "core/evaluate/text_overlap.h"

using namespace sancho::core;

namespace {

bool near(double a, double b, double tolerance = 1e-4) {
  return std::abs(a - b) < tolerance;
}

const auto candidate = overlap_words("thank you for the update see you at noon tomorrow");
const auto reference = overlap_words("thank you for the update i will see you at noon");

std::vector<std::vector<float>> cloud(std::size_t n, float centre, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(centre, 0.3f);
  std::vector<std::vector<float>> vectors(n, std::vector<float>(8));
  for (auto& v : vectors)
    for (float& x : v) x = normal(random);
  return vectors;
}

std::vector<std::string> letters(const char* greeting, const char* ending) {
  std::vector<std::string> mails;
  for (int i = 0; i < 40; ++i)
    mails.push_back(std::string(greeting) + "the report of week " + std::to_string(i) +
                    " is on your desk and the budget follows.\n" + ending);
  return mails;
}

}  // namespace

class TestScores : public QObject {
  Q_OBJECT

 private slots:
  void words_lose_case_and_punctuation() {
    QCOMPARE(overlap_words("  Don't --\tSTOP, \n(now)! Grüße"),
             (std::vector<std::string>{"dont", "stop", "now", "grüße"}));
    QVERIFY(overlap_words("-- !").empty());
  }

  void bleu_is_the_mean_of_four_cumulative_scores() {
    QVERIFY(near(bleu(candidate, reference), 0.7134));
    QVERIFY(near(bleu(reference, reference), 1));
  }

  void bleu_without_long_matches_counts_the_short_ones() {
    // One of two words: BLEU-1 = 1/2, no pair matches.
    QVERIFY(near(bleu({"a", "b"}, {"a", "c"}), 0.5 / 4));
    QCOMPARE(bleu({}, reference), 0.0);
    QCOMPARE(bleu({"x"}, {"y"}), 0.0);
  }

  void bleu_clips_repeated_words() {
    QVERIFY(near(bleu({"the", "the", "the"}, {"the", "cat", "sat"}), 1.0 / 12));
  }

  void short_candidates_pay_the_brevity_penalty() {
    QVERIFY(
        near(bleu({"a", "b", "c", "d"}, {"a", "b", "c", "d", "e", "f", "g", "h"}), std::exp(-1.0)));
  }

  void rouge_counts_shared_ngrams_and_order() {
    // Nine shared words of ten and eleven; seven shared pairs of nine and ten.
    QVERIFY(near(rouge_n(candidate, reference, 1), 18.0 / 21));
    QVERIFY(near(rouge_n(candidate, reference, 2), 14.0 / 19));
    QVERIFY(near(rouge_l(candidate, reference), 18.0 / 21));
    QVERIFY(near(rouge_l({"a", "b", "c"}, {"c", "b", "a"}), 1.0 / 3));
    QCOMPARE(rouge_n({"a"}, {"a"}, 2), 0.0);
    QCOMPARE(rouge_l({}, {}), 0.0);
  }

  void mauve_curve_reproduces_its_oracles() {
    const double even[] = {0.5, 0.5}, close[] = {0.6, 0.4}, far[] = {0.9, 0.1};
    QVERIFY(near(mauve_of_histograms(even, even), 1, 1e-9));
    QVERIFY(near(mauve_of_histograms(even, close), 0.99835));
    QVERIFY(near(mauve_of_histograms(even, far), 0.67110));
    const double left[] = {1, 0}, right[] = {0, 1};
    QVERIFY(near(mauve_of_histograms(left, right), 0.00407));
  }

  void mauve_sees_whether_two_sets_are_alike() {
    const double alike = mauve(cloud(60, 0, 1), cloud(60, 0, 2), 25);
    const double unlike = mauve(cloud(60, 0, 1), cloud(60, 2, 2), 25);
    QVERIFY(alike > 0.6);
    QVERIFY(unlike < 0.1);
    QCOMPARE(mauve(cloud(60, 0, 1), cloud(60, 0, 2), 25), alike);
    QVERIFY(std::isnan(mauve(cloud(1, 0, 1), cloud(1, 0, 2), 25)));
  }

  void classifier_knows_the_users_hand() {
    const auto user = letters("Hey! ", "Cheers, Kit"),
               others = letters("Dear Sir, ", "Sincerely, A. Tanner");
    const StyleClassifier style(user, others);
    QVERIFY(style.is_users("Hey! can we talk about the figures?\nCheers, Kit"));
    QVERIFY(!style.is_users("Dear Sir, please find the figures.\nSincerely, A. Tanner"));
    QVERIFY(style.score("Hey! ") > style.score("Dear "));
  }
};

QTEST_GUILESS_MAIN(TestScores)
#include "test_scores.moc"
