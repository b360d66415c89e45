#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include "engine/checkpoint/gguf.h"
#include "engine/checkpoint/gguf_format.h"
#include "engine/checkpoint/mapped_file.h"

namespace sancho::engine {

namespace {

using namespace gguf;

constexpr std::size_t max_alignment = 1u << 16;
constexpr std::uint32_t max_rank = 4;
constexpr std::size_t max_name_bytes = 1u << 16;

static_assert(std::endian::native == std::endian::little, "GGUF files are little-endian");

/// Why a file is refused, without its name.
struct Damage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Takes things off the front of the file's bytes.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : all_(bytes), rest_(bytes) {}

  std::span<const std::byte> take(std::uint64_t size) {
    if (size > rest_.size()) throw Damage("it ends too early and may have been cut short");
    const auto taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  std::string_view text() {
    const auto bytes = take(number<std::uint64_t>());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::size_t position() const { return all_.size() - rest_.size(); }

 private:
  std::span<const std::byte> all_, rest_;
};

/// Bytes of one value; 0 where they differ from value to value.
std::size_t value_size(std::uint32_t type) {
  switch (type) {
    case u8:
    case i8:
    case boolean:
      return 1;
    case u16:
    case i16:
      return 2;
    case u32:
    case i32:
    case f32:
      return 4;
    case u64:
    case i64:
    case f64:
      return 8;
    case text:
      return 0;
    default:
      throw Damage("a metadata value is of an unknown type");
  }
}

/// A metadata value where it lies in the file: one, or the elements of an array.
struct Value {
  std::uint32_t type = u8;
  bool is_array = false;
  std::size_t count = 1;
  std::span<const std::byte> bytes;
};

Value take_value(Cursor& cursor, std::span<const std::byte> file) {
  Value value;
  value.type = cursor.number<std::uint32_t>();
  value.is_array = value.type == array;
  std::uint64_t count = 1;
  if (value.is_array) {
    value.type = cursor.number<std::uint32_t>();
    count = cursor.number<std::uint64_t>();
    if (value.type == array) throw Damage("a metadata value is an array of arrays");
  }
  const std::size_t start = cursor.position();
  if (const std::size_t size = value_size(value.type); size != 0) {
    if (count > file.size() / size) throw Damage("a metadata array is longer than the file");
    cursor.take(count * size);
  } else {
    for (std::uint64_t i = 0; i < count; ++i) cursor.text();
  }
  value.count = static_cast<std::size_t>(count);
  value.bytes = file.subspan(start, cursor.position() - start);
  return value;
}

/// Calls `use` with each element as the number it is; false where the elements are no numbers.
template <class Use>
bool for_each_number(const Value& value, Use use) {
  Cursor cursor(value.bytes);
  const auto all = [&]<class T>(T) {
    for (std::size_t i = 0; i < value.count; ++i) use(cursor.number<T>());
    return true;
  };
  switch (value.type) {
    case u8:
      return all(std::uint8_t{});
    case i8:
      return all(std::int8_t{});
    case u16:
      return all(std::uint16_t{});
    case i16:
      return all(std::int16_t{});
    case u32:
      return all(std::uint32_t{});
    case i32:
      return all(std::int32_t{});
    case u64:
      return all(std::uint64_t{});
    case i64:
      return all(std::int64_t{});
    case f32:
      return all(float{});
    case f64:
      return all(double{});
    default:
      return false;
  }
}

bool is_float(std::uint32_t type) {
  return type == f32 || type == f64;
}

GgufTensor take_tensor(Cursor& cursor, std::uint64_t& offset) {
  GgufTensor tensor;
  const std::string_view name = cursor.text();
  if (name.empty() || name.size() > max_name_bytes) throw Damage("a tensor's name is absurd");
  tensor.name = name;
  const auto fail = [&](const char* why) { throw Damage("tensor " + tensor.name + why); };
  const auto rank = cursor.number<std::uint32_t>();
  if (rank == 0 || rank > max_rank) fail(" has an absurd number of dimensions");
  for (std::uint32_t i = 0; i < rank; ++i) {
    const auto extent = cursor.number<std::uint64_t>();
    if (i == 0) tensor.cols = extent;
    if (extent == 0 || (i > 0 && __builtin_mul_overflow(tensor.rows, extent, &tensor.rows)))
      fail(" has an absurd shape");
  }
  const auto type = ggml_type_from_id(cursor.number<std::uint32_t>());
  if (!type)
    fail(
        " is in a number format that is not supported (F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K and "
        "Q6_K are)");
  tensor.type = *type;
  if (tensor.cols % ggml_layout(*type).weights != 0) fail(" has rows of broken blocks");
  offset = cursor.number<std::uint64_t>();
  return tensor;
}

}  // namespace

struct GgufFile::Impl {
  explicit Impl(const std::filesystem::path& p) : path(p), file(p) {}

