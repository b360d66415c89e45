#include <QtTest>

#include <cstdint>
#include <vector>

#include "engine/model/weight_memory.h"
#include "engine/tensor/large_pages.h"
#include "engine/tensor/random.h"

using namespace sancho::engine;

class TestWeightMemory : public QObject {
  Q_OBJECT

 private slots:
  void layers_in_large_pages_give_the_same_bits_data() {
    QTest::addColumn<QString>("format");
    for (const char* format : {"f32", "bf16", "int8", "int4", "sparse50-int8", "sparse50-int4"})
      QTest::newRow(format) << format;
  }
  void layers_in_large_pages_give_the_same_bits() {
    QFETCH(QString, format);
    const Format f = format_from_name(format.toStdString());
    constexpr std::size_t out = 33, in = 200;
    SplitMix64 draws(7);
    std::vector<float> w(out * in), x(in);
    for (float& v : w) v = draws.next() % 2 ? static_cast<float>(draws.next() % 1000) - 500 : 0;
    for (float& v : x) v = static_cast<float>(draws.next() % 1000) - 500;
    const auto plain = make_linear(f.storage, {w.data(), out, in}, f.group);
    WeightMemory memory;
    const auto moved = memory.take(make_linear(f.storage, {w.data(), out, in}, f.group));
    QCOMPARE(moved->storage(), plain->storage());
    QCOMPARE(moved->nonzeros(), plain->nonzeros());
    ThreadPool pool(1);
    std::vector<float> expected(out), got(out);
    plain->forward({x.data(), 1, in}, {expected.data(), 1, out}, pool);
    moved->forward({x.data(), 1, in}, {got.data(), 1, out}, pool);
    QCOMPARE(got, expected);
  }

  void large_pages_begin_on_their_boundary() {
    const LargePages memory(3 * kLargePage);
    QCOMPARE(memory.bytes().size(), 3 * kLargePage);
    QCOMPARE(reinterpret_cast<std::uintptr_t>(memory.bytes().data()) % kLargePage, 0u);
  }

  void memory_put_aside_keeps_what_it_holds() {
    const LargePages memory(kLargePage);
    for (std::size_t i = 0; i < kLargePage; ++i) memory.bytes()[i] = static_cast<std::byte>(i / 7);
    put_aside(memory.bytes());
    for (std::size_t i = 0; i < kLargePage; ++i)
      if (memory.bytes()[i] != static_cast<std::byte>(i / 7)) QFAIL("A byte was lost.");
  }
};

QTEST_APPLESS_MAIN(TestWeightMemory)
#include "test_weight_memory.moc"
