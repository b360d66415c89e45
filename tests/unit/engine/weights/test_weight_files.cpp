#include <QTest>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "engine/kernels/isa.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/weights/linear.h"

using namespace sancho::engine;

namespace {

constexpr std::size_t kOut = 21, kIn = 150;

/// The tensors of a file, each at an address that is `misalignment` bytes off.
struct File {
  struct Tensor {
    DType dtype;
    std::vector<std::size_t> shape;
    std::vector<std::byte> bytes;
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, AlignedBuffer<std::byte>> memory;
  std::size_t misalignment = 0;

  TensorSink sink() {
    return [this](const TensorView& t) {
      tensors[t.name] = {t.dtype, t.shape, {t.data.begin(), t.data.end()}};
    };
  }
  TensorLookup lookup() {
    return [this](const std::string& name) -> std::optional<TensorView> {
      const auto found = tensors.find(name);
      if (found == tensors.end()) return std::nullopt;
      const auto& [dtype, shape, bytes] = found->second;
      AlignedBuffer<std::byte> copy(bytes.size() + misalignment);
      std::ranges::copy(bytes, copy.data() + misalignment);
      auto& place = memory[name] = std::move(copy);
      return TensorView{name, dtype, shape, place.span().subspan(misalignment)};
    };
  }
  template <class T>
  void set(const std::string& name, std::size_t index, T value) {
    std::memcpy(tensors.at(name).bytes.data() + index * sizeof(T), &value, sizeof(T));
  }
};

std::vector<float> random_weights() {
  std::mt19937 rng(21);
  std::normal_distribution<float> normal;
  std::vector<float> w(kOut * kIn);
  for (float& v : w) v = rng() % 2 ? normal(rng) : 0.0f;
  return w;
}

File saved(const Linear& layer) {
  File file;
  layer.save("P", file.sink());
  return file;
}

constexpr Storage kStorages[] = {Storage::f32,  Storage::bf16, Storage::fp8, Storage::int8,
                                 Storage::int4, Storage::sparse_int8, Storage::sparse_int4};

File saved(Storage storage) {
  const auto w = random_weights();
  return saved(*make_linear(storage, {w.data(), kOut, kIn}));
}

bool refused(File file) {
  try {
    load_linear(file.lookup(), "P", kOut, kIn);
  } catch (const std::runtime_error& error) {
    return std::strlen(error.what()) > 20;
  }
  return false;
}

}  // namespace

class TestWeightFiles : public QObject {
  Q_OBJECT

 private slots:
  void layer_comes_back_with_the_same_bits_wherever_it_lies() {
    const auto w = random_weights();
    std::vector<std::unique_ptr<Linear>> layers;
    for (const Storage s : kStorages) layers.push_back(make_linear(s, {w.data(), kOut, kIn}));
    for (const Storage s : {Storage::int4, Storage::sparse_int4})
      for (const std::size_t group : {32u, 128u})
        layers.push_back(make_linear(s, {w.data(), kOut, kIn}, group));
    layers.push_back(make_lora_linear(make_linear(Storage::sparse_int8, {w.data(), kOut, kIn}),
                                      {w.data() + 7, 3, kIn}, {w.data(), kOut, 3}, 0.3f));
    ThreadPool pool(2);
    for (const auto& layer : layers) {
      File file = saved(*layer);
      for (const std::size_t misalignment : {0u, 1u, 4u}) {
        file.misalignment = misalignment;
        const auto loaded = load_linear(file.lookup(), "P", kOut, kIn);
        QCOMPARE(loaded->storage(), layer->storage());
        QCOMPARE(loaded->nonzeros(), layer->nonzeros());
        QCOMPARE(loaded->bytes(), layer->bytes());
        std::vector<float> y(2 * kOut), z(2 * kOut);
        layer->forward({w.data(), 2, kIn}, {y.data(), 2, kOut}, pool);
        loaded->forward({w.data(), 2, kIn}, {z.data(), 2, kOut}, pool);
        QVERIFY(y == z);
        const File again = saved(*loaded);
        QCOMPARE(again.tensors.size(), file.tensors.size());
        for (const auto& [name, tensor] : file.tensors)
          QVERIFY(again.tensors.at(name).bytes == tensor.bytes);
      }
    }
  }