  std::filesystem::path path;
  MappedFile file;
  std::map<std::string, Value, std::less<>> values;
  std::vector<GgufTensor> tensors;
  std::unordered_map<std::string_view, std::size_t> index;

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(path.string() + " is not a usable GGUF file: " + why + ".");
  }

  void read();
  void place_tensor(GgufTensor& tensor, std::uint64_t offset, std::span<const std::byte> data,
                    std::size_t alignment) const;
  void check_overlap() const;

  const Value* find(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? nullptr : &found->second;
  }
  /// The one value of a key; fails where it is an array or not of a type that `fits` accepts.
  template <class Fits>
  const Value* find_one(std::string_view key, Fits fits) const {
    const Value* value = find(key);
    if (value && (value->is_array || !fits(value->type))) fail_type(key);
    return value;
  }
  [[noreturn]] void fail_type(std::string_view key) const {
    fail("its metadata value " + std::string(key) + " is of another type than it should be");
  }
};

void GgufFile::Impl::place_tensor(GgufTensor& tensor, std::uint64_t offset,
                                  std::span<const std::byte> data, std::size_t alignment) const {
  const GgmlLayout layout = ggml_layout(tensor.type);
  std::size_t size = tensor.cols / layout.weights;
  if (__builtin_mul_overflow(size, layout.bytes, &size) ||
      __builtin_mul_overflow(size, tensor.rows, &size))
    throw Damage("tensor " + tensor.name + " has an absurd shape");
  if (offset % alignment != 0) throw Damage("tensor " + tensor.name + " is not aligned");
  if (offset > data.size() || size > data.size() - offset)
    throw Damage("tensor " + tensor.name + " lies outside the file, which may have been cut short");
  tensor.data = data.subspan(static_cast<std::size_t>(offset), size);
}

void GgufFile::Impl::check_overlap() const {
  std::vector<std::span<const std::byte>> ranges;
  for (const GgufTensor& tensor : tensors) ranges.push_back(tensor.data);
  std::ranges::sort(ranges, {}, [](const auto& range) { return range.data(); });
  for (std::size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i - 1].data() + ranges[i - 1].size() > ranges[i].data())
      throw Damage("two of its tensors overlap");
}

void GgufFile::Impl::read() {
  const auto bytes = file.bytes();
  Cursor cursor(bytes);
  const auto begin = cursor.take(magic.size());
  if (std::memcmp(begin.data(), magic.data(), magic.size()) != 0)
    throw Damage("it does not begin as one");
  const auto file_version = cursor.number<std::uint32_t>();
  if (file_version != 2 && file_version != 3)
    throw Damage("its version is neither 2 nor 3 (or it is meant for a big-endian machine)");
  const auto tensor_count = cursor.number<std::uint64_t>();
  const auto value_count = cursor.number<std::uint64_t>();

  for (std::uint64_t i = 0; i < value_count; ++i) {
    const std::string_view key = cursor.text();
    if (key.empty() || key.size() > max_name_bytes) throw Damage("a metadata key is absurd");
    if (!values.emplace(key, take_value(cursor, bytes)).second)
      throw Damage("its metadata has " + std::string(key) + " twice");
  }
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t i = 0; i < tensor_count; ++i)
    tensors.push_back(take_tensor(cursor, offsets.emplace_back()));

  std::size_t alignment = default_alignment;
  if (const Value* value = find(alignment_key)) {
    if (value->is_array || value->type != u32) throw Damage("its alignment is not a whole number");
    alignment = Cursor(value->bytes).number<std::uint32_t>();
    if (!std::has_single_bit(alignment) || alignment > max_alignment)
      throw Damage("its alignment is absurd");
  }
  cursor.take(std::min((alignment - cursor.position() % alignment) % alignment,
                       bytes.size() - cursor.position()));
  const auto data = bytes.subspan(cursor.position());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    place_tensor(tensors[i], offsets[i], data, alignment);
    if (!index.emplace(tensors[i].name, i).second)
      throw Damage("tensor " + tensors[i].name + " is there twice");
  }
  check_overlap();
}

