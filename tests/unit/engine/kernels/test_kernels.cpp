#include <QTest>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "engine/kernels/dispatch.h"
#include "engine/kernels/vector_ops.h"
#include "engine/tensor/dtype.h"

using namespace sancho::engine;

namespace {

constexpr std::size_t kLengths[] = {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 200, 1000};

std::vector<float> random_vector(std::size_t n, std::mt19937& rng, float spread = 1.0f) {
  std::normal_distribution<float> normal(0.0f, spread);
  std::vector<float> v(n);
  for (float& x : v) x = normal(rng);
  return v;
}

bool close(double got, double want, double tolerance) {
  if (std::abs(got - want) <= tolerance) return true;
  qWarning("got %.9g, want %.9g, tolerance %.3g", got, want, tolerance);
  return false;
}

}  // namespace

/// Every test runs once per instruction set that this machine has.
class TestKernels : public QObject {
  Q_OBJECT

  static const KernelTable* table() {
    QFETCH_GLOBAL(int, isa);
    return kernels_of(static_cast<Isa>(isa));
  }

 private slots:
  void initTestCase_data() {
    QTest::addColumn<int>("isa");
    for (const Isa isa : kIsas)
      if (kernels_of(isa))
        QTest::newRow(std::string(isa_name(isa)).c_str()) << static_cast<int>(isa);
  }

