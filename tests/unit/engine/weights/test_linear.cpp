#include <QTest>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "engine/kernels/isa.h"
#include "engine/tensor/fp8.h"
#include "engine/weights/linear.h"

using namespace sancho::engine;

namespace {

struct Matrix {
  std::vector<float> values;
  std::size_t rows, cols;

  Matrix(std::size_t r, std::size_t c) : values(r * c), rows(r), cols(c) {}
  MatrixView<float> view() { return {values.data(), rows, cols}; }
  MatrixView<const float> view() const { return {values.data(), rows, cols}; }
  float operator()(std::size_t r, std::size_t c) const { return values[r * cols + c]; }
};

Matrix random_matrix(std::size_t rows, std::size_t cols, double zeros, std::mt19937& rng) {
  Matrix m(rows, cols);
  std::normal_distribution<float> normal;
  std::bernoulli_distribution dropped(zeros);
  for (float& v : m.values) v = dropped(rng) ? 0.0f : normal(rng);
  return m;
}

Matrix product(const Linear& layer, const Matrix& x, ThreadPool& pool) {
  Matrix y(x.rows, layer.out_features());
  std::ranges::fill(y.values, -777.0f);
  layer.forward(x.view(), y.view(), pool);
  return y;
}

Matrix dense(const Linear& layer) {
  Matrix w(layer.out_features(), layer.in_features());
  layer.to_dense(w.view());
  return w;
}

bool is_integer(Storage storage) {
  return storage != Storage::f32 && storage != Storage::bf16 && storage != Storage::fp8;
}

/// How far a product may lie from Σ w·x in double: half a code of each activation for the integer
/// storages, a sixteenth of it (or half the smallest number) for FP8, and float rounding for all.
double bound(Storage storage, const Matrix& w, std::size_t r, const Matrix& x, std::size_t t) {
  double magnitude = 0.0, weights = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < w.cols; ++i) {
    magnitude += std::abs(double(w(r, i)) * x(t, i));
    weights += std::abs(double(w(r, i)));
    largest = std::max(largest, std::abs(double(x(t, i))));
  }
  if (storage == Storage::fp8)
    return 1.0001 / 16 * magnitude + largest / 448 * 0x1p-10 * weights + 1e-9;
  return 2e-6 * magnitude + 1e-9 + (is_integer(storage) ? 0.5001 * largest / 127.0 * weights : 0.0);
}

bool within_bound(const Linear& layer, const Matrix& x, const Matrix& y) {
  const Matrix w = dense(layer);
  for (std::size_t t = 0; t < x.rows; ++t)
    for (std::size_t r = 0; r < w.rows; ++r) {
      double want = 0.0;
      for (std::size_t i = 0; i < w.cols; ++i) want += double(w(r, i)) * x(t, i);
      const double limit = bound(layer.storage(), w, r, x, t);
      if (std::abs(y(t, r) - want) <= limit) continue;
      qWarning("[%zu, %zu] token %zu row %zu: got %.9g, want %.9g ± %.3g", w.rows, w.cols, t, r,
               double(y(t, r)), want, limit);
      return false;
    }
  return true;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.values.size() == b.values.size() &&
         std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

std::vector<Isa> usable_isas() {
  cap_isa(Isa::avx512);
  std::vector<Isa> isas;
  for (const Isa isa : kIsas)
    if (kernels_of(isa)) isas.push_back(isa);
  return isas;
}

const Storage kStorages[] = {Storage::f32,        Storage::bf16, Storage::fp8,
                             Storage::int8,       Storage::int4, Storage::sparse_int8,
                             Storage::sparse_int4};
constexpr std::size_t kGroups[] = {32, 64, 128};

}  // namespace

class TestLinear : public QObject {
  Q_OBJECT

 private slots:
  void cleanup() { cap_isa(Isa::avx512); }

