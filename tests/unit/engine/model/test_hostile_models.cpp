#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>

#include "engine/model/gguf_model.h"
#include "engine/model/session.h"
#include "small_model.h"

// What a file makes its reader ask for: every allocation of this program is looked at.
namespace {

std::atomic<std::size_t> largest_request{0};

void* request(std::size_t size, std::size_t alignment) {
  for (std::size_t seen = largest_request; size > seen;)
    if (largest_request.compare_exchange_weak(seen, size)) break;
  const std::size_t rounded =
      (std::max<std::size_t>(size, 1) + alignment - 1) / alignment * alignment;
  if (void* memory = std::aligned_alloc(alignment, rounded)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return request(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return request(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

using namespace sancho::engine;
namespace fs = std::filesystem;

namespace {

/// What reading any file may take besides what is in it: its name, the threads, a stream's buffer.
constexpr std::size_t overhead = 64 << 10;

struct Outcome {
  std::string refusal;  // empty where a model came out, which was then used
  std::size_t largest = 0;
};

Outcome try_model(const fs::path& path) {
  largest_request = 0;
  try {
    const auto model = Model::load(path);
    const std::size_t largest = largest_request;
    Session session(model, std::make_shared<ThreadPool>(1), 8);
    session.read(std::array<TokenId, 2>{0, 0});
    return {{}, largest};
  } catch (const std::runtime_error& error) {
    return {error.what(), largest_request};
  } catch (const std::length_error&) {
    return {{}, 0};  // a model with room for one token
  }
}

bool is_one_sentence(const std::string& text) {
  return text.starts_with("Cannot load the model ") && text.ends_with('.') &&
         text.find('\n') == std::string::npos;
}

}  // namespace

/// Model files that were cut or made to do harm. What is refused is refused with one sentence, and
/// no allocation on the way is larger than the file.
class TestHostileModels : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    for (const char* format : {"f32", "bf16", "int8", "int4", "sparse50-int8", "sparse50-int4"}) {
      Model::random(small_config(), format_from_name(format), 3)->save(at(format));
      files_.push_back(read_file(at(format)));
    }
    const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
    for (const GgmlType type : {GgmlType::f32, GgmlType::f16, GgmlType::q8_0, GgmlType::q4_0}) {
      write_gguf_model(*model, at("gguf"), {type, type, "seed", ""});
      files_.push_back(read_file(at("gguf")));
    }
  }

  void files_cut_at_every_4_KiB_are_refused() {
    for (const std::string& file : files_) {
      QVERIFY(file.size() > 8 * 4096);
      QCOMPARE(attempt(file).refusal, std::string());
      for (std::size_t size = 0; size < file.size(); size += 4096) {
        const Outcome outcome = attempt(file.substr(0, size));
        QVERIFY2(is_one_sentence(outcome.refusal), outcome.refusal.c_str());
        QVERIFY2(outcome.largest <= size + overhead, qPrintable(QString::number(outcome.largest)));
      }
    }
  }

  /// Numbers of a safetensors header, the model's configuration among them: one in eight.
  void absurd_numbers_in_the_header_are_refused() {
    constexpr std::array absurd = {
        "0",  "1",    "3", "65537", "4294967296", "9223372036854775807", "18446744073709551615",
        "-1", "1e300"};
    std::size_t refused = 0, tried = 0, seen = 0;
    for (const std::string& file : files_) {
      if (file.starts_with("GGUF")) continue;
      std::uint64_t length = 0;
      std::memcpy(&length, file.data(), sizeof length);
      const std::string header = file.substr(8, length);
      for (std::size_t begin = 0, end = 0; begin < header.size(); begin = end + 1) {
        begin = header.find_first_of("0123456789", begin);
        if (begin == std::string::npos) break;
        end = std::min(header.find_first_not_of("0123456789", begin), header.size());
        if (seen++ % 8 != 0) continue;
        const char* number = absurd[tried++ % absurd.size()];
        std::string changed = header.substr(0, begin) + number + header.substr(end);
        // The data stays where it was aligned.
        changed.resize((changed.size() + 63) / 64 * 64 + header.size() % 64, ' ');
        const std::uint64_t size = changed.size();
        std::string damaged(reinterpret_cast<const char*>(&size), sizeof size);
        damaged += changed + file.substr(8 + length);
        const Outcome outcome = attempt(damaged);
        refused += !outcome.refusal.empty();
        QVERIFY2(outcome.refusal.empty() || is_one_sentence(outcome.refusal),
                 outcome.refusal.c_str());
        QVERIFY2(outcome.largest <= damaged.size() + overhead,
                 qPrintable(QString("%1 bytes for %2").arg(outcome.largest).arg(number)));
      }
    }
    QVERIFY2(refused > tried / 2, qPrintable(QString("%1 of %2").arg(refused).arg(tried)));
  }

  /// Lengths, counts, shapes and offsets of a GGUF file lie anywhere before its weights.
  void absurd_numbers_anywhere_in_a_gguf_header_are_refused() {
    constexpr std::uint64_t absurd[] = {0, 1ull << 31, 1ull << 40, ~0ull >> 1, ~0ull, 1ull << 61};
    std::size_t refused = 0, tried = 0;
    for (const std::string& file : files_) {
      if (!file.starts_with("GGUF")) continue;
      const std::size_t header = file.rfind("output_norm.weight") + 64;
      write_file(at("tried"), file);
      std::fstream stream(at("tried"), std::ios::binary | std::ios::in | std::ios::out);
      const auto put = [&](std::size_t place, const char* bytes) {
        stream.seekp(static_cast<std::streamoff>(place)).write(bytes, sizeof absurd[0]).flush();
      };
      for (std::size_t place = 4; place < header; place += 17) {
        put(place, reinterpret_cast<const char*>(&absurd[tried++ % std::size(absurd)]));
        const Outcome outcome = try_model(at("tried"));
        put(place, file.data() + place);
        refused += !outcome.refusal.empty();
        QVERIFY2(outcome.refusal.empty() || is_one_sentence(outcome.refusal),
                 outcome.refusal.c_str());
        // Weights of 4 bits or 8 may become floats.
        QVERIFY2(outcome.largest <= 8 * file.size() + overhead,
                 qPrintable(QString::number(outcome.largest)));
      }
    }
    QVERIFY2(refused > tried / 2, qPrintable(QString("%1 of %2").arg(refused).arg(tried)));
  }

 private:
  fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  Outcome attempt(const std::string& bytes) const {
    write_file(at("tried"), bytes);
    return try_model(at("tried"));
  }

  QTemporaryDir folder_;
  std::vector<std::string> files_;
};

QTEST_APPLESS_MAIN(TestHostileModels)
#include "test_hostile_models.moc"