  void half_precision_weights_load_exactly() {
    File file;
    std::vector<std::uint16_t> halves(kOut * kIn);
    for (std::size_t i = 0; i < halves.size(); ++i)
      halves[i] = static_cast<std::uint16_t>(i * 9 % 0x7c00);
    const auto bytes = std::as_bytes(std::span(halves));
    file.tensors["P.weight"] = {DType::f16, {kOut, kIn}, {bytes.begin(), bytes.end()}};
    const auto layer = load_linear(file.lookup(), "P", kOut, kIn);
    std::vector<float> row(kIn);
    layer->dense_row(3, row);
    for (std::size_t i = 0; i < kIn; ++i) QCOMPARE(row[i], half_to_float(halves[3 * kIn + i]));
  }

  void sparse_layer_takes_a_byte_per_weight_and_a_bit_per_column() {
    const File file = saved(Storage::sparse_int8);
    const auto w = random_weights();
    const auto stored = make_linear(Storage::sparse_int8, {w.data(), kOut, kIn})->nonzeros();
    QCOMPARE(file.tensors.at("P.compressed").bytes.size(), stored);
    QCOMPARE(file.tensors.at("P.bitmask").bytes.size(), kOut * 24);
    QVERIFY(stored > kOut * kIn / 3 && stored < kOut * kIn * 2 / 3);
  }

  void missing_tensor_is_refused() {
    for (const Storage s : kStorages) {
      const File whole = saved(s);
      for (const auto& [name, tensor] : whole.tensors) {
        File file = saved(s);
        file.tensors.erase(name);
        QVERIFY2(refused(std::move(file)), name.c_str());
      }
    }
  }

  void truncated_reshaped_or_retyped_tensor_is_refused() {
    for (const Storage s : kStorages) {
      const File whole = saved(s);
      for (const auto& [name, tensor] : whole.tensors) {
        const std::function<void(File::Tensor&)> damages[] = {
            [](File::Tensor& t) { t.bytes.pop_back(); },
            [](File::Tensor& t) { t.bytes.clear(); },
            [](File::Tensor& t) { t.bytes.resize(t.bytes.size() + 8); },
            [](File::Tensor& t) { t.shape.push_back(1), t.shape[0] += 1; },
            [](File::Tensor& t) { t.shape.clear(); },
            [](File::Tensor& t) { t.shape.assign(9, std::size_t{1} << 62); },
            [](File::Tensor& t) { t.dtype = DType::f64; },
        };
        for (const auto& damage : damages) {
          File file = saved(s);
          damage(file.tensors.at(name));
          QVERIFY2(refused(std::move(file)), name.c_str());
        }
      }
    }
  }

  void inconsistent_sparse_layer_is_refused_data() {
    QTest::addColumn<int>("damage");
    for (int i = 0; i < 10; ++i) QTest::addRow("damage %d", i) << i;
  }
  void inconsistent_sparse_layer_is_refused() {
    QFETCH(int, damage);
    const std::function<void(File&)> damages[] = {
        [](File& f) { f.set("P.row_offsets", 0, std::int64_t{1}); },
        [](File& f) { f.set("P.row_offsets", 5, std::int64_t{-1}); },
        [](File& f) { f.set("P.row_offsets", 20, std::numeric_limits<std::int64_t>::max()); },
        [](File& f) { f.set("P.bitmask", 0, std::uint8_t{0}); },
        [](File& f) { f.set("P.bitmask", 20 * 24 + 3, std::uint8_t{0xff}); },
        // Columns 150 and up do not exist: bits 6 and 7 of byte 18, and bytes 19 to 23.
        [](File& f) { f.set("P.bitmask", 18, std::uint8_t{0x80}); },
        [](File& f) { f.set("P.bitmask", 23, std::uint8_t{1}); },
        [](File& f) { f.set("P.shape", 0, std::int64_t{-21}); },
        [](File& f) { f.set("P.shape", 1, std::int64_t{151}); },
        [](File& f) {
          f.tensors.at("P.compressed").bytes.pop_back();
          f.tensors.at("P.compressed").shape[0] -= 1;
        },
    };
    File file = saved(Storage::sparse_int8);
    damages[damage](file);
    QVERIFY(refused(std::move(file)));
  }