  /// 200 shapes, ragged ones among them, in every instruction set, with 1, 2 and 3 threads.
  void products_agree_with_double_within_the_bound_of_the_storage_data() {
    QTest::addColumn<int>("storage");
    for (const Storage storage : kStorages)
      QTest::newRow(format_name({storage, 0.5}).c_str()) << static_cast<int>(storage);
  }
  void products_agree_with_double_within_the_bound_of_the_storage() {
    QFETCH(int, storage);
    const auto kind = static_cast<Storage>(storage);
    const auto isas = usable_isas();
    ThreadPool one(1), two(2), three(3);
    std::mt19937 rng(11);
    for (int shape = 0; shape < 200; ++shape) {
      const auto pick = [&](std::size_t from, std::size_t to) {
        return std::uniform_int_distribution<std::size_t>(from, to)(rng);
      };
      const std::size_t out = pick(1, 70), in = shape % 4 ? pick(1, 300) : 64 * pick(1, 18);
      const std::size_t tokens = shape % 10 == 0 ? pick(5, 140) : pick(1, 9);
      const double zeros = std::uniform_real_distribution<double>(0.0, 1.0)(rng);
      const auto layer =
          make_linear(kind, random_matrix(out, in, zeros, rng).view(), kGroups[shape % 3]);
      const Matrix x = random_matrix(tokens, in, 0.1, rng);
      std::optional<Matrix> reference;
      for (const Isa isa : isas) {
        cap_isa(isa);
        const Matrix y = product(*layer, x, one);
        QVERIFY2(within_bound(*layer, x, y), isa_name(isa).data());
        QVERIFY2(same_bits(y, product(*layer, x, two)), isa_name(isa).data());
        QVERIFY2(same_bits(y, product(*layer, x, three)), isa_name(isa).data());
        if (is_integer(kind) && reference) QVERIFY2(same_bits(y, *reference), isa_name(isa).data());
        reference = y;
      }
    }
  }

  /// Batches of 1 to 70 tokens, with 1, 2 and 3 threads in turn; shapes whose rows, columns and
  /// blocks of groups come out even in no kernel, and one whose do.
  void one_token_gives_the_same_bits_alone_and_in_a_batch_data() {
    QTest::addColumn<int>("storage");
    for (const Storage storage : kStorages)
      QTest::newRow(storage_name(storage).data()) << static_cast<int>(storage);
  }
  void one_token_gives_the_same_bits_alone_and_in_a_batch() {
    QFETCH(int, storage);
    std::mt19937 rng(12);
    ThreadPool pools[] = {ThreadPool(1), ThreadPool(2), ThreadPool(3)};
    const std::pair<std::size_t, std::size_t> shapes[] = {{37, 333}, {9, 1390}, {16, 1024}};
    for (const auto& [out, in] : shapes) {
      const auto layer =
          make_linear(static_cast<Storage>(storage), random_matrix(out, in, 0.5, rng).view());
      const Matrix x = random_matrix(70, in, 0.0, rng);
      for (const Isa isa : usable_isas()) {
        cap_isa(isa);
        Matrix alone(x.rows, out);
        for (std::size_t t = 0; t < x.rows; ++t)
          layer->forward({x.view().row(t).data(), 1, in}, {alone.view().row(t).data(), 1, out},
                         pools[0]);
        const std::size_t step = isa == Isa::scalar ? 23 : 1;
        for (std::size_t tokens = 1; tokens <= x.rows; tokens += step) {
          Matrix together(tokens, out);
          layer->forward({x.values.data(), tokens, in}, together.view(), pools[tokens % 3]);
          QVERIFY2(std::memcmp(together.values.data(), alone.values.data(),
                               together.values.size() * sizeof(float)) == 0,
                   qPrintable(QString("%1: %2 tokens").arg(isa_name(isa).data()).arg(tokens)));
        }
      }
    }
  }

  void sparse_gives_the_bits_of_dense_data() {
    QTest::addColumn<int>("sparse");
    QTest::addColumn<int>("group");
    QTest::newRow("int8") << static_cast<int>(Storage::sparse_int8) << 64;
    for (const std::size_t group : kGroups)
      QTest::addRow("int4, groups of %zu", group)
          << static_cast<int>(Storage::sparse_int4) << static_cast<int>(group);
  }
  void sparse_gives_the_bits_of_dense() {
    QFETCH(int, sparse);
    QFETCH(int, group);
    const auto kind = static_cast<Storage>(sparse);
    const auto columns = static_cast<std::size_t>(group);
    std::mt19937 rng(13);
    ThreadPool pool(2);
    for (const Isa isa : usable_isas())
      for (const double zeros : {0.0, 0.5, 0.9, 1.0})
        for (const std::size_t in : {1u, 64u, 65u, 200u, 1408u}) {
          cap_isa(isa);
          const Matrix w = random_matrix(21, in, zeros, rng);
          const auto plain = make_linear(dense_storage(kind), w.view(), columns);
          const auto packed = make_linear(kind, w.view(), columns);
          // A layer made under another set than the one that multiplies keeps its form.
          cap_isa(Isa::avx512);
          const auto native = make_linear(kind, w.view(), columns);
          cap_isa(isa);
          QCOMPARE(packed->nonzeros(), plain->nonzeros());
          QVERIFY(same_bits(dense(*packed), dense(*plain)));
          for (const std::size_t tokens : {1u, 3u, 15u}) {
            const Matrix x = random_matrix(tokens, in, 0.0, rng);
            QVERIFY(same_bits(product(*packed, x, pool), product(*plain, x, pool)));
            QVERIFY(same_bits(product(*native, x, pool), product(*plain, x, pool)));
          }
        }
  }

