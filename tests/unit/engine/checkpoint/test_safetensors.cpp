#include <sys/mount.h>
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QTest>
#include <cstring>
#include <fstream>
#include <random>

#include "engine/checkpoint/atomic_file.h"
#include "engine/checkpoint/safetensors.h"

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

/// A safetensors file of this header and so many bytes of data.
std::string container(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof size) + header +
         std::string(data_bytes, 'x');
}

SafetensorsWriter sample_writer() {
  static const std::vector<float> floats{1, 2, 3, 4, 5, 6};
  static const std::string text = "seventeen bytes!!";
  SafetensorsWriter writer;
  writer.set_metadata("made", "by a \"test\"\n");
  writer.add({"text", DType::u8, {text.size()}, std::as_bytes(std::span(text))});
  writer.add({"floats", DType::f32, {2, 3}, std::as_bytes(std::span(floats))});
  writer.add({"nothing", DType::bf16, {0, 3}, {}});
  writer.add({"one", DType::f32, {}, std::as_bytes(std::span(floats)).first(4)});
  return writer;
}

/// Tensors of a file copied out, so that a damaged one is read to its last byte.
std::size_t read_everything(const fs::path& path) {
  const auto file = SafetensorsFile::open(path);
  std::size_t sum = 0;
  for (const TensorView& tensor : file->tensors())
    for (const std::byte b : tensor.data) sum += static_cast<std::size_t>(b);
  return sum;
}

/// The one sentence with which opening fails; empty where it does not.
std::string refusal(const fs::path& path) {
  try {
    read_everything(path);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

class TestSafetensors : public QObject {
  Q_OBJECT

 private slots:
  void what_is_written_is_read_back();
  void tensors_lie_aligned_in_a_file_without_holes();
  void hostile_headers_are_refused_data();
  void hostile_headers_are_refused();
  void harmless_headers_are_read();
  void files_cut_short_anywhere_are_refused();
  void flipped_bits_never_crash();
  void random_headers_never_crash();
  void what_is_no_file_is_refused();
  void two_tensors_of_one_name_are_refused();
  void a_failed_write_leaves_the_old_file_and_no_temporary();
  void a_full_disk_is_one_sentence_and_the_old_file_stays();

 private:
  fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  QTemporaryDir folder_;
};

void TestSafetensors::what_is_written_is_read_back() {
  sample_writer().write(at("a"));
  const auto file = SafetensorsFile::open(at("a"));
  QCOMPARE(file->tensors().size(), std::size_t{4});
  QCOMPARE(file->metadata().at("made"), std::string("by a \"test\"\n"));
  QCOMPARE(file->bytes(), fs::file_size(at("a")));
  const auto floats = file->find("floats");
  QVERIFY(floats.has_value());
  QCOMPARE(floats->shape, (std::vector<std::size_t>{2, 3}));
  float last = 0;
  std::memcpy(&last, floats->data.data() + 5 * sizeof(float), sizeof last);
  QCOMPARE(last, 6.0f);
  QVERIFY(file->find("one")->shape.empty());
  QVERIFY(file->find("nothing")->data.empty());
  QVERIFY(!file->find("other").has_value());

  sample_writer().write(at("b"));
  QCOMPARE(read_file(at("b")), read_file(at("a")));
}

void TestSafetensors::tensors_lie_aligned_in_a_file_without_holes() {
  sample_writer().write(at("a"));
  const auto file = SafetensorsFile::open(at("a"));
  for (const TensorView& tensor : file->tensors())
    if (!tensor.data.empty())
      QCOMPARE(reinterpret_cast<std::uintptr_t>(tensor.data.data()) % 64, std::uintptr_t{0});
  // The official reader wants every byte of the data to belong to a tensor: 17 + 47 + 24 + 40 + 4.
  const std::string bytes = read_file(at("a"));
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);
  QCOMPARE(bytes.size() - sizeof header - header, std::size_t{132});
}

void TestSafetensors::hostile_headers_are_refused_data() {
  QTest::addColumn<std::string>("header");
  QTest::addColumn<int>("data");
  const auto add = [](const char* name, std::string header, int data = 64) {
    QTest::newRow(name) << std::move(header) << data;
  };
  const auto tensor = [](const std::string& dtype, const std::string& shape,
                         const std::string& offsets) {
    return R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}}";
  };
  add("empty", "");
  add("not JSON", "{");
  add("a list", "[]");
  add("a number", "3");
  add("not a tensor", R"({"t":5})");
  add("no dtype", R"({"t":{"shape":[4],"data_offsets":[0,16]}})");
  add("no shape", R"({"t":{"dtype":"F32","data_offsets":[0,16]}})");
  add("no offsets", R"({"t":{"dtype":"F32","shape":[4]}})");
  add("unknown dtype", tensor("F31", "[4]", "[0,16]"));
  add("dtype not text", R"({"t":{"dtype":3,"shape":[4],"data_offsets":[0,16]}})");
  add("shape too large", tensor("F32", "[5]", "[0,16]"));
  add("shape too small", tensor("F32", "[3]", "[0,16]"));
  add("negative extent", tensor("F32", "[-4]", "[0,16]"));
  add("fraction", tensor("F32", "[4.0]", "[0,16]"));
  add("huge extent", tensor("F32", "[18446744073709551616]", "[0,16]"));
  add("product wraps to 16", tensor("F32", "[4294967296,4294967296,4]", "[0,16]"));
  add("bytes wrap to 16", tensor("F32", "[4611686018427387908]", "[0,16]"));
  add("rank 9", tensor("F32", "[1,1,1,1,1,1,1,1,4]", "[0,16]"));
  add("shape not a list", tensor("F32", "4", "[0,16]"));
  add("end before begin", tensor("F32", "[4]", "[16,0]"));
  add("past the end", tensor("F32", "[4]", "[56,72]"));
  add("far past the end", tensor("F32", "[4]", "[18446744073709551600,18446744073709551615]"));
  add("three offsets", tensor("F32", "[4]", "[0,16,16]"));
  add("negative offset", tensor("F32", "[4]", "[-16,0]"));
  add("overlap", R"({"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},)"
                 R"("b":{"dtype":"U8","shape":[16],"data_offsets":[15,31]}})");
  add("the same bytes twice", R"({"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},)"
                              R"("b":{"dtype":"U8","shape":[16],"data_offsets":[0,16]}})");
  add("deep", R"({"t":)" + std::string(100000, '[') + std::string(100000, ']') + "}");
  add("deep and open", R"({"t":)" + std::string(1000000, '['));
  add("metadata not a map", R"({"__metadata__":[]})");
  add("metadata not text", R"({"__metadata__":{"a":1}})");
  add("not UTF-8", "{\"\xff\":1}");
}

