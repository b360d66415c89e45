#include <QtTest>
#include <cmath>
#include <random>

#include "engine/train/efcp.h"

using namespace sancho::engine;

namespace {

using Memory = EfcpMemory<double, double>;

EfcpOptions exact(Preconditioner preconditioner, std::size_t window, double damping) {
  EfcpOptions o;
  o.preconditioner = preconditioner;
  o.density = 1;
  o.window = window;
  o.damping = damping;
  o.jitter = 0;
  return o;
}

/// The preconditioned gradient of the last of `gradients`.
std::vector<double> last_step(const EfcpOptions& options,
                              const std::vector<std::vector<double>>& gradients) {
  const std::size_t n = gradients[0].size();
  ThreadPool pool(1);
  Memory memory(options, {n});
  std::vector<double> step(n);
  for (const auto& g : gradients) {
    std::vector<double> theta(n);
    const Memory::Tensor tensors[] = {{theta.data(), g.data(), 1, 0}};
    memory.step(tensors, pool);
    for (std::size_t i = 0; i < n; ++i) step[i] = -theta[i];
  }
  return step;
}

/// x with a·x = b (Gauss with pivots).
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i; r < n; ++r)
      if (std::abs(a[r][i]) > std::abs(a[pivot][i])) pivot = r;
    std::swap(a[i], a[pivot]);
    std::swap(b[i], b[pivot]);
    for (std::size_t r = 0; r < n; ++r) {
      if (r == i) continue;
      const double f = a[r][i] / a[i][i];
      for (std::size_t c = 0; c < n; ++c) a[r][c] -= f * a[i][c];
      b[r] -= f * b[i];
    }
  }
  for (std::size_t i = 0; i < n; ++i) b[i] /= a[i][i];
  return b;
}

std::vector<std::vector<double>> random_gradients(std::size_t count, std::size_t n) {
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> all(count, std::vector<double>(n));
  for (auto& g : all)
    for (double& x : g) x = normal(random);
  return all;
}

}  // namespace

class TestTrainEfcp : public QObject {
  Q_OBJECT
 private slots:
  void two_gradients_without_compression_data() {
    QTest::addColumn<int>("preconditioner");
    QTest::addColumn<QList<double>>("expected");
    QTest::addRow("M-FAC") << static_cast<int>(Preconditioner::mfac)
                           << QList<double>{.537634, 1.397849, -.322581};
    QTest::addRow("GGT") << static_cast<int>(Preconditioner::ggt)
                         << QList<double>{.206742, .805720, -.392235};
  }

  void two_gradients_without_compression() {
    QFETCH(int, preconditioner);
    QFETCH(QList<double>, expected);
    const auto u = last_step(exact(static_cast<Preconditioner>(preconditioner), 2, .1),
                             {{1, 0, 2}, {0, 1, -1}});
    for (int i = 0; i < 3; ++i)
      QVERIFY2(std::abs(u[static_cast<std::size_t>(i)] - expected[i]) < 1e-6,
               qPrintable(QString::number(u[static_cast<std::size_t>(i)], 'g', 9)));
  }

  /// Also while the window fills and after it has gone round.
  void mfac_inverts_the_damped_fisher_matrix() {
    constexpr std::size_t n = 12, window = 5;
    const auto gradients = random_gradients(8, n);
    for (const std::size_t count : {1, 3, 5, 8}) {
      const std::vector seen(gradients.begin(),
                             gradients.begin() + static_cast<std::ptrdiff_t>(count));
      std::vector fisher(n, std::vector<double>(n));
      for (std::size_t i = 0; i < n; ++i) {
        fisher[i][i] = .3;
        for (std::size_t j = 0; j < n; ++j)
          for (std::size_t g = count > window ? count - window : 0; g < count; ++g)
            fisher[i][j] += seen[g][i] * seen[g][j] / window;
      }
      const auto u = last_step(exact(Preconditioner::mfac, window, .3), seen);
      const auto expected = solve(fisher, seen.back());
      for (std::size_t i = 0; i < n; ++i) QVERIFY(std::abs(u[i] - expected[i]) < 1e-9);
    }
  }

  /// (ε + S^½)·u = c with S = Σ c·cᵀ, checked without taking a root.
  void ggt_takes_the_root_of_the_sum() {
    constexpr std::size_t n = 9, window = 4;
    const auto gradients = random_gradients(window, n);
    constexpr double epsilon = .2;
    const auto u = last_step(exact(Preconditioner::ggt, window, epsilon), gradients);
    // (c − εu) = S^½·u, hence |c − εu|² = uᵀ·S·u and S^½·(c − εu) = S·u.
    std::vector<double> root(n), product(n);
    double squares = 0, form = 0;
    for (std::size_t i = 0; i < n; ++i) {
      root[i] = gradients.back()[i] - epsilon * u[i];
      squares += root[i] * root[i];
      for (const auto& g : gradients) {
        double along = 0;
        for (std::size_t j = 0; j < n; ++j) along += g[j] * u[j];
        product[i] += g[i] * along;
      }
      form += u[i] * product[i];
    }
    QVERIFY2(std::abs(squares - form) < 1e-9 * squares, "S^½·u has the wrong length");
    // S^½·root·root = root·S·u … and S^½ is positive: rootᵀ·u > 0.
    double along = 0;
    for (std::size_t i = 0; i < n; ++i) along += root[i] * u[i];
    QVERIFY(along > 0);
  }

