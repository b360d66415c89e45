#include <QTest>
#include <cmath>
#include <thread>

#include "engine/model/batch_session.h"
#include "engine/model/session.h"
#include "small_model.h"

using namespace sancho::engine;

namespace {

std::vector<TokenId> some_tokens(std::size_t count, unsigned seed = 1) {
  std::vector<TokenId> tokens(count);
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    tokens[i] = static_cast<TokenId>((seed >> 16) % small_config().vocab_size);
  }
  return tokens;
}

Session make_session(const std::shared_ptr<const Model>& model, unsigned threads = 1,
                     std::size_t room = 400) {
  return Session(model, std::make_shared<ThreadPool>(threads), room);
}

float largest_difference(std::span<const float> a, std::span<const float> b) {
  float largest = a.size() == b.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

std::vector<float> copy(std::span<const float> values) {
  return {values.begin(), values.end()};
}

}  // namespace

class TestSession : public QObject {
  Q_OBJECT

 private slots:
  void reading_in_pieces_equals_reading_in_one_go_data();
  void reading_in_pieces_equals_reading_in_one_go();
  void read_all_ends_with_what_read_returns();
  void hidden_states_are_what_the_head_reads();
  void a_prefix_kept_by_truncate_equals_a_fresh_reading();
  void the_number_of_threads_does_not_change_a_bit();
  void two_sessions_in_two_threads_agree_with_one();
  void a_full_cache_and_bad_ids_are_refused_and_change_nothing();
  void a_session_never_exceeds_the_models_positions();
  void a_stop_request_ends_reading_early();
  void small_caches_stay_close_to_the_exact_one();
  void sequences_of_a_batch_are_sessions_of_their_own();
  void a_batch_refuses_what_a_session_refuses_and_changes_nothing();
  void a_batch_leaves_the_session_it_began_from_alone();

 private:
  std::shared_ptr<const Model> model_ = Model::random(small_config(), {Storage::f32, 0}, 1);
};

void TestSession::reading_in_pieces_equals_reading_in_one_go_data() {
  QTest::addColumn<Format>("format");
  QTest::addColumn<std::size_t>("piece");
  for (const Format format : {Format{Storage::f32, 0}, Format{Storage::bf16, 0},
                              Format{Storage::int8, 0}, Format{Storage::sparse_int8, 0.5}})
    for (const std::size_t piece : {1u, 7u, 130u})
      QTest::addRow("%s by %zu", format_name(format).c_str(), piece) << format << piece;
}

void TestSession::reading_in_pieces_equals_reading_in_one_go() {
  QFETCH(Format, format);
  QFETCH(std::size_t, piece);
  const auto model = Model::random(small_config(), format, 2);
  const auto tokens = some_tokens(300);
  Session whole = make_session(model), pieces = make_session(model);
  const auto expected = copy(whole.read(tokens));
  std::vector<float> logits;
  for (std::size_t i = 0; i < tokens.size(); i += piece)
    logits = copy(pieces.read(std::span(tokens).subspan(i, std::min(piece, tokens.size() - i))));
  QCOMPARE(pieces.position(), tokens.size());
  QCOMPARE(largest_difference(expected, logits), 0.0f);
}

void TestSession::read_all_ends_with_what_read_returns() {
  const auto tokens = some_tokens(200);
  Session one = make_session(model_), all = make_session(model_);
  const auto every = all.read_all(tokens);
  QCOMPARE(every.rows, tokens.size());
  for (const std::size_t i : {0u, 57u, 127u, 128u, 199u}) {
    one.truncate(0);
    const auto logits = one.read(std::span(tokens).first(i + 1));
    QCOMPARE(largest_difference(logits, every.row(i)), 0.0f);
  }
}

void TestSession::hidden_states_are_what_the_head_reads() {
  const auto tokens = some_tokens(150);
  Session states = make_session(model_), logits = make_session(model_);
  const auto hidden = states.hidden_states(tokens);
  QCOMPARE(hidden.rows, tokens.size());
  QCOMPARE(hidden.cols, small_config().hidden_size);
  std::vector<float> product(small_config().vocab_size);
  ThreadPool pool(1);
  model_->lm_head().forward({hidden.row(149).data(), 1, hidden.cols},
                            {product.data(), 1, product.size()}, pool);
  QVERIFY(largest_difference(product, logits.read(tokens)) < 1e-5f);
}

void TestSession::a_prefix_kept_by_truncate_equals_a_fresh_reading() {
  const auto first = some_tokens(180, 1), other = some_tokens(60, 2);
  Session reused = make_session(model_), fresh = make_session(model_);
  reused.read(first);
  reused.truncate(100);
  QCOMPARE(reused.tokens().size(), std::size_t{100});
  const auto logits = copy(reused.read(other));
  std::vector<TokenId> joined(first.begin(), first.begin() + 100);
  joined.insert(joined.end(), other.begin(), other.end());
  QCOMPARE(largest_difference(logits, fresh.read(joined)), 0.0f);
  QVERIFY(std::ranges::equal(reused.tokens(), joined));
}

void TestSession::the_number_of_threads_does_not_change_a_bit() {
  const auto tokens = some_tokens(140);
  Session one = make_session(model_, 1);
  const auto expected = copy(one.read(tokens));
  for (const unsigned threads : {2u, 5u}) {
    Session many = make_session(model_, threads);
    QCOMPARE(largest_difference(expected, many.read(tokens)), 0.0f);
  }
}