GgufFile::GgufFile() = default;
GgufFile::~GgufFile() = default;

std::shared_ptr<const GgufFile> GgufFile::open(const std::filesystem::path& path) {
  std::shared_ptr<GgufFile> file(new GgufFile);
  file->impl_ = std::make_unique<Impl>(path);
  try {
    file->impl_->read();
  } catch (const Damage& damage) {
    file->impl_->fail(damage.what());
  }
  return file;
}

bool GgufFile::is_gguf(const std::filesystem::path& path) {
  char begin[magic.size()] = {};
  std::error_code none;
  return std::filesystem::is_regular_file(path, none) &&
         std::ifstream(path, std::ios::binary).read(begin, sizeof begin) &&
         std::string_view(begin, sizeof begin) == magic;
}

const std::filesystem::path& GgufFile::path() const {
  return impl_->path;
}

std::optional<std::uint64_t> GgufFile::find_count(std::string_view key) const {
  const Value* value = impl_->find_one(
      key, [](std::uint32_t type) { return type != text && type != boolean && !is_float(type); });
  if (!value) return std::nullopt;
  std::optional<std::uint64_t> count;
  for_each_number(*value, [&](auto number) {
    if (number >= 0) count = static_cast<std::uint64_t>(number);
  });
  if (!count) impl_->fail("its metadata value " + std::string(key) + " is negative");
  return count;
}

std::optional<double> GgufFile::find_number(std::string_view key) const {
  const Value* value =
      impl_->find_one(key, [](std::uint32_t type) { return type != text && type != boolean; });
  if (!value) return std::nullopt;
  double result = 0;
  for_each_number(*value, [&](auto number) { result = static_cast<double>(number); });
  return result;
}

std::optional<bool> GgufFile::find_flag(std::string_view key) const {
  const Value* value = impl_->find_one(key, [](std::uint32_t type) { return type == boolean; });
  if (!value) return std::nullopt;
  return value->bytes[0] != std::byte{0};
}

std::optional<std::string_view> GgufFile::find_text(std::string_view key) const {
  const Value* value = impl_->find_one(key, [](std::uint32_t type) { return type == text; });
  if (!value) return std::nullopt;
  return Cursor(value->bytes).text();
}

std::optional<std::vector<std::string_view>> GgufFile::find_texts(std::string_view key) const {
  const Value* value = impl_->find(key);
  if (!value) return std::nullopt;
  if (!value->is_array || value->type != text) impl_->fail_type(key);
  std::vector<std::string_view> texts(value->count);
  Cursor cursor(value->bytes);
  for (std::string_view& element : texts) element = cursor.text();
  return texts;
}

std::optional<std::vector<float>> GgufFile::find_numbers(std::string_view key) const {
  const Value* value = impl_->find(key);
  if (!value) return std::nullopt;
  if (!value->is_array || !is_float(value->type)) impl_->fail_type(key);
  std::vector<float> numbers;
  numbers.reserve(value->count);
  for_each_number(*value, [&](auto number) { numbers.push_back(static_cast<float>(number)); });
  return numbers;
}

std::optional<std::vector<std::int64_t>> GgufFile::find_integers(std::string_view key) const {
  const Value* value = impl_->find(key);
  if (!value) return std::nullopt;
  std::vector<std::int64_t> integers;
  if (!value->is_array || is_float(value->type)) impl_->fail_type(key);
  integers.reserve(value->bytes.size() / std::max<std::size_t>(value_size(value->type), 1));
  if (!for_each_number(*value,
                       [&](auto number) { integers.push_back(static_cast<std::int64_t>(number)); }))
    impl_->fail_type(key);
  return integers;
}

const std::vector<GgufTensor>& GgufFile::tensors() const {
  return impl_->tensors;
}

const GgufTensor* GgufFile::find_tensor(std::string_view name) const {
  const auto found = impl_->index.find(name);
  return found == impl_->index.end() ? nullptr : &impl_->tensors[found->second];
}

void GgufTensor::read_row(std::size_t index, std::span<float> values) const {
  decode_ggml(type, row(index), values);
}

}  // namespace sancho::engine
