#include <QTemporaryDir>
#include <QTest>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "../reference_data.h"
#include "engine/checkpoint/gguf.h"

using namespace sancho::engine;
namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  fs::remove(path);  // some file systems sync a file that is overwritten
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A GGUF file put together by hand, so that it can lie.
class ByHand {
 public:
  template <class T>
  ByHand& put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  ByHand& text(std::string_view text) {
    put<std::uint64_t>(text.size());
    bytes_ += text;
    return *this;
  }
  ByHand& header(std::uint64_t tensors, std::uint64_t values, std::uint32_t version = 3) {
    bytes_ += "GGUF";
    return put(version).put(tensors).put(values);
  }
  /// A tensor's entry, innermost extent first.
  ByHand& tensor(const char* name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
                 std::uint64_t offset) {
    text(name).put(static_cast<std::uint32_t>(shape.size()));
    for (const auto extent : shape) put(extent);
    return put(type).put(offset);
  }
  ByHand& data(std::size_t size, std::size_t alignment = 32) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment + size, '\1');
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace

class TestGguf : public QObject {
  Q_OBJECT

 private slots:
  void what_is_written_is_read_back();
  void a_file_by_hand_is_read();
  void a_real_vocabulary_file_is_read();
  void values_of_another_type_are_refused();
  void hostile_files_are_refused_data();
  void hostile_files_are_refused();
  void every_truncation_is_refused_with_one_sentence();
  void flipped_bits_give_a_refusal_or_a_file_never_a_crash();
  void a_failed_write_leaves_what_was_there();
  void broken_rows_are_not_written();

 private:
  fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  /// Opens and reads everything; the sentence of a refusal, else nothing.
  std::string try_file(const std::string& bytes) const;
  fs::path write_small() const;
  QTemporaryDir folder_;
};

