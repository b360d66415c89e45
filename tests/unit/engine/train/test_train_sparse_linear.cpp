#include <QtTest>
#include <cmath>
#include <random>

#include "engine/kernels/isa.h"
#include "engine/train/sparse_linear.h"

using namespace sancho::engine;

namespace {

std::vector<float> random_values(std::size_t n, unsigned seed, double zeros = 0) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<float> out(n);
  for (float& x : out) x = uniform(random) < zeros ? 0.0f : normal(random);
  return out;
}

/// Largest difference relative to the largest value.
double error_of(const std::vector<float>& got, const std::vector<double>& expected) {
  double top = 0, difference = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    top = std::max(top, std::abs(expected[i]));
    difference = std::max(difference, std::abs(static_cast<double>(got[i]) - expected[i]));
  }
  return difference / top;
}

/// One layer and its gradients in double precision.
struct Reference {
  std::size_t rows, in, out;
  std::vector<float> x, w, dy;
  std::vector<double> y, dx, dw;  // dw masked by w's pattern

  Reference(std::size_t r, std::size_t i, std::size_t o, double sparsity)
      : rows(r),
        in(i),
        out(o),
        x(random_values(r * i, 1)),
        w(random_values(o * i, 2, sparsity)),
        dy(random_values(r * o, 3)),
        y(r * o),
        dx(r * i),
        dw(o * i) {
    for (std::size_t t = 0; t < rows; ++t)
      for (std::size_t a = 0; a < out; ++a)
        for (std::size_t b = 0; b < in; ++b) {
          const double weight = static_cast<double>(w[a * in + b]);
          const double input = static_cast<double>(x[t * in + b]);
          const double slope = static_cast<double>(dy[t * out + a]);
          y[t * out + a] += weight * input;
          dx[t * in + b] += weight * slope;
          if (weight != 0) dw[a * in + b] += slope * input;
        }
  }
};

}  // namespace

class TestTrainSparseLinear : public QObject {
  Q_OBJECT
 private slots:
  void cleanup() { cap_isa(Isa::avx512); }

  void forward_and_backward_agree_with_dense_gradients_data() {
    QTest::addColumn<int>("isa");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("in");
    QTest::addColumn<int>("out");
    QTest::addColumn<double>("sparsity");
    for (const Isa isa : kIsas)
      for (const auto& [rows, in, out, sparsity] : {std::tuple{1, 5, 3, 0.5},
                                                    {7, 33, 40, 0.8},
                                                    {64, 96, 31, 0.9},
                                                    {150, 100, 70, 0.95},
                                                    {65, 40, 40, 0.0},
                                                    {20, 30, 10, 1.0}})
        QTest::addRow("%s %dx%dx%d %g", isa_name(isa).data(), rows, in, out, sparsity)
            << static_cast<int>(isa) << rows << in << out << sparsity;
  }

  void forward_and_backward_agree_with_dense_gradients() {
    QFETCH(int, isa);
    QFETCH(int, rows);
    QFETCH(int, in);
    QFETCH(int, out);
    QFETCH(double, sparsity);
    cap_isa(static_cast<Isa>(isa));
    const Reference r(static_cast<std::size_t>(rows), static_cast<std::size_t>(in),
                      static_cast<std::size_t>(out), sparsity);
    const Pattern pattern(r.w);
    const Pattern* parts[] = {&pattern};
    const SparseLayer layer(parts, r.in);
    QCOMPARE(layer.out(), r.out);
    QCOMPARE(layer.nonzeros(), pattern.count());

    SparseProducts products;
    std::vector<float> y(r.y.size(), NAN), dx(r.dx.size(), NAN), dw(r.dw.size());
    products.linear(layer, r.rows, r.x.data(), r.w.data(), y.data(), false);
    products.linear_backward(layer, r.rows, r.x.data(), r.w.data(), r.dy.data(), dx.data(),
                             dw.data());
    if (sparsity == 1) {
      for (const auto* all : {&y, &dx, &dw})
        for (const float v : *all) QCOMPARE(v, 0.0f);
      return;
    }
    QVERIFY2(error_of(y, r.y) < 1e-5, qPrintable(QString::number(error_of(y, r.y))));
    QVERIFY2(error_of(dx, r.dx) < 1e-5, qPrintable(QString::number(error_of(dx, r.dx))));
    QVERIFY2(error_of(dw, r.dw) < 1e-5, qPrintable(QString::number(error_of(dw, r.dw))));
    for (std::size_t i = 0; i < dw.size(); ++i)
      if (r.w[i] == 0) QCOMPARE(dw[i], 0.0f);
  }

  void results_are_added_where_asked() {
    const Reference r(30, 40, 20, 0.8);
    const Pattern pattern(r.w);
    const Pattern* parts[] = {&pattern};
    const SparseLayer layer(parts, r.in);
    SparseProducts products;
    std::vector<float> y(r.y.size(), 1), dw(r.dw.size());
    products.linear(layer, r.rows, r.x.data(), r.w.data(), y.data(), true);
    auto expected = r.y;
    for (double& v : expected) v += 1;
    QVERIFY(error_of(y, expected) < 1e-5);
    for (int twice = 0; twice < 2; ++twice)
      products.linear_backward(layer, r.rows, r.x.data(), r.w.data(), r.dy.data(), nullptr,
                               dw.data());
    expected = r.dw;
    for (double& v : expected) v *= 2;
    QVERIFY(error_of(dw, expected) < 1e-5);
  }

  void a_weight_that_became_zero_still_has_a_gradient() {
    Reference r(30, 40, 20, 0.8);
    const Pattern pattern(r.w);
    const Pattern* parts[] = {&pattern};
    const SparseLayer layer(parts, r.in);
    std::vector<float> zeros(r.w.size()), dw(r.dw.size());
    SparseProducts products;
    products.linear_backward(layer, r.rows, r.x.data(), zeros.data(), r.dy.data(), nullptr,
                             dw.data());
    QVERIFY(error_of(dw, r.dw) < 1e-5);
  }

  void stacked_matrices_are_one() {
    const Reference r(30, 40, 20, 0.8);
    const std::span<const float> w(r.w);
    const Pattern top(w.first(8 * r.in)), bottom(w.subspan(8 * r.in));
    const Pattern* parts[] = {&top, &bottom};
    const SparseLayer layer(parts, r.in);
    std::vector<float> y(r.y.size());
    SparseProducts().linear(layer, r.rows, r.x.data(), r.w.data(), y.data(), false);
    QVERIFY(error_of(y, r.y) < 1e-5);
  }
};

QTEST_APPLESS_MAIN(TestTrainSparseLinear)
#include "test_train_sparse_linear.moc"
