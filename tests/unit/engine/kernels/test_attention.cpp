#include <QTest>
#include <cmath>
#include <random>
#include <vector>

#include "engine/kernels/attention.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/dtype.h"

using namespace sancho::engine;

namespace {

struct Shape {
  std::size_t group, dim;
};

/// Random keys, values and queries of one KV head, and a cache that holds them.
struct Example {
  Shape shape;
  std::size_t positions;
  std::vector<float> keys, values, queries;  // [positions, dim] twice, [positions, group, dim]
  std::vector<AlignedBuffer<std::byte>> blocks;
  std::vector<const std::byte*> addresses;
  static constexpr std::size_t offset = 128;

  Example(Shape s, std::size_t n, KvFormat format, const AttentionKernels& kernels)
      : shape(s), positions(n) {
    std::mt19937 rng(7);
    std::normal_distribution<float> normal;
    keys.resize(n * s.dim);
    values.resize(n * s.dim);
    queries.resize(n * s.group * s.dim);
    for (auto* part : {&keys, &values, &queries})
      for (float& x : *part) x = normal(rng);
    for (std::size_t p = 0; p < n; ++p) {
      if (p % kKvBlock == 0) {
        blocks.emplace_back(offset + kv_block_bytes(format, s.dim));
        addresses.push_back(blocks.back().data());
      }
      kernels.store(blocks.back().data() + offset, p % kKvBlock, &keys[p * s.dim],
                    &values[p * s.dim], s.dim);
    }
  }

  /// Outputs `[rows, group, dim]` of the positions from `first` on.
  std::vector<float> attend(const AttentionKernels& kernels, std::size_t first,
                            std::size_t rows) const {
    const std::size_t stride = shape.group * shape.dim;
    std::vector<float> out(rows * stride, NAN);
    AlignedBuffer<float> scratch(attention_scratch(shape.dim));
    AttentionTask task;
    task.queries = queries.data() + first * stride;
    task.out = out.data();
    task.stride = stride;
    task.rows = rows;
    task.group = shape.group;
    task.dim = shape.dim;
    task.first = first;
    task.scale = scale();
    task.blocks = addresses.data();
    task.offset = offset;
    task.scratch = scratch.data();
    kernels.attend(task);
    return out;
  }

  float scale() const { return 1 / std::sqrt(static_cast<float>(shape.dim)); }

  /// The definition, in double precision.
  std::vector<double> expected(std::size_t position, std::size_t head) const {
    const std::size_t dim = shape.dim;
    const float* query = &queries[(position * shape.group + head) * dim];
    std::vector<double> out(dim);
    double sum = 0;
    for (std::size_t p = 0; p <= position; ++p) {
      double score = 0;
      for (std::size_t d = 0; d < dim; ++d)
        score += static_cast<double>(query[d]) * keys[p * dim + d];
      const double weight = std::exp(score * scale());
      sum += weight;
      for (std::size_t d = 0; d < dim; ++d) out[d] += weight * values[p * dim + d];
    }
    for (double& x : out) x /= sum;
    return out;
  }
};

void add_sets_and_formats() {
  QTest::addColumn<const AttentionKernels*>("kernels");
  QTest::addColumn<KvFormat>("format");
  QTest::addColumn<double>("tolerance");
  for (const Isa isa : kIsas) {
    const auto add = [&](KvFormat format, const char* name, double tolerance) {
      if (const auto* kernels = attention_kernels_of(isa, format))
        QTest::addRow("%s %s", isa_name(isa).data(), name) << kernels << format << tolerance;
    };
    add(KvFormat::f32, "f32", 1e-5);
    add(KvFormat::f16, "f16", 3e-3);
    add(KvFormat::int8, "int8", 6e-2);
  }
}

}  // namespace

Q_DECLARE_METATYPE(const AttentionKernels*)

class TestAttention : public QObject {
  Q_OBJECT

 private slots:
  void attention_is_that_of_double_precision_data() { add_sets_and_formats(); }
  void attention_is_that_of_double_precision() {
    QFETCH(const AttentionKernels*, kernels);
    QFETCH(KvFormat, format);
    QFETCH(double, tolerance);
    for (const Shape shape : {Shape{1, 16}, Shape{2, 32}, Shape{8, 64}, Shape{3, 96}, Shape{5, 20},
                              Shape{40, 16}, Shape{1, 128}}) {
      const Example example(shape, 200, format, *kernels);
      for (const auto& [first, rows] :
           {std::pair{0u, 1u}, std::pair{63u, 1u}, std::pair{64u, 1u}, std::pair{199u, 1u},
            std::pair{0u, 200u}, std::pair{50u, 31u}}) {
        const auto out = example.attend(*kernels, first, rows);
        double worst = 0;
        for (std::size_t row = 0; row < rows; ++row)
          for (std::size_t head = 0; head < shape.group; ++head) {
            const auto expected = example.expected(first + row, head);
            for (std::size_t d = 0; d < shape.dim; ++d) {
              const double got = out[(row * shape.group + head) * shape.dim + d];
              worst = std::isnan(got) ? got : std::max(worst, std::abs(got - expected[d]));
            }
          }
        QVERIFY2(worst < tolerance, qPrintable(QString("%1 for %2 heads of %3, %4 rows from %5")
                                                   .arg(worst)
                                                   .arg(shape.group)
                                                   .arg(shape.dim)
                                                   .arg(rows)
                                                   .arg(first)));
      }
    }
  }

  void a_query_has_the_same_bits_whatever_is_beside_it_data() { add_sets_and_formats(); }
  void a_query_has_the_same_bits_whatever_is_beside_it() {
    QFETCH(const AttentionKernels*, kernels);
    QFETCH(KvFormat, format);
    const Shape shape{2, 48};
    const Example example(shape, 150, format, *kernels);
    const auto together = example.attend(*kernels, 0, 150);
    const std::size_t stride = shape.group * shape.dim;
    for (const std::size_t position : {0u, 17u, 63u, 64u, 100u, 149u}) {
      const auto alone = example.attend(*kernels, position, 1);
      QVERIFY(std::equal(alone.begin(), alone.end(),
                         together.begin() + static_cast<std::ptrdiff_t>(position * stride)));
    }
  }

  void large_scores_neither_overflow_nor_vanish_data() { add_sets_and_formats(); }
  void large_scores_neither_overflow_nor_vanish() {
    QFETCH(const AttentionKernels*, kernels);
    QFETCH(KvFormat, format);
    Example example({1, 16}, 130, format, *kernels);
    for (float& x : example.queries) x *= 1e4f;
    for (const float x : example.attend(*kernels, 129, 1)) QVERIFY(std::abs(x) < 10);
  }

  void half_precision_saturates() {
    for (const Isa isa : kIsas) {
      const auto* kernels = attention_kernels_of(isa, KvFormat::f16);
      if (!kernels) continue;
      const std::vector<float> key(16, 0.0f), value(16, -1e30f);
      AlignedBuffer<std::byte> block(kv_block_bytes(KvFormat::f16, 16));
      kernels->store(block.data(), 0, key.data(), value.data(), 16);
      const auto* halves = reinterpret_cast<const std::uint16_t*>(block.data());
      QCOMPARE(half_to_float(halves[kKvBlock * 16]), -65504.0f);
    }
  }
};

QTEST_APPLESS_MAIN(TestAttention)
#include "test_attention.moc"