  void dot_and_axpy_agree_with_double() {
    std::mt19937 rng(1);
    for (const std::size_t n : kLengths) {
      const auto a = random_vector(n, rng), b = random_vector(n, rng);
      double want = 0.0, magnitude = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        want += double(a[i]) * b[i];
        magnitude += std::abs(double(a[i]) * b[i]);
      }
      QVERIFY(close(table()->dot(a.data(), b.data(), n), want, 1e-6 * magnitude + 1e-7));
      auto y = b;
      table()->axpy(1.5f, a.data(), y.data(), n);
      for (std::size_t i = 0; i < n; ++i)
        QVERIFY(close(y[i], 1.5 * a[i] + b[i], 1e-6 * (std::abs(1.5 * a[i]) + std::abs(b[i]))));
    }
  }

  void rms_norm_agrees_with_double() {
    std::mt19937 rng(2);
    for (const std::size_t n : kLengths) {
      auto x = random_vector(n, rng, 3.0f);
      const auto weight = random_vector(n, rng);
      double square = 0.0;
      for (const float v : x) square += double(v) * v;
      const double factor = 1.0 / std::sqrt(square / double(n) + 1e-5);
      auto out = x;
      table()->rms_norm(out.data(), weight.data(), 1e-5f, out.data(), n);
      for (std::size_t i = 0; i < n; ++i) {
        const double want = x[i] * factor * weight[i];
        QVERIFY(close(out[i], want, 2e-6 * std::abs(want) + 1e-12));
      }
    }
  }

  void softmax_agrees_with_double() {
    std::mt19937 rng(3);
    for (const std::size_t n : kLengths) {
      auto x = random_vector(n, rng, 10.0f);
      double top = -1e30, sum = 0.0;
      for (const float v : x) top = std::max(top, double(v));
      for (const float v : x) sum += std::exp(v - top);
      auto out = x;
      table()->softmax(out.data(), n);
      double total = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        const double want = std::exp(x[i] - top) / sum;
        QVERIFY(close(out[i], want, 4e-6 * want + 1e-30));
        total += out[i];
      }
      QVERIFY(close(total, 1.0, 1e-5));
    }
  }

  void softmax_gives_masked_entries_zero() {
    for (const std::size_t n : kLengths) {
      std::vector<float> x(n, -std::numeric_limits<float>::infinity());
      x[n / 2] = -3.0f;
      table()->softmax(x.data(), n);
      for (std::size_t i = 0; i < n; ++i) QCOMPARE(x[i], i == n / 2 ? 1.0f : 0.0f);
    }
  }

  void silu_agrees_with_double_over_the_whole_range() {
    std::vector<float> gate;
    for (double v = -120.0; v <= 120.0; v += 0.037) gate.push_back(static_cast<float>(v));
    const std::vector<float> up(gate.size(), 2.0f);
    std::vector<float> out(gate.size());
    table()->silu_mul(gate.data(), up.data(), out.data(), gate.size());
    for (std::size_t i = 0; i < gate.size(); ++i) {
      const double want = 2.0 * gate[i] / (1.0 + std::exp(-double(gate[i])));
      QVERIFY(close(out[i], want, 2e-6 * std::abs(want) + 1e-34));
    }
  }

  void silu_keeps_what_is_not_a_number() {
    std::vector<float> gate(20, std::numeric_limits<float>::quiet_NaN()), up(20, 1.0f), out(20);
    table()->silu_mul(gate.data(), up.data(), out.data(), gate.size());
    for (const float v : out) QVERIFY(std::isnan(v));
  }

  void rope_turns_pairs_half_a_head_apart() {
    std::mt19937 rng(4);
    for (const std::size_t half : {1u, 4u, 8u, 12u, 16u, 24u, 32u, 64u}) {
      const auto x = random_vector(2 * half, rng), angle = random_vector(half, rng, 2.0f);
      std::vector<float> cos(half), sin(half);
      for (std::size_t i = 0; i < half; ++i) {
        cos[i] = std::cos(angle[i]);
        sin[i] = std::sin(angle[i]);
      }
      auto out = x;
      table()->rope(out.data(), cos.data(), sin.data(), half);
      for (std::size_t i = 0; i < half; ++i) {
        const double a = x[i], b = x[i + half];
        QVERIFY(close(out[i], a * cos[i] - b * sin[i], 1e-6));
        QVERIFY(close(out[i + half], b * cos[i] + a * sin[i], 1e-6));
      }
    }
  }

  void quantized_codes_are_the_same_in_every_instruction_set() {
    std::mt19937 rng(5);
    for (const std::size_t n : kLengths) {
      auto x = random_vector(n, rng, std::pow(10.0f, float(int(n % 9)) - 4.0f));
      if (n > 8) x[3] = x[4] = 0.0f;
      const std::size_t padded = (n + 63) / 64 * 64;
      std::vector<std::uint8_t> want(padded, 7), got(padded, 9);
      const float scale = kernels_of(Isa::scalar)->quantize(x.data(), n, padded, want.data());
      QCOMPARE(table()->quantize(x.data(), n, padded, got.data()), scale);
      QVERIFY(got == want);
      for (std::size_t i = 0; i < padded; ++i) {
        QVERIFY(got[i] >= 1);
        const double value = i < n ? x[i] : 0.0;
        QVERIFY(close((int(got[i]) - 128) * double(scale), value, 0.5001 * scale));
      }
    }
  }

  void quantized_ties_go_to_even() {
    std::vector<float> x(20, 0.0f);
    x[0] = 127.0f, x[1] = 0.5f, x[2] = 1.5f, x[3] = 2.5f, x[4] = -0.5f, x[5] = -1.5f, x[17] = 63.5f;
    std::vector<std::uint8_t> codes(64);
    QCOMPARE(table()->quantize(x.data(), 20, 64, codes.data()), 1.0f);
    const int want[] = {127, 0, 2, 2, 0, -2};
    for (int i = 0; i < 6; ++i) QCOMPARE(int(codes[std::size_t(i)]) - 128, want[i]);
    QCOMPARE(int(codes[17]) - 128, 64);
  }

  void activations_that_are_not_finite_or_zero_quantize_to_zero_codes() {
    for (const float odd :
         {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
          std::numeric_limits<float>::quiet_NaN(), 1e-40f}) {
      std::vector<float> x(70, odd == 1e-40f ? 0.0f : 1.0f);
      x[66] = odd;
      std::vector<std::uint8_t> codes(128);
      const float scale = table()->quantize(x.data(), x.size(), 128, codes.data());
      if (odd == 1e-40f)
        QCOMPARE(scale, 0.0f);
      else
        QVERIFY(std::isnan(scale));
      for (const std::uint8_t code : codes) QCOMPARE(int(code), 128);
    }
  }

  void half_precision_survives_a_round_trip() {
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
      const auto half = static_cast<std::uint16_t>(bits);
      const float value = half_to_float(half);
      if (std::isnan(value))
        QVERIFY(std::isnan(half_to_float(float_to_half(value))));
      else
        QCOMPARE(float_to_half(value), half);
    }
    QCOMPARE(half_to_float(0x3c00), 1.0f);
    QCOMPARE(half_to_float(0x0001), 0x1p-24f);
    QCOMPARE(float_to_half(65520.0f), std::uint16_t{0x7c00});
    QCOMPARE(float_to_half(65519.0f), std::uint16_t{0x7bff});
    QCOMPARE(float_to_half(1.0f + 0x1p-11f), std::uint16_t{0x3c00});
    QCOMPARE(float_to_half(1.0f + 0x3p-11f), std::uint16_t{0x3c02});
  }

  void capped_instruction_set_is_never_exceeded() {
    cap_isa(Isa::avx2);
    QVERIFY(active_isa() <= Isa::avx2);
    cap_isa(Isa::scalar);
    QCOMPARE(active_isa(), Isa::scalar);
    QCOMPARE(&kernels(), kernels_of(Isa::scalar));
    cap_isa(Isa::avx512);
    QCOMPARE(&kernels(), kernels_of(active_isa()));
    QCOMPARE(isa_from_name("avx2"), Isa::avx2);
    QVERIFY_EXCEPTION_THROWN(isa_from_name("sse9"), std::invalid_argument);
  }
};

QTEST_APPLESS_MAIN(TestKernels)
#include "test_kernels.moc"