  /// Codes of 127 against activations of 127 would saturate 16-bit sums of products of bytes.
  void extreme_codes_do_not_saturate() {
    ThreadPool pool(1);
    const std::size_t in = 500;
    for (const float sign : {1.0f, -1.0f}) {
      Matrix w(5, in), x(5, in);
      std::ranges::fill(w.values, 127.0f * sign);
      std::ranges::fill(x.values, 127.0f);
      for (const Storage storage : {Storage::int8, Storage::sparse_int8})
        for (const Isa isa : usable_isas()) {
          cap_isa(isa);
          const auto layer = make_linear(storage, w.view());
          for (const float v : product(*layer, x, pool).values)
            QCOMPARE(v, 127.0f * 127.0f * static_cast<float>(in) * sign);
        }
    }
  }

  /// Codes of −8 against activations of ±127 in the longest run of sums that stay in 16 bits.
  void extreme_4_bit_codes_do_not_saturate() {
    ThreadPool pool(1);
    const std::size_t in = 4096;
    const std::vector<std::int8_t> codes(5 * in, -8);
    for (const std::size_t group : kGroups) {
      const std::vector<float> scales(5 * in / group, 1.0f);
      for (const float sign : {1.0f, -1.0f}) {
        Matrix x(1, in);
        std::ranges::fill(x.values, 127.0f * sign);
        for (const Storage storage : {Storage::int4, Storage::sparse_int4})
          for (const Isa isa : usable_isas()) {
            cap_isa(isa);
            const auto layer = make_linear_from_codes(storage, {codes.data(), 5, in},
                                                      {scales.data(), 5, in / group}, group);
            for (const float v : product(*layer, x, pool).values)
              QCOMPARE(v, -8.0f * 127.0f * static_cast<float>(in) * sign);
          }
      }
    }
  }

  void strided_activations_and_outputs_are_left_alone_between_rows() {
    std::mt19937 rng(14);
    ThreadPool pool(2);
    const Matrix w = random_matrix(9, 40, 0.5, rng);
    for (const Storage storage : kStorages) {
      const auto layer = make_linear(storage, w.view());
      const Matrix x = random_matrix(6, 40, 0.0, rng);
      Matrix wide_x(6, 55), wide_y(6, 13);
      std::ranges::fill(wide_y.values, -5.0f);
      std::ranges::fill(wide_x.values, 1e9f);
      for (std::size_t t = 0; t < 6; ++t)
        std::ranges::copy(x.view().row(t), wide_x.view().row(t).begin());
      layer->forward({wide_x.values.data(), 6, 40, 55}, {wide_y.values.data(), 6, 9, 13}, pool);
      const Matrix y = product(*layer, x, pool);
      for (std::size_t t = 0; t < 6; ++t)
        for (std::size_t r = 0; r < 13; ++r) QCOMPARE(wide_y(t, r), r < 9 ? y(t, r) : -5.0f);
    }
  }