  void what_is_not_kept_comes_back_as_error() {
    EfcpOptions o = exact(Preconditioner::mfac, 3, .5);
    o.density = 0.25;
    ThreadPool pool(1);
    Memory memory(o, {8});
    const auto gradients = random_gradients(5, 8);
    std::vector<double> seen(8), kept(8), theta(8);
    for (std::size_t t = 0; t < gradients.size(); ++t) {
      const Memory::Tensor tensors[] = {{theta.data(), gradients[t].data(), 1, 0}};
      memory.step(tensors, pool);
      const auto state = memory.state();
      const auto* offsets = reinterpret_cast<const std::uint16_t*>(state[0].data.data());
      const auto* values = reinterpret_cast<const double*>(state[1].data.data());
      for (std::size_t i = 0; i < 8; ++i) seen[i] += gradients[t][i];
      for (std::size_t j = t % 3 * 2; j < t % 3 * 2 + 2; ++j) kept[offsets[j]] += values[j];
      const auto* error = reinterpret_cast<const double*>(state[2].data.data());
      for (std::size_t i = 0; i < 8; ++i) QVERIFY(std::abs(seen[i] - kept[i] - error[i]) < 1e-12);
    }
  }

  void threads_do_not_change_the_result_and_state_restores_it() {
    for (const auto preconditioner : {Preconditioner::mfac, Preconditioner::ggt}) {
      EfcpOptions o;
      o.preconditioner = preconditioner;
      o.window = 6;
      std::vector<std::vector<float>> results;
      for (const unsigned threads : {1u, 3u}) {
        ThreadPool pool(threads);
        const std::vector<std::size_t> sizes{70000, 1001};
        auto optimizer = std::make_unique<Efcp>(o, sizes);
        std::mt19937 random(9);
        std::normal_distribution<float> normal(0, 1e-2f);
        std::vector<float> theta(71001, 1.0f), g(71001);
        for (int t = 0; t < 10; ++t) {
          if (t == 7 && threads == 3) {  // as a resumed run does
            auto other = std::make_unique<Efcp>(o, sizes);
            const auto from = optimizer->state(), to = other->state();
            for (std::size_t i = 0; i < from.size(); ++i)
              std::ranges::copy(from[i].data, to[i].data.begin());
            optimizer = std::move(other);
          }
          for (float& x : g) x = normal(random);
          const ParameterSpan spans[] = {{theta.data(), g.data(), 70000, true},
                                         {theta.data() + 70000, g.data() + 70000, 1001, false}};
          optimizer->step(spans, 1e-4, pool);
        }
        results.push_back(theta);
      }
      QVERIFY(results[0] == results[1]);
      QVERIFY(std::ranges::all_of(results[0], [](float x) { return std::isfinite(x); }));
    }
  }

  void state_is_what_the_header_says() {
    Efcp optimizer({}, {1024 * 256, 704 * 256});
    const double each = static_cast<double>(optimizer.bytes()) / (1024 * 256 + 704 * 256);
    QVERIFY2(each < 9.5, qPrintable(QString::number(each)));
  }

  void a_stretched_quadratic_is_minimised() {
    ThreadPool pool(2);
    constexpr std::size_t n = 400;
    for (const auto preconditioner : {Preconditioner::mfac, Preconditioner::ggt}) {
      EfcpOptions o;
      o.preconditioner = preconditioner;
      o.density = 0.1;
      o.window = 20;
      o.damping = preconditioner == Preconditioner::mfac ? 1e-2 : 1e-1;
      Efcp optimizer(o, {n});
      std::vector<float> theta(n, 1.0f), g(n);
      const auto curvature = [](std::size_t i) { return i % 2 == 0 ? 1.0f : 0.05f; };
      const auto loss = [&] {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i)
          sum += static_cast<double>(curvature(i) * theta[i] * theta[i]);
        return sum;
      };
      const double before = loss();
      for (int t = 0; t < 400; ++t) {
        for (std::size_t i = 0; i < n; ++i) g[i] = curvature(i) * theta[i];
        const ParameterSpan spans[] = {{theta.data(), g.data(), n, true}};
        optimizer.step(spans, 0.4, pool);
      }
      QVERIFY2(loss() < 0.1 * before, qPrintable(QString::number(loss() / before)));
    }
  }
};

QTEST_APPLESS_MAIN(TestTrainEfcp)
#include "test_train_efcp.moc"