std::string TestGguf::try_file(const std::string& bytes) const {
  write_file(at("tried"), bytes);
  try {
    const auto file = GgufFile::open(at("tried"));
    for (const GgufTensor& tensor : file->tensors()) {
      std::vector<float> row(tensor.cols);
      for (std::size_t r = 0; r < tensor.rows; ++r) tensor.read_row(r, row);
    }
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

fs::path TestGguf::write_small() const {
  GgufWriter writer;
  writer.set("general.architecture", "llama");
  writer.set("n", std::uint32_t{7});
  writer.set("x", 2.5f);
  writer.set("yes", true);
  writer.set("tokens", std::vector<std::string>{"a", "", "\xe2\x96\x81the"});
  writer.set("scores", std::vector<float>{0, -1.5f});
  writer.set("types", std::vector<std::int32_t>{3, -1});
  const std::vector<float> vector{1, 2, 3};
  writer.add_matrix("m", GgmlType::q8_0, 5, 64, [](std::size_t row, std::span<float> values) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(row * 64 + i) - 160;
  });
  writer.add_vector("v", vector);
  writer.write(at("small"));
  return at("small");
}

void TestGguf::what_is_written_is_read_back() {
  const auto file = GgufFile::open(write_small());
  QVERIFY(GgufFile::is_gguf(file->path()));
  QCOMPARE(file->find_text("general.architecture").value(), std::string_view("llama"));
  QCOMPARE(file->find_count("n").value(), 7u);
  QCOMPARE(file->find_number("n").value(), 7.0);
  QCOMPARE(file->find_number("x").value(), 2.5);
  QCOMPARE(file->find_flag("yes").value(), true);
  QCOMPARE(file->find_texts("tokens").value(),
           (std::vector<std::string_view>{"a", "", "\xe2\x96\x81the"}));
  QCOMPARE(file->find_numbers("scores").value(), (std::vector<float>{0, -1.5f}));
  QCOMPARE(file->find_integers("types").value(), (std::vector<std::int64_t>{3, -1}));
  QVERIFY(!file->find_text("absent") && !file->find_tensor("absent"));

  QCOMPARE(file->tensors().size(), 2u);
  const GgufTensor* matrix = file->find_tensor("m");
  QVERIFY(matrix && matrix->rows == 5 && matrix->cols == 64 && matrix->type == GgmlType::q8_0);
  std::vector<float> row(64);
  matrix->read_row(3, row);
  for (std::size_t i = 0; i < 64; ++i)
    QVERIFY(std::abs(row[i] - (static_cast<float>(192 + i) - 160)) < 0.5f);
  const GgufTensor* vector = file->find_tensor("v");
  QVERIFY(vector && vector->rows == 1 && vector->cols == 3);
  QCOMPARE(reinterpret_cast<std::uintptr_t>(vector->data.data()) % 32, 0u);
}

void TestGguf::a_file_by_hand_is_read() {
  ByHand hand;
  hand.header(1, 2, 2);
  hand.text("general.alignment").put<std::uint32_t>(4).put<std::uint32_t>(128);
  hand.text("deep").put<std::uint32_t>(9).put<std::uint32_t>(1).put<std::uint64_t>(2);
  hand.put<std::int8_t>(-5).put<std::int8_t>(9);
  hand.tensor("t", {4, 2, 3}, 0, 128).data(128 + 96, 128);
  write_file(at("hand"), hand.bytes());
  const auto file = GgufFile::open(at("hand"));
  QCOMPARE(file->find_integers("deep").value(), (std::vector<std::int64_t>{-5, 9}));
  QVERIFY(file->tensors()[0].rows == 6 && file->tensors()[0].cols == 4);
}

void TestGguf::a_real_vocabulary_file_is_read() {
  REQUIRE_CHECKPOINT(path, "llama2-tokenizer/ggml-vocab-llama-spm.gguf");
  const auto file = GgufFile::open(path);
  QCOMPARE(file->find_texts("tokenizer.ggml.tokens").value().size(), 32000u);
  QCOMPARE(file->find_texts("tokenizer.ggml.tokens").value()[1], std::string_view("<s>"));
  QCOMPARE(file->find_numbers("tokenizer.ggml.scores").value().size(), 32000u);
  QVERIFY(file->tensors().empty());
}

void TestGguf::values_of_another_type_are_refused() {
  const auto file = GgufFile::open(write_small());
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_count("x"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_count("tokens"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_text("n"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_flag("n"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_number("yes"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_texts("scores"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_numbers("types"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_integers("tokens"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)file->find_integers("n"));
}

void TestGguf::hostile_files_are_refused_data() {
  QTest::addColumn<QByteArray>("bytes");
  const auto row = [](const char* name, const ByHand& hand) {
    QTest::newRow(name) << QByteArray::fromStdString(hand.bytes());
  };
  constexpr std::uint64_t huge = ~std::uint64_t{0};
  constexpr std::uint32_t u32 = 4, text = 8, array = 9;
  QTest::newRow("empty") << QByteArray();
  QTest::newRow("another magic") << QByteArray(64, 'x');
  row("version 1", ByHand().header(0, 0, 1));
  row("version of a big-endian file", ByHand().header(0, 0, 0x03000000));
  row("absurd tensor count", ByHand().header(huge, 0));
  row("absurd value count", ByHand().header(0, huge));
  row("absurd key length", ByHand().header(0, 1).put<std::uint64_t>(huge).data(64));
  row("empty key", ByHand().header(0, 1).text("").put(u32).put(u32));
  row("unknown value type", ByHand().header(0, 1).text("k").put<std::uint32_t>(13).data(64));
  row("key twice", ByHand().header(0, 2).text("k").put(u32).put(u32).text("k").put(u32).put(u32));
  row("absurd text length", ByHand().header(0, 1).text("k").put(text).put(huge).data(64));
  row("absurd array length",
      ByHand().header(0, 1).text("k").put(array).put(u32).put<std::uint64_t>(huge / 4).data(64));
  row("absurd count of texts",
      ByHand().header(0, 1).text("k").put(array).put(text).put(huge).data(64));
  row("array of arrays",
      ByHand().header(0, 1).text("k").put(array).put(array).put<std::uint64_t>(1).data(64));
  for (const std::uint32_t alignment : {0u, 3u, 0x80000000u})
    row(("alignment " + std::to_string(alignment)).c_str(),
        ByHand().header(0, 1).text("general.alignment").put(u32).put(alignment).data(64));
  row("alignment that is text",
      ByHand().header(0, 1).text("general.alignment").put(text).text("32").data(64));
  row("no dimensions", ByHand().header(1, 0).tensor("t", {}, 0, 0).data(64));
  row("five dimensions", ByHand().header(1, 0).tensor("t", {1, 1, 1, 1, 1}, 0, 0).data(64));
  row("empty dimension", ByHand().header(1, 0).tensor("t", {0, 4}, 0, 0).data(64));
  row("empty rows", ByHand().header(1, 0).tensor("t", {4, 0}, 0, 0).data(64));
  row("rows overflow", ByHand().header(1, 0).tensor("t", {2, huge, huge}, 0, 0).data(64));
  row("bytes overflow", ByHand().header(1, 0).tensor("t", {huge / 2, 4}, 0, 0).data(64));
  row("bytes wrap to few", ByHand().header(1, 0).tensor("t", {4, huge / 16 + 2}, 0, 0).data(64));
  row("unknown format", ByHand().header(1, 0).tensor("t", {32}, 3, 0).data(64));
  row("broken blocks", ByHand().header(1, 0).tensor("t", {48}, 8, 0).data(64));
  row("not aligned", ByHand().header(1, 0).tensor("t", {4}, 0, 8).data(64));
  row("beyond the end", ByHand().header(1, 0).tensor("t", {4}, 0, 64).data(64));
  row("offset overflows", ByHand().header(1, 0).tensor("t", {16}, 0, huge - 31).data(64));
  row("longer than the file", ByHand().header(1, 0).tensor("t", {17}, 0, 0).data(64));
  row("name twice", ByHand().header(2, 0).tensor("t", {4}, 0, 0).tensor("t", {4}, 0, 32).data(64));
  row("empty name", ByHand().header(1, 0).tensor("", {4}, 0, 0).data(64));
  row("overlap", ByHand().header(2, 0).tensor("a", {9}, 0, 0).tensor("b", {4}, 0, 32).data(64));
}

void TestGguf::hostile_files_are_refused() {
  QFETCH(QByteArray, bytes);
  const std::string why = try_file(bytes.toStdString());
  QVERIFY2(why.ends_with('.') && why.find("tried") != std::string::npos, why.c_str());
}

void TestGguf::every_truncation_is_refused_with_one_sentence() {
  const std::string bytes = read_file(write_small());
  QVERIFY(try_file(bytes).empty());
  for (std::size_t size = 0; size + 32 < bytes.size(); size += 3)
    QVERIFY2(!try_file(bytes.substr(0, size)).empty(), std::to_string(size).c_str());
}

void TestGguf::flipped_bits_give_a_refusal_or_a_file_never_a_crash() {
  const std::string bytes = read_file(write_small());
  for (std::size_t bit = 0; bit < 8 * std::min<std::size_t>(bytes.size(), 512); bit += 5) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    (void)try_file(flipped);
  }
}

void TestGguf::a_failed_write_leaves_what_was_there() {
  write_file(at("kept"), "before");
  GgufWriter writer;
  writer.add_matrix("m", GgmlType::f16, 1, 1,
                    [](std::size_t, std::span<float> values) { values[0] = 1e30f; });
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, writer.write(at("kept")));
  QCOMPARE(read_file(at("kept")), std::string("before"));
}

void TestGguf::broken_rows_are_not_written() {
  GgufWriter writer;
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                           writer.add_matrix("m", GgmlType::q4_0, 2, 48, {}));
}

QTEST_APPLESS_MAIN(TestGguf)
#include "test_gguf.moc"