void TestSafetensors::hostile_headers_are_refused() {
  QFETCH(std::string, header);
  QFETCH(int, data);
  write_file(at("bad"), container(header, static_cast<std::size_t>(data)));
  const std::string why = refusal(at("bad"));
  QVERIFY2(why.find("bad") != std::string::npos, why.c_str());
  QVERIFY(why.ends_with('.'));
}

void TestSafetensors::harmless_headers_are_read() {
  write_file(at("ok"), container("{}", 0));
  QVERIFY(SafetensorsFile::open(at("ok"))->tensors().empty());
  write_file(at("ok"), container(R"({"t":{"dtype":"F16","shape":[],"data_offsets":[3,5]}}   )", 9));
  QCOMPARE(SafetensorsFile::open(at("ok"))->tensors().size(), std::size_t{1});
}

void TestSafetensors::files_cut_short_anywhere_are_refused() {
  sample_writer().write(at("whole"));
  const std::string bytes = read_file(at("whole"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_file(at("cut"), bytes.substr(0, size));
    QVERIFY(!refusal(at("cut")).empty());
  }
}

void TestSafetensors::flipped_bits_never_crash() {
  sample_writer().write(at("whole"));
  const std::string bytes = read_file(at("whole"));
  int refused = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    write_file(at("flipped"), damaged);
    if (!refusal(at("flipped")).empty()) ++refused;
  }
  QVERIFY(refused > 100);
}

void TestSafetensors::random_headers_never_crash() {
  static constexpr std::string_view words[] = {"{",
                                               "}",
                                               "[",
                                               "]",
                                               ",",
                                               ":",
                                               "\"t\"",
                                               "\"dtype\"",
                                               "\"F32\"",
                                               "\"shape\"",
                                               "4",
                                               "0",
                                               "\"data_offsets\"",
                                               "16",
                                               "\"__metadata__\"",
                                               "-1",
                                               "1e99",
                                               "null",
                                               "18446744073709551615"};
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string header = "{";
    for (auto i = random() % 30; i > 0; --i) header += words[random() % std::size(words)];
    write_file(at("random"), container(header + "}", 16));
    refusal(at("random"));
  }
}

void TestSafetensors::what_is_no_file_is_refused() {
  QVERIFY(refusal(at("missing")).find("missing") != std::string::npos);
  QVERIFY(!refusal(fs::path(folder_.path().toStdString())).empty());
  QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
  QVERIFY(!refusal(at("pipe")).empty());
  write_file(at("empty"), "");
  QVERIFY(!refusal(at("empty")).empty());
}

void TestSafetensors::two_tensors_of_one_name_are_refused() {
  SafetensorsWriter writer = sample_writer();
  writer.add({"nothing", DType::u8, {0}, {}});
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, writer.write(at("twice")));
  QVERIFY(!fs::exists(at("twice")));
}

void TestSafetensors::a_failed_write_leaves_the_old_file_and_no_temporary() {
  const fs::path inside = at("inner");
  fs::create_directory(inside);
  write_file(inside / "model", "old");
  try {
    write_safetensors(inside / "model", {}, [calls = 0](const TensorSink&) mutable {
      if (++calls == 2) throw std::runtime_error("interrupted");
    });
    QFAIL("the write went through");
  } catch (const std::runtime_error&) {
  }
  QCOMPARE(read_file(inside / "model"), std::string("old"));
  QCOMPARE(std::distance(fs::directory_iterator(inside), fs::directory_iterator()), 1);
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, AtomicFile(at("no such folder") / "file"));
}

void TestSafetensors::a_full_disk_is_one_sentence_and_the_old_file_stays() {
  const fs::path disk = at("disk");
  fs::create_directory(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    QSKIP("a small file system cannot be mounted here");
  write_file(disk / "model", "old");
  const std::vector<std::byte> large(200'000);
  SafetensorsWriter writer;
  writer.add({"t", DType::u8, {large.size()}, large});
  std::string why;
  try {
    writer.write(disk / "model");
  } catch (const std::runtime_error& error) {
    why = error.what();
  }
  const std::string left = read_file(disk / "model");
  const auto files = std::distance(fs::directory_iterator(disk), fs::directory_iterator());
  ::umount(disk.c_str());
  QVERIFY2(why.find("No space left") != std::string::npos, why.c_str());
  QCOMPARE(left, std::string("old"));
  QCOMPARE(files, 1);
}

QTEST_APPLESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
