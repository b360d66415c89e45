#include <QTest>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "engine/checkpoint/ggml_blocks.h"
#include "engine/tensor/dtype.h"

using namespace sancho::engine;

namespace {

using Bytes = std::vector<std::byte>;

std::byte byte(unsigned value) {
  return static_cast<std::byte>(value);
}

void put_half(Bytes& bytes, std::size_t at, float value) {
  const std::uint16_t bits = float_to_half(value);
  std::memcpy(&bytes[at], &bits, sizeof bits);
}

/// Random bytes with the half-precision numbers at `halves` made ordinary.
Bytes random_block(std::size_t size, std::initializer_list<std::size_t> halves, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (std::byte& b : bytes) b = byte(random() & 0xff);
  for (const std::size_t at : halves)
    put_half(bytes, at, static_cast<float>(random() % 200) / 64 - 1.5f);
  return bytes;
}

std::vector<float> decoded(GgmlType type, const Bytes& bytes) {
  const GgmlLayout layout = ggml_layout(type);
  std::vector<float> values(bytes.size() / layout.bytes * layout.weights);
  decode_ggml(type, bytes, values);
  return values;
}

double half(const Bytes& bytes, std::size_t at) {
  std::uint16_t bits = 0;
  std::memcpy(&bits, &bytes[at], sizeof bits);
  return static_cast<double>(half_to_float(bits));
}

unsigned at(const Bytes& bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes[i]);
}

/// Bits [from, from + count) of the bytes taken as one little-endian number per `stride` bits.
unsigned bits(const Bytes& bytes, std::size_t byte_index, unsigned shift, unsigned count) {
  return at(bytes, byte_index) >> shift & ((1u << count) - 1);
}

/// Scale (`min` false) or minimum of group `g`, spelt out case by case.
unsigned group_scale(const Bytes& b, std::size_t first, std::size_t g, bool min) {
  switch (g) {
    case 0:
    case 1:
    case 2:
    case 3:
      return bits(b, first + g + (min ? 4 : 0), 0, 6);
    default:
      return bits(b, first + 4 + g, min ? 4 : 0, 4) + 16 * bits(b, first + (min ? g : g - 4), 6, 2);
  }
}

double largest_difference(const std::vector<float>& values, const std::vector<double>& expected) {
  double worst = values.size() == expected.size() ? 0 : 1e9;
  for (std::size_t i = 0; i < std::min(values.size(), expected.size()); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(values[i]) - expected[i]));
  return worst;
}

std::vector<float> bell_curve(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& v : values) {
    int sum = 0;
    for (int i = 0; i < 8; ++i) sum += static_cast<int>(random() & 0xffff) - 0x8000;
    v = static_cast<float>(sum) / 1e6f;
  }
  return values;
}

}  // namespace

class TestGgmlBlocks : public QObject {
  Q_OBJECT

 private slots:
  void q4_0_and_q8_0_blocks_decode_to_known_numbers();
  void q4_k_and_q5_k_decode_as_spelt_out();
  void q6_k_decodes_as_spelt_out();
  void half_and_brain_floats_decode_exactly();
  void encoding_known_numbers_gives_known_bytes();
  void encoded_weights_are_within_half_a_step();
  void what_decodes_encodes_to_itself();
  void zeros_stay_zeros();
  void weights_that_no_code_can_hold_are_refused();
  void formats_that_are_read_only_are_not_written();
};

void TestGgmlBlocks::q4_0_and_q8_0_blocks_decode_to_known_numbers() {
  Bytes q4(18);
  put_half(q4, 0, 0.5f);
  for (unsigned i = 0; i < 16; ++i) q4[2 + i] = byte(i | (15 - i) << 4);
  const auto four = decoded(GgmlType::q4_0, q4);
  QCOMPARE(four[0], -4.0f);
  QCOMPARE(four[9], 0.5f);
  QCOMPARE(four[15], 3.5f);
  QCOMPARE(four[16], 3.5f);
  QCOMPARE(four[31], -4.0f);

  Bytes q8(34);
  put_half(q8, 0, -0.25f);
  q8[2] = byte(0x80);
  q8[3] = byte(0x7f);
  q8[33] = byte(0xff);
  const auto eight = decoded(GgmlType::q8_0, q8);
  QCOMPARE(eight[0], 32.0f);
  QCOMPARE(eight[1], -31.75f);
  QCOMPARE(eight[2], 0.0f);
  QCOMPARE(eight[31], 0.25f);
}

void TestGgmlBlocks::q4_k_and_q5_k_decode_as_spelt_out() {
  for (unsigned seed = 1; seed <= 20; ++seed)
    for (const bool five : {false, true}) {
      const Bytes b = random_block(five ? 176 : 144, {0, 2}, seed);
      const std::size_t low = five ? 48 : 16;
      std::vector<double> expected;
      for (std::size_t g = 0; g < 8; ++g)
        for (std::size_t i = 0; i < 32; ++i) {
          unsigned code = bits(b, low + g / 2 * 32 + i, g % 2 ? 4 : 0, 4);
          if (five) code += 16 * bits(b, 16 + i, static_cast<unsigned>(g), 1);
          expected.push_back(half(b, 0) * group_scale(b, 4, g, false) * code -
                             half(b, 2) * group_scale(b, 4, g, true));
        }
      QVERIFY(largest_difference(decoded(five ? GgmlType::q5_k : GgmlType::q4_k, b), expected) <
              2e-3);
    }
}

