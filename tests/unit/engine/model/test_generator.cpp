#include <QTest>
#include <cmath>
#include <set>
#include <thread>

#include "engine/model/generator.h"
#include "engine/model/likelihood.h"
#include "small_model.h"

using namespace sancho::engine;

namespace {

const std::vector<TokenId> prompt{1, 5, 9, 200, 31, 77};

GenerateOptions options_with(std::uint64_t seed, std::size_t tokens = 60) {
  GenerateOptions options;
  options.sampler.temperature = 1.0f;
  options.sampler.seed = seed;
  options.max_new_tokens = tokens;
  return options;
}

ModelConfig endless_config() {
  ModelConfig config = small_config();
  config.eos_token_id = -1;
  return config;
}

}  // namespace

class TestGenerator : public QObject {
  Q_OBJECT

 private slots:
  void the_same_seed_draws_the_same_tokens();
  void different_seeds_draw_different_tokens();
  void draws_follow_the_probabilities();
  void temperature_zero_takes_the_largest_and_breaks_ties_by_id();
  void top_k_and_top_p_bound_what_is_drawn();
  void logits_that_are_no_numbers_are_never_drawn();
  void a_repetition_penalty_lowers_what_was_said();
  void a_seed_draws_the_same_on_every_machine();
  void a_forbidden_token_is_never_drawn();
  void the_likelihood_is_that_of_the_tokens_drawn();
  void what_is_forbidden_does_not_make_the_rest_likelier();
  void a_stop_token_ends_without_being_given_out();
  void the_end_of_sequence_always_stops();
  void a_stop_request_is_heard_before_the_next_token();
  void a_full_cache_ends_as_length();
  void a_shared_prompt_is_not_read_twice_and_writes_the_same();
  void two_sessions_in_two_threads_write_the_same();
  void candidates_of_a_batch_are_what_each_would_be_alone();
  void a_stop_request_ends_every_candidate();

 private:
  Session session(unsigned threads = 1, std::size_t room = 256) const {
    return Session(model_, std::make_shared<ThreadPool>(threads), room);
  }
  std::shared_ptr<const Model> model_ = Model::random(endless_config(), {Storage::int8, 0}, 4);
};

void TestGenerator::the_same_seed_draws_the_same_tokens() {
  Session a = session(), b = session(3);
  const auto first = generate(a, prompt, options_with(42));
  QCOMPARE(first.tokens.size(), std::size_t{60});
  QCOMPARE(first.prompt_tokens, prompt.size());
  QCOMPARE(first.finish, FinishReason::length);
  QCOMPARE(generate(b, prompt, options_with(42)).tokens, first.tokens);
}

void TestGenerator::different_seeds_draw_different_tokens() {
  std::set<std::vector<TokenId>> texts;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Session s = session();
    texts.insert(generate(s, prompt, options_with(seed)).tokens);
  }
  QCOMPARE(texts.size(), std::size_t{8});
}

void TestGenerator::draws_follow_the_probabilities() {
  SamplerOptions options{.temperature = 1.0f, .top_k = 0, .top_p = 1.0f, .seed = 9};
  Sampler sampler(options);
  const std::vector<float> logits{std::log(0.1f), std::log(0.2f), std::log(0.7f)};
  int counts[3] = {};
  for (int i = 0; i < 20000; ++i) ++counts[sampler.sample(logits)];
  QVERIFY(std::abs(counts[0] - 2000) < 200);  // 4.7 standard deviations
  QVERIFY(std::abs(counts[1] - 4000) < 270);
  QVERIFY(std::abs(counts[2] - 14000) < 310);
}

void TestGenerator::temperature_zero_takes_the_largest_and_breaks_ties_by_id() {
  Sampler sampler({.temperature = 0});
  QCOMPARE(sampler.sample(std::vector<float>{0, 3, 1, 3}), 1);
  QCOMPARE(sampler.sample({}), -1);
}

void TestGenerator::top_k_and_top_p_bound_what_is_drawn() {
  const std::vector<float> logits{1, 1, 1, 1, 1, 1};
  Sampler three({.temperature = 1.0f, .top_k = 3, .top_p = 1.0f});
  Sampler half({.temperature = 1.0f, .top_k = 0, .top_p = 0.49f});
  std::set<TokenId> of_three, of_half;
  for (int i = 0; i < 300; ++i) {
    of_three.insert(three.sample(logits));
    of_half.insert(half.sample(logits));
  }
  QCOMPARE(of_three, (std::set<TokenId>{0, 1, 2}));
  QCOMPARE(of_half, (std::set<TokenId>{0, 1, 2}));
  Sampler none({.temperature = 1.0f, .top_k = 0, .top_p = 0.0f});
  QCOMPARE(none.sample(std::vector<float>{0, 5, 4}), 1);
}