void TestSession::two_sessions_in_two_threads_agree_with_one() {
  const auto pool = std::make_shared<ThreadPool>(2);
  const auto tokens = some_tokens(120);
  const auto run = [&] {
    Session session(model_, pool, 400);
    std::vector<float> sum(small_config().vocab_size);
    for (const TokenId id : tokens) {
      const auto logits = session.read(std::span(&id, 1));
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += logits[i];
    }
    return sum;
  };
  const auto expected = run();
  std::vector<float> a, b;
  std::thread first([&] { a = run(); }), second([&] { b = run(); });
  first.join();
  second.join();
  QCOMPARE(largest_difference(a, expected), 0.0f);
  QCOMPARE(largest_difference(b, expected), 0.0f);
}

void TestSession::a_full_cache_and_bad_ids_are_refused_and_change_nothing() {
  Session session = make_session(model_, 1, 10);
  session.read(some_tokens(8));
  QVERIFY_THROWS_EXCEPTION(std::length_error, session.read(some_tokens(3)));
  const auto past = static_cast<TokenId>(small_config().vocab_size);
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, session.read(std::vector<TokenId>{1, past}));
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, session.read(std::vector<TokenId>{-1}));
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, session.read({}));
  QCOMPARE(session.read_all({}).rows, std::size_t{0});
  QCOMPARE(session.position(), std::size_t{8});
  session.read(some_tokens(2));
  QCOMPARE(session.position(), std::size_t{10});
}

void TestSession::a_session_never_exceeds_the_models_positions() {
  QCOMPARE(make_session(model_, 1, 1'000'000).capacity(), std::size_t{512});
}

void TestSession::a_stop_request_ends_reading_early() {
  Session session = make_session(model_);
  std::stop_source source;
  source.request_stop();
  QVERIFY(session.read(some_tokens(300), source.get_token()).empty());
  QVERIFY(session.position() < 300);
}

void TestSession::small_caches_stay_close_to_the_exact_one() {
  const auto tokens = some_tokens(300);
  const auto read = [&](KvFormat format) {
    Session session(model_, std::make_shared<ThreadPool>(1), 400, format);
    return copy(session.read(tokens));
  };
  const auto exact = read(KvFormat::f32);
  const float size = std::abs(*std::ranges::max_element(exact));
  const float half = largest_difference(exact, read(KvFormat::f16));
  const float byte = largest_difference(exact, read(KvFormat::int8));
  QVERIFY(half > 0 && half < 1e-3f * size);
  QVERIFY(byte > half && byte < 2e-2f * size);
}

void TestSession::sequences_of_a_batch_are_sessions_of_their_own() {
  for (const Format format : {Format{Storage::f32, 0}, Format{Storage::sparse_int8, 0.5}}) {
    const auto model = Model::random(small_config(), format, 3);
    const auto pool = std::make_shared<ThreadPool>(2);
    // Two candidates of one prompt that ends within a page, one of another and longer one.
    const std::vector<std::vector<TokenId>> prompts{some_tokens(90, 1), some_tokens(90, 1),
                                                    some_tokens(130, 2)};
    std::vector<std::unique_ptr<Session>> alone;
    BatchSession batch(model, pool);
    Session start(model, pool, 400);
    for (const auto& prompt : prompts) {
      alone.push_back(std::make_unique<Session>(model, pool, 400));
      alone.back()->read(prompt);
      start.truncate(0);
      start.read(prompt);
      batch.add(start);
    }
    for (unsigned step = 0; step < 70; ++step) {
      if (step == 30) {
        batch.drop(1);
        alone.erase(alone.begin() + 1);
      }
      const auto next = some_tokens(batch.size(), step + 5);
      const auto logits = batch.read(next);
      QCOMPARE(logits.rows, next.size());
      for (std::size_t i = 0; i < next.size(); ++i) {
        QCOMPARE(largest_difference(alone[i]->read(std::span(next).subspan(i, 1)), logits.row(i)),
                 0.0f);
        QVERIFY(std::ranges::equal(batch.tokens(i), alone[i]->tokens()));
      }
    }
  }
}

void TestSession::a_batch_refuses_what_a_session_refuses_and_changes_nothing() {
  Session start = make_session(model_, 1, 10);
  start.read(some_tokens(8));
  BatchSession batch(model_, start.pool());
  batch.add(start);
  batch.add(start);
  QCOMPARE(batch.capacity(1), std::size_t{10});
  const auto past = static_cast<TokenId>(small_config().vocab_size);
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, batch.read(std::vector<TokenId>{1, past}));
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, batch.read(std::vector<TokenId>{1}));
  std::stop_source source;
  source.request_stop();
  QCOMPARE(batch.read(std::vector<TokenId>{1, 2}, source.get_token()).rows, std::size_t{0});
  QCOMPARE(batch.tokens(0).size(), std::size_t{8});
  batch.read(std::vector<TokenId>{1, 2});
  batch.read(std::vector<TokenId>{1, 2});
  QVERIFY_THROWS_EXCEPTION(std::length_error, batch.read(std::vector<TokenId>{1, 2}));
}

void TestSession::a_batch_leaves_the_session_it_began_from_alone() {
  const auto prompt = some_tokens(100), rest = some_tokens(20, 9);
  Session start = make_session(model_), fresh = make_session(model_);
  start.read(prompt);
  BatchSession batch(model_, start.pool());
  batch.add(start);
  for (const TokenId id : some_tokens(40, 3)) batch.read(std::span(&id, 1));
  const auto logits = copy(start.read(rest));
  fresh.read(prompt);
  QCOMPARE(largest_difference(logits, fresh.read(rest)), 0.0f);
}

QTEST_APPLESS_MAIN(TestSession)
#include "test_session.moc"