void TestGgmlBlocks::q6_k_decodes_as_spelt_out() {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Bytes b = random_block(210, {208}, seed);
    std::vector<double> expected(256);
    for (std::size_t side = 0; side < 2; ++side)
      for (std::size_t i = 0; i < 32; ++i) {
        const std::size_t low = 64 * side + i, high = 128 + 32 * side + i;
        const unsigned codes[4] = {bits(b, low, 0, 4) + 16 * bits(b, high, 0, 2),
                                   bits(b, low + 32, 0, 4) + 16 * bits(b, high, 2, 2),
                                   bits(b, low, 4, 4) + 16 * bits(b, high, 4, 2),
                                   bits(b, low + 32, 4, 4) + 16 * bits(b, high, 6, 2)};
        for (std::size_t k = 0; k < 4; ++k) {
          const std::size_t place = 128 * side + 32 * k + i;
          const auto scale = static_cast<std::int8_t>(at(b, 192 + place / 16));
          expected[place] = half(b, 208) * scale * (static_cast<int>(codes[k]) - 32);
        }
      }
    QVERIFY(largest_difference(decoded(GgmlType::q6_k, b), expected) < 2e-3);
  }
}

void TestGgmlBlocks::half_and_brain_floats_decode_exactly() {
  Bytes two(4);
  put_half(two, 0, 1.0009765625f);
  put_half(two, 2, -65504.0f);
  QCOMPARE(decoded(GgmlType::f16, two), (std::vector<float>{1.0009765625f, -65504.0f}));
  const Bytes brain{byte(0x80), byte(0x3f), byte(0x49), byte(0xc0)};
  QCOMPARE(decoded(GgmlType::bf16, brain), (std::vector<float>{1.0f, -3.140625f}));
}

void TestGgmlBlocks::encoding_known_numbers_gives_known_bytes() {
  std::vector<float> values(32, 0.0f);
  values[0] = -4;
  values[1] = 1.3f;
  values[17] = 3.9f;  // above the largest code
  Bytes q4(18), expected(18, byte(0x88));
  put_half(expected, 0, 0.5f);
  expected[2] = byte(0x80);
  expected[3] = byte(0xfb);
  encode_ggml(GgmlType::q4_0, values, q4);
  QVERIFY(q4 == expected);

  values = std::vector<float>(32, 0.0f);
  values[3] = -127;
  values[4] = 62.6f;
  Bytes q8(34), wanted(34);
  put_half(wanted, 0, 1.0f);
  wanted[5] = byte(0x81);
  wanted[6] = byte(63);
  encode_ggml(GgmlType::q8_0, values, q8);
  QVERIFY(q8 == wanted);
}

void TestGgmlBlocks::encoded_weights_are_within_half_a_step() {
  const auto values = bell_curve(3200, 4);
  for (const GgmlType type : {GgmlType::q8_0, GgmlType::q4_0, GgmlType::f16, GgmlType::f32}) {
    const GgmlLayout layout = ggml_layout(type);
    Bytes bytes(values.size() / layout.weights * layout.bytes);
    encode_ggml(type, values, bytes);
    const auto back = decoded(type, bytes);
    for (std::size_t i = 0; i < values.size(); ++i) {
      float largest = 0;
      for (std::size_t k = i / 32 * 32; k < i / 32 * 32 + 32; ++k)
        largest = std::max(largest, std::abs(values[k]));
      // Codes of four bits end at 7/8 of the largest weight on the other side of zero.
      const float step = type == GgmlType::q8_0   ? largest / 127 * 0.51f
                         : type == GgmlType::q4_0 ? largest / 8 * 1.01f
                         : type == GgmlType::f16  ? std::abs(values[i]) / 2047 + 3e-8f  // subnormal
                                                  : 0;
      QVERIFY(std::abs(back[i] - values[i]) <= step);
    }
  }
}

void TestGgmlBlocks::what_decodes_encodes_to_itself() {
  const auto values = bell_curve(320, 9);
  for (const GgmlType type : {GgmlType::q8_0, GgmlType::q4_0}) {
    const GgmlLayout layout = ggml_layout(type);
    Bytes bytes(10 * layout.bytes), again(bytes.size());
    encode_ggml(type, values, bytes);
    encode_ggml(type, decoded(type, bytes), again);
    QVERIFY(decoded(type, again) == decoded(type, bytes));
  }
}

void TestGgmlBlocks::zeros_stay_zeros() {
  const std::vector<float> zeros(64, 0.0f);
  for (const GgmlType type : {GgmlType::q8_0, GgmlType::q4_0}) {
    Bytes bytes(2 * ggml_layout(type).bytes);
    encode_ggml(type, zeros, bytes);
    QCOMPARE(decoded(type, bytes), zeros);
  }
}

void TestGgmlBlocks::weights_that_no_code_can_hold_are_refused() {
  for (const GgmlType type : {GgmlType::q8_0, GgmlType::q4_0, GgmlType::f16})
    for (const float bad : {NAN, INFINITY, -INFINITY, 1e9f}) {
      std::vector<float> values(32, 1.0f);
      values[7] = bad;
      Bytes bytes(32 / ggml_layout(type).weights * ggml_layout(type).bytes);
      QVERIFY_THROWS_EXCEPTION(std::runtime_error, encode_ggml(type, values, bytes));
    }
}

void TestGgmlBlocks::formats_that_are_read_only_are_not_written() {
  const std::vector<float> values(256, 1.0f);
  for (const GgmlType type : {GgmlType::q4_k, GgmlType::q5_k, GgmlType::q6_k, GgmlType::bf16}) {
    Bytes bytes(512);
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, encode_ggml(type, values, bytes));
  }
  QVERIFY(!ggml_type_from_id(3));
  QVERIFY(!ggml_type_from_id(0xffffffff));
}

QTEST_APPLESS_MAIN(TestGgmlBlocks)
#include "test_ggml_blocks.moc"