void TestGenerator::logits_that_are_no_numbers_are_never_drawn() {
  Sampler sampler({.temperature = 1.0f, .top_k = 0, .top_p = 1.0f});
  const std::vector<float> logits{NAN, 1, -INFINITY, NAN};
  for (int i = 0; i < 100; ++i) QCOMPARE(sampler.sample(logits), 1);
  QCOMPARE(sampler.sample(std::vector<float>{NAN, NAN}), 0);
}

void TestGenerator::a_repetition_penalty_lowers_what_was_said() {
  Sampler sampler({.temperature = 0, .repetition_penalty = 2.0f});
  const std::vector<TokenId> recent{0, 0, 99};
  QCOMPARE(sampler.sample(std::vector<float>{3, 2, 1}, recent), 1);
  QCOMPARE(sampler.sample(std::vector<float>{-1, -1.5f, -3}, recent), 1);
}

void TestGenerator::a_seed_draws_the_same_on_every_machine() {
  Sampler sampler({.temperature = 1.0f, .top_k = 0, .top_p = 1.0f, .seed = 0});
  const std::vector<float> logits(1000, 0.0f);
  std::vector<TokenId> drawn;
  for (int i = 0; i < 4; ++i) drawn.push_back(sampler.sample(logits));
  QCOMPARE(drawn, (std::vector<TokenId>{324, 382, 359, 11}));
}

void TestGenerator::a_forbidden_token_is_never_drawn() {
  Session a = session(), b = session();
  const auto free = generate(a, prompt, options_with(7)).tokens;
  GenerateOptions options = options_with(7);
  std::vector<std::size_t> lengths;
  options.restrict = [&](std::span<const TokenId> written, std::span<float> logits) {
    lengths.push_back(written.size());
    logits[static_cast<std::size_t>(free[0])] = -INFINITY;
  };
  const auto bound = generate(b, prompt, options).tokens;
  QVERIFY(std::ranges::find(bound, free[0]) == bound.end());
  QCOMPARE(lengths.size(), std::size_t{60});
  QCOMPARE(lengths.back(), std::size_t{59});
}

void TestGenerator::the_likelihood_is_that_of_the_tokens_drawn() {
  Session a = session(), b = session();
  const auto result = generate(a, prompt, options_with(3, 80));
  std::vector<TokenId> all = prompt;
  all.insert(all.end(), result.tokens.begin(), result.tokens.end());
  const auto logits = b.read_all(all);
  double sum = 0, lowest = 0;
  for (std::size_t i = 0; i < result.tokens.size(); ++i) {
    const auto row = logits.row(prompt.size() - 1 + i);
    double total = 0;
    for (const float v : row) total += std::exp(static_cast<double>(v));
    const double log_p =
        static_cast<double>(row[static_cast<std::size_t>(result.tokens[i])]) - std::log(total);
    sum += log_p;
    lowest = std::min(lowest, log_p);
  }
  QVERIFY(std::abs(result.log_likelihood - sum) < 1e-3);
  QVERIFY(std::abs(result.least_likely - lowest) < 1e-4);
  QVERIFY(std::abs(log_likelihood(b, all, prompt.size()) - sum) < 1e-6);

  Session fresh = session(), other = session();
  other.read(std::vector<TokenId>(all.rbegin(), all.rend()));
  const auto each = token_log_likelihoods(fresh, all, prompt.size());
  QCOMPARE(each.size(), result.tokens.size());
  QVERIFY(std::abs(*std::ranges::min_element(each) - lowest) < 1e-6);
  QCOMPARE(token_log_likelihoods(b, all, prompt.size()), each);
  QCOMPARE(token_log_likelihoods(other, all, prompt.size()), each);
}

void TestGenerator::what_is_forbidden_does_not_make_the_rest_likelier() {
  Session a = session(), b = session();
  const auto first = generate(a, prompt, options_with(3, 1)).tokens.front();
  GenerateOptions options = options_with(3, 1);
  options.restrict = [first](auto, std::span<float> logits) {
    logits[static_cast<std::size_t>(first)] = -INFINITY;
  };
  const auto other = generate(a, prompt, options);
  QVERIFY(other.tokens.front() != first);
  std::vector<TokenId> all = prompt;
  all.push_back(other.tokens.front());
  QVERIFY(std::abs(log_likelihood(b, all, prompt.size()) - other.log_likelihood) < 1e-4);
}

void TestGenerator::a_stop_token_ends_without_being_given_out() {
  Session a = session(), b = session();
  const auto whole = generate(a, prompt, options_with(7)).tokens;
  GenerateOptions options = options_with(7);
  options.stop_tokens = {whole[20]};
  std::vector<TokenId> streamed;
  const auto cut = generate(b, prompt, options, [&](TokenId id) { streamed.push_back(id); });
  const auto end = std::ranges::find(whole, whole[20]);
  QCOMPARE(cut.tokens, std::vector<TokenId>(whole.begin(), end));
  QCOMPARE(streamed, cut.tokens);
  QCOMPARE(cut.finish, FinishReason::stop_token);
  QCOMPARE(cut.stop_token, whole[20]);
}

