#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "engine/train/products.h"
#include "engine/train/transpose.h"

using namespace sancho::engine;

Q_DECLARE_METATYPE(sancho::engine::Storage)
Q_DECLARE_METATYPE(sancho::engine::GemmPrecision)

namespace {

std::vector<float> random_floats(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  std::ranges::generate(values, [&] { return normal(random); });
  return values;
}

double largest_difference(const std::vector<float>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

}  // namespace

/// What training multiplies with, against plain loops in double.
class TestTrainProducts : public QObject {
  Q_OBJECT

 private slots:
  void matrices_of_any_shape_are_transposed() {
    for (const std::size_t rows : {1, 7, 8, 16, 65, 130})
      for (const std::size_t cols : {1, 5, 8, 24, 64, 71}) {
        const std::size_t from_stride = cols + 3, to_stride = rows + 2;
        const auto from = random_floats(rows * from_stride, 1);
        const auto before = random_floats(cols * to_stride, 2);
        auto turned = before, added = before;
        transpose(from.data(), from_stride, rows, cols, turned.data(), to_stride);
        add_transpose(from.data(), from_stride, rows, cols, added.data(), to_stride);
        for (std::size_t c = 0; c < cols; ++c)
          for (std::size_t r = 0; r < to_stride; ++r) {
            const std::size_t at = c * to_stride + r;
            const bool inside = r < rows;
            QCOMPARE(turned[at], inside ? from[r * from_stride + c] : before[at]);
            QCOMPARE(added[at], inside ? before[at] + from[r * from_stride + c] : before[at]);
          }
      }
  }

  void frozen_layers_multiply_as_their_numbers_do_data() {
    QTest::addColumn<Storage>("storage");
    QTest::addColumn<GemmPrecision>("precision");
    for (const Storage storage : {Storage::f32, Storage::bf16, Storage::int8, Storage::int4,
                                  Storage::sparse_int8, Storage::sparse_int4}) {
      QTest::addRow("%s in f32", storage_name(storage).data()) << storage << GemmPrecision::f32;
      if (has_fast_bf16())
        QTest::addRow("%s in bf16", storage_name(storage).data()) << storage << GemmPrecision::bf16;
    }
  }
  void frozen_layers_multiply_as_their_numbers_do() {
    QFETCH(Storage, storage);
    QFETCH(GemmPrecision, precision);
    // Two layers side by side, the second of more than one tile; a number of tokens that is odd.
    constexpr std::size_t tokens = 75, in = 520, outs[] = {72, 2100};
    constexpr std::size_t out = outs[0] + outs[1];
    std::vector<std::unique_ptr<Linear>> layers;
    std::vector<float> w;
    for (const std::size_t rows : outs) {
      auto values = random_floats(rows * in, 3);
      for (std::size_t i = 0; i < values.size(); i += 2) values[i] = 0;
      layers.push_back(make_linear(storage, {values.data(), rows, in}));
      layers.back()->to_dense({values.data(), rows, in});
      w.insert(w.end(), values.begin(), values.end());
    }
    const Linear* const frozen[] = {layers[0].get(), layers[1].get()};
    const auto x = random_floats(tokens * in, 4), dy = random_floats(tokens * out, 5);
    const auto before = random_floats(tokens * out, 6);
    std::vector<double> y_exact(tokens * out), sum_exact(tokens * out), dx_exact(tokens * in);
    for (std::size_t t = 0; t < tokens; ++t)
      for (std::size_t o = 0; o < out; ++o) {
        double sum = 0;
        for (std::size_t i = 0; i < in; ++i) {
          sum += static_cast<double>(x[t * in + i]) * static_cast<double>(w[o * in + i]);
          dx_exact[t * in + i] +=
              static_cast<double>(dy[t * out + o]) * static_cast<double>(w[o * in + i]);
        }
        y_exact[t * out + o] = sum;
        sum_exact[t * out + o] = sum + static_cast<double>(before[t * out + o]);
      }

    Products<float> products(precision);
    const WeightMatrix<float> matrix{in, out, nullptr, frozen, nullptr};
    std::vector<float> y(tokens * out), sum = before, dx(tokens * in);
    products.forward(tokens, matrix, x.data(), y.data(), false);
    products.forward(tokens, matrix, x.data(), sum.data(), true);
    products.backward(tokens, matrix, x.data(), dy.data(), dx.data(), nullptr);
    // Rounding to bf16 changes each of two factors by at most 2⁻⁹ of itself.
    const double unit = precision == GemmPrecision::f32 ? 1e-6 : 0x1p-9;
    QVERIFY(largest_difference(y, y_exact) < 6 * unit * std::sqrt(double{in}) * 2);
    QVERIFY(largest_difference(sum, sum_exact) < 6 * unit * std::sqrt(double{in}) * 2);
    QVERIFY(largest_difference(dx, dx_exact) < 6 * unit * std::sqrt(double{out}) * 2);
  }
};

QTEST_GUILESS_MAIN(TestTrainProducts)
#include "test_train_products.moc"