  void int8_rounds_as_published() {
    const Matrix w = [] {
      Matrix m(1, 4);
      m.values = {0.03f, -1.27f, 0.5f, 0.635f};
      return m;
    }();
    const Matrix stored = dense(*make_linear(Storage::int8, w.view()));
    const float codes[] = {3, -127, 50, 64};
    for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(stored(0, i) - 0.01f * codes[i]) < 1e-7f);
  }

  void int4_rounds_as_published() {
    Matrix w(1, 4);
    w.values = {0.3f, -1.2f, 0.45f, 0.9f};
    const float scale = 0.15991211f, codes[] = {2, -8, 3, 6};
    for (const Storage storage : {Storage::int4, Storage::sparse_int4}) {
      const Matrix stored = dense(*make_linear(storage, w.view()));
      for (std::size_t i = 0; i < 4; ++i) QCOMPARE(stored(0, i), codes[i] * scale);
    }
  }

  void codes_given_are_the_codes_stored() {
    std::mt19937 rng(17);
    const std::size_t out = 7, in = 300;
    for (const Storage storage :
         {Storage::int8, Storage::sparse_int8, Storage::int4, Storage::sparse_int4}) {
      const bool four = is_int4(storage);
      for (const std::size_t group : kGroups) {
        const std::size_t groups = four ? (in + group - 1) / group : 1;
        std::vector<std::int8_t> codes(out * in);
        for (auto& c : codes)
          c = static_cast<std::int8_t>(four ? int(rng() % 16) - 8 : int(rng() % 255) - 127);
        std::vector<float> scales(out * groups);
        for (float& s : scales) s = static_cast<float>(rng() % 200) / 64.0f - 1.0f;
        const auto make = [&](std::size_t columns) {
          return make_linear_from_codes(storage, {codes.data(), out, in},
                                        {scales.data(), out, columns}, group);
        };
        const Matrix w = dense(*make(groups));
        for (std::size_t r = 0; r < out; ++r)
          for (std::size_t i = 0; i < in; ++i)
            QCOMPARE(w(r, i), codes[r * in + i] * scales[r * groups + (four ? i / group : 0)]);
        QVERIFY_EXCEPTION_THROWN(make(groups + 1), std::invalid_argument);
        codes[9] = -128;
        QVERIFY_EXCEPTION_THROWN(make(groups), std::invalid_argument);
      }
    }
    const std::int8_t code = 1;
    const float scale = 1;
    QVERIFY_EXCEPTION_THROWN(make_linear_from_codes(Storage::f32, {&code, 1, 1}, {&scale, 1, 1}),
                             std::invalid_argument);
  }

  void activation_that_is_not_finite_gives_a_result_that_is_not_a_number() {
    std::mt19937 rng(15);
    ThreadPool pool(1);
    Matrix x = random_matrix(2, 80, 0.0, rng);
    x.values[5] = std::numeric_limits<float>::infinity();
    for (const Storage storage :
         {Storage::int8, Storage::sparse_int8, Storage::int4, Storage::sparse_int4})
      for (const Isa isa : usable_isas()) {
        cap_isa(isa);
        const Matrix y =
            product(*make_linear(storage, random_matrix(6, 80, 0.5, rng).view()), x, pool);
        for (std::size_t r = 0; r < 6; ++r) QVERIFY(std::isnan(y(0, r)) && std::isfinite(y(1, r)));
      }
  }

  void rounding_to_fp8_finds_the_nearest_number() {
    std::vector<float> numbers;
    for (unsigned code = 0; code < 0x7f; ++code) {
      const float number = fp8_to_float(static_cast<std::uint8_t>(code));
      QCOMPARE(unsigned{fp8_code(number)}, code);
      QCOMPARE(unsigned{fp8_code(-number)}, code | 0x80);
      QCOMPARE(round_to_fp8(number), number);
      QVERIFY(numbers.empty() || number > numbers.back());
      numbers.push_back(number);
    }
    QCOMPARE(numbers[1], 0x1p-9f);
    QCOMPARE(numbers[0x38], 1.0f);
    QCOMPARE(numbers.back(), kFp8Max);
    for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
      const float low = numbers[i], high = numbers[i + 1], middle = (low + high) / 2;
      QCOMPARE(round_to_fp8(middle), i % 2 ? high : low);
      QCOMPARE(round_to_fp8(std::nextafter(middle, 0.0f)), low);
      QCOMPARE(round_to_fp8(-std::nextafter(middle, 500.0f)), -high);
    }
    QCOMPARE(round_to_fp8(1e9f), kFp8Max);
    QVERIFY(std::isnan(round_to_fp8(std::nanf(""))));
  }

  void weights_that_are_not_finite_are_refused_by_integer_storages() {
    Matrix w(2, 3);
    w.values[4] = std::numeric_limits<float>::quiet_NaN();
    for (const Storage storage :
         {Storage::fp8, Storage::int8, Storage::sparse_int8, Storage::int4, Storage::sparse_int4})
      QVERIFY_EXCEPTION_THROWN(make_linear(storage, w.view()), std::runtime_error);
    w.values[4] = 1e30f;
    for (const Storage storage : {Storage::int4, Storage::sparse_int4})
      QVERIFY_EXCEPTION_THROWN(make_linear(storage, w.view()), std::runtime_error);
  }

  void adapter_adds_its_low_rank_product() {
    std::mt19937 rng(16);
    ThreadPool pool(2);
    const Matrix w = random_matrix(33, 70, 0.5, rng), a = random_matrix(4, 70, 0.0, rng),
                 b = random_matrix(33, 4, 0.0, rng), x = random_matrix(5, 70, 0.0, rng);
    for (const Storage storage : kStorages) {
      const std::shared_ptr<const Linear> base = make_linear(storage, w.view());
      const auto adapted = make_lora_linear(base, a.view(), b.view(), 0.25f);
      const Matrix y0 = product(*base, x, pool), y = product(*adapted, x, pool);
      const Matrix w0 = dense(*base), w1 = dense(*adapted);
      for (std::size_t r = 0; r < 33; ++r) {
        for (std::size_t t = 0; t < 5; ++t) {
          double want = y0(t, r);
          for (std::size_t k = 0; k < 4; ++k)
            for (std::size_t i = 0; i < 70; ++i)
              want += 0.25 * double(b(r, k)) * double(a(k, i)) * double(x(t, i));
          QVERIFY(std::abs(y(t, r) - want) < 1e-4);
        }
        for (std::size_t i = 0; i < 70; ++i) {
          double want = w0(r, i);
          for (std::size_t k = 0; k < 4; ++k) want += 0.25 * double(b(r, k)) * double(a(k, i));
          QVERIFY(std::abs(w1(r, i) - want) < 1e-5);
        }
      }
    }
    const std::shared_ptr<const Linear> base = make_linear(Storage::f32, w.view());
    QVERIFY_EXCEPTION_THROWN(make_lora_linear(base, b.view(), a.view(), 1.0f), std::runtime_error);
  }

  void layers_that_share_an_input_give_the_bits_of_each_alone() {
    std::mt19937 rng(17);
    const Matrix a = random_matrix(3, 90, 0.0, rng), b = random_matrix(21, 3, 0.0, rng);
    std::vector<std::shared_ptr<const Linear>> layers;
    for (const Storage storage : kStorages)
      layers.push_back(make_linear(storage, random_matrix(37, 90, 0.5, rng).view()));
    layers.push_back(make_linear(Storage::int8, random_matrix(21, 90, 0.5, rng).view()));
    layers.push_back(make_lora_linear(layers.back(), a.view(), b.view(), 0.5f));
    Activations input;
    for (const unsigned threads : {1u, 2u, 3u, 5u})
      for (const std::size_t tokens : {40u, 1u, 7u}) {
        ThreadPool pool(threads);
        const Matrix x = random_matrix(tokens, 90, 0.0, rng);
        std::vector<Matrix> together;
        for (const auto& layer : layers) together.emplace_back(tokens, layer->out_features());
        std::vector<Product> products;
        for (std::size_t i = 0; i < layers.size(); ++i)
          products.push_back({layers[i].get(), together[i].view()});
        input.set(x.view());
        forward_all(products, input, pool);
        for (std::size_t i = 0; i < layers.size(); ++i)
          QVERIFY(same_bits(together[i], product(*layers[i], x, pool)));
      }
  }

  void format_names_are_the_words_of_the_command_line() {
    for (const char* name :
         {"f32", "bf16", "int8", "int4", "int4-g32", "int4-g128", "sparse50-int8", "sparse70-int8",
          "sparse50-int4", "sparse70-int4-g128", "2of4-int4", "2of4-int8"})
      QCOMPARE(QString::fromStdString(format_name(format_from_name(name))), QString(name));
    for (const char* name : {"", "f16", "sparse-int8", "sparse100-int8", "sparse-5-int8",
                             "sparse5x-int8", "sparse50-f32", "int8-g32", "int4-g48", "int4-g64x",
                             "2of4", "int4-g", "sparse50-sparse-int8"})
      QVERIFY_EXCEPTION_THROWN(format_from_name(name), std::invalid_argument);
  }
};

QTEST_APPLESS_MAIN(TestLinear)
#include "test_linear.moc"