void TestGenerator::the_end_of_sequence_always_stops() {
  Session probe = session();
  const TokenId first = generate(probe, prompt, options_with(7)).tokens.front();
  ModelConfig config = endless_config();
  config.eos_token_id = first;
  Session s(Model::random(config, {Storage::int8, 0}, 4), std::make_shared<ThreadPool>(1), 256);
  const auto result = generate(s, prompt, options_with(7));
  QVERIFY(result.tokens.empty());
  QCOMPARE(result.stop_token, first);
}

void TestGenerator::a_stop_request_is_heard_before_the_next_token() {
  Session s = session();
  std::stop_source source;
  std::size_t given = 0;
  const auto result = generate(
      s, prompt, options_with(1),
      [&](TokenId) {
        if (++given == 5) source.request_stop();
      },
      source.get_token());
  QCOMPARE(result.tokens.size(), std::size_t{5});
  QCOMPARE(result.finish, FinishReason::cancelled);
  QVERIFY(generate(s, prompt, options_with(1), {}, source.get_token()).tokens.empty());
}

void TestGenerator::a_full_cache_ends_as_length() {
  Session s = session(1, 16);
  const auto result = generate(s, prompt, options_with(1));
  QCOMPARE(result.tokens.size(), std::size_t{11});
  QCOMPARE(result.finish, FinishReason::length);
}

void TestGenerator::a_shared_prompt_is_not_read_twice_and_writes_the_same() {
  Session reused = session(), fresh = session();
  const auto first = generate(reused, prompt, options_with(3)).tokens;
  QCOMPARE(generate(reused, prompt, options_with(3)).tokens, first);
  std::vector<TokenId> longer = prompt;
  longer.insert(longer.end(), first.begin(), first.begin() + 30);
  longer.push_back(11);
  QCOMPARE(generate(reused, longer, options_with(8)).tokens,
           generate(fresh, longer, options_with(8)).tokens);
  QVERIFY(std::ranges::equal(reused.tokens().first(longer.size()), longer));
  QCOMPARE(generate(reused, longer, options_with(8)).cached_tokens, longer.size() - 1);
  QCOMPARE(generate(fresh, prompt, options_with(8)).cached_tokens, prompt.size() - 1);
}

void TestGenerator::two_sessions_in_two_threads_write_the_same() {
  const auto pool = std::make_shared<ThreadPool>(2);
  std::vector<TokenId> texts[2];
  std::vector<std::thread> threads;
  for (auto& text : texts)
    threads.emplace_back([&] {
      Session s(model_, pool, 256);
      text = generate(s, prompt, options_with(6)).tokens;
    });
  for (auto& thread : threads) thread.join();
  QCOMPARE(texts[0].size(), std::size_t{60});
  QCOMPARE(texts[0], texts[1]);
  Session alone(model_, pool, 256);
  QCOMPARE(generate(alone, prompt, options_with(6)).tokens, texts[0]);
}

void TestGenerator::candidates_of_a_batch_are_what_each_would_be_alone() {
  std::vector<GenerateOptions> options;
  for (const std::uint64_t seed : {3u, 1u, 4u, 1u, 5u})
    options.push_back(options_with(seed, 20 + 10 * options.size()));
  options[2].max_new_tokens = 0;
  Session probe = session();
  options[1].stop_tokens = {generate(probe, prompt, options[1]).tokens[12]};

  Session together = session(2);
  std::vector<std::vector<TokenId>> streamed(options.size());
  const auto results = generate_batch(
      together, prompt, options, [&](std::size_t i, TokenId id) { streamed[i].push_back(id); });
  QCOMPARE(results.size(), options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    Session alone = session();
    const auto expected = generate(alone, prompt, options[i]);
    QCOMPARE(results[i].tokens, expected.tokens);
    QCOMPARE(results[i].finish, expected.finish);
    QCOMPARE(results[i].stop_token, expected.stop_token);
    QCOMPARE(streamed[i], expected.tokens);
  }
  QVERIFY(generate_batch(together, prompt, {}).empty());
}

void TestGenerator::a_stop_request_ends_every_candidate() {
  Session s = session();
  std::stop_source source;
  const std::vector<GenerateOptions> options{options_with(1), options_with(2)};
  std::size_t given = 0;
  const auto results = generate_batch(
      s, prompt, options,
      [&](std::size_t, TokenId) {
        if (++given == 10) source.request_stop();
      },
      source.get_token());
  for (const auto& result : results) {
    QCOMPARE(result.tokens.size(), std::size_t{5});
    QCOMPARE(result.finish, FinishReason::cancelled);
  }
}

QTEST_APPLESS_MAIN(TestGenerator)
#include "test_generator.moc"