  void inconsistent_4_bit_layer_is_refused() {
    // A row of 150 columns has 16 bytes of mask for each of its two pairs of chunks. Its fourth
    // group of 64 is all padding, and lies in the last 16 lanes of each chunk of its block.
    const std::function<void(File&)> damages[] = {
        [](File& f) { f.set("P.row_offsets", 0, std::int64_t{1}); },
        [](File& f) { f.set("P.row_offsets", 5, std::int64_t{-1}); },
        [](File& f) { f.set("P.row_offsets", 20, std::numeric_limits<std::int64_t>::max()); },
        [](File& f) {
          f.set("P.bitmask", 0, std::uint64_t{0}), f.set("P.bitmask", 1, std::uint64_t{0});
        },
        [](File& f) { f.set("P.bitmask", 7, std::uint8_t{0xff}); },
        [](File& f) { f.set("P.bitmask", 20 * 32 + 31, std::uint8_t{1}); },
        [](File& f) { f.set("P.shape", 0, std::int64_t{-21}); },
        [](File& f) { f.set("P.shape", 1, std::int64_t{151}); },
        [](File& f) { f.tensors.at("P.weight_scale").shape[1] = 3; },
        [](File& f) {
          f.tensors.at("P.compressed").bytes.pop_back();
          f.tensors.at("P.compressed").shape[0] -= 1;
        },
    };
    for (std::size_t i = 0; i < std::size(damages); ++i) {
      File file = saved(Storage::sparse_int4);
      damages[i](file);
      QVERIFY2(refused(std::move(file)), std::to_string(i).c_str());
    }
    File dense = saved(Storage::int4);
    dense.set("P.weight_shape", 1, std::int64_t{149});
    QVERIFY(refused(std::move(dense)));
  }

  void scale_that_is_not_finite_is_refused() {
    for (const float scale :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      for (const Storage s : {Storage::int8, Storage::sparse_int8}) {
        File file = saved(s);
        file.set("P.weight_scale", 9, scale);
        QVERIFY(refused(std::move(file)));
      }
      for (const Storage s : {Storage::int4, Storage::sparse_int4}) {
        File file = saved(s);
        file.set("P.weight_scale", 9, float_to_half(scale));
        QVERIFY(refused(std::move(file)));
      }
    }
  }

  void damaged_sparse_layer_never_crashes() {
    std::mt19937 rng(22);
    std::vector<float> x(kIn, 1.0f), y(kOut);
    ThreadPool pool(1);
    for (int round = 0; round < 2000; ++round) {
      File file = saved(round % 2 ? Storage::sparse_int8 : Storage::sparse_int4);
      for (int hits = 0; hits < 3; ++hits) {
        auto tensor = std::next(file.tensors.begin(), rng() % 5);
        tensor->second.bytes[rng() % tensor->second.bytes.size()] ^=
            static_cast<std::byte>(1u << rng() % 8);
      }
      try {
        load_linear(file.lookup(), "P", kOut, kIn)
            ->forward({x.data(), 1, kIn}, {y.data(), 1, kOut}, pool);
      } catch (const std::runtime_error&) {
      }
    }
  }

  void sparse_product_reads_nothing_past_its_tensors() {
    // Under AddressSanitizer this finds a single byte read too far in any instruction set.
    ThreadPool pool(1);
    std::vector<float> x(5 * kIn, 1.0f), y(5 * kOut);
    for (const Storage storage : {Storage::int4, Storage::sparse_int8, Storage::sparse_int4}) {
      File file = saved(storage);
      for (const Isa isa : kIsas)
        for (const std::size_t tokens : {1u, 2u, 3u, 4u, 5u}) {
          cap_isa(isa);
          load_linear(file.lookup(), "P", kOut, kIn)
              ->forward({x.data(), tokens, kIn}, {y.data(), tokens, kOut}, pool);
        }
    }
    QVERIFY(y[0] != 0.0f);
  }
};

QTEST_APPLESS_MAIN(TestWeightFiles)
#include "test_weight_files.moc"
