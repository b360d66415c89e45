#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_map>

#include "engine/checkpoint/mapped_file.h"
#include "engine/checkpoint/safetensors.h"

namespace sancho::engine {

namespace {

using nlohmann::json;

constexpr std::size_t max_header_bytes = 32u << 20;  // 100 times the largest header seen in use
constexpr int max_header_depth = 3;                  // file, tensor, shape
constexpr std::size_t max_rank = 8;

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

/// The product of `shape` and the element size; empty where it overflows.
std::optional<std::size_t> byte_count(std::span<const std::size_t> shape, DType dtype) {
  std::size_t count = dtype_size(dtype);
  for (const std::size_t extent : shape)
    if (__builtin_mul_overflow(count, extent, &count)) return std::nullopt;
  return count;
}

json parse_header(std::string_view text) {
  return json::parse(text, [](int depth, json::parse_event_t event, json&) {
    const bool opens =
        event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth >= max_header_depth) throw std::runtime_error("nested too deeply");
    return true;
  });
}

std::size_t unsigned_number(const json& value) {
  if (!value.is_number_unsigned()) throw std::runtime_error("a size is not a whole number");
  return value.get<std::size_t>();
}

TensorView tensor_from_json(const std::string& name, const json& entry,
                            std::span<const std::byte> data) {
  TensorView tensor;
  tensor.name = name;
  const auto dtype = dtype_from_name(entry.at("dtype").get_ref<const std::string&>());
  if (!dtype) throw std::runtime_error("its element type is unknown");
  tensor.dtype = *dtype;
  const json& shape = entry.at("shape");
  if (!shape.is_array() || shape.size() > max_rank) throw std::runtime_error("its shape is absurd");
  for (const json& extent : shape) tensor.shape.push_back(unsigned_number(extent));

  const json& offsets = entry.at("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2)
    throw std::runtime_error("its data_offsets are not a pair");
  const std::size_t begin = unsigned_number(offsets[0]), end = unsigned_number(offsets[1]);
  if (begin > end || end > data.size())
    throw std::runtime_error("its bytes lie outside the file, which may have been cut short");
  if (byte_count(tensor.shape, tensor.dtype) != end - begin)
    throw std::runtime_error("its shape does not fit its bytes");
  tensor.data = data.subspan(begin, end - begin);
  return tensor;
}

}  // namespace

struct SafetensorsFile::Impl {
  Impl(const std::filesystem::path& p) : path(p), file(p) {}

  std::filesystem::path path;
  MappedFile file;
  std::map<std::string, std::string> metadata;
  std::vector<TensorView> tensors;
  std::unordered_map<std::string, std::size_t> index;

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(path.string() + " is not a usable safetensors file: " + why + ".");
  }

  void read_header();
  void read_metadata(const json& entries);
  void check_overlap() const;
};

void SafetensorsFile::Impl::read_metadata(const json& entries) {
  if (!entries.is_object()) fail("its metadata is not a map");
  for (const auto& [key, value] : entries.items()) {
    if (!value.is_string()) fail("a metadata value is not text");
    metadata[key] = value.get<std::string>();
  }
}

void SafetensorsFile::Impl::check_overlap() const {
  std::vector<std::span<const std::byte>> ranges;
  for (const TensorView& tensor : tensors)
    if (!tensor.data.empty()) ranges.push_back(tensor.data);
  std::ranges::sort(ranges, {}, [](const auto& range) { return range.data(); });
  for (std::size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i - 1].data() + ranges[i - 1].size() > ranges[i].data())
      fail("two of its tensors overlap");
}

void SafetensorsFile::Impl::read_header() {
  const auto bytes = file.bytes();
  std::uint64_t header_bytes = 0;
  if (bytes.size() < sizeof header_bytes) fail("it is too short to hold a header");
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  const std::size_t rest = bytes.size() - sizeof header_bytes;
  if (header_bytes > rest || header_bytes > max_header_bytes)
    fail("its header is longer than the file or absurdly long");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + sizeof header_bytes,
                              static_cast<std::size_t>(header_bytes));
  const auto data = bytes.subspan(sizeof header_bytes + static_cast<std::size_t>(header_bytes));

  json header;
  try {
    header = parse_header(text);
  } catch (const std::exception&) {
    fail("its header is not valid JSON of the expected kind");
  }
  if (!header.is_object()) fail("its header is not a map");
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      read_metadata(entry);
      continue;
    }
    try {
      tensors.push_back(tensor_from_json(name, entry, data));
    } catch (const json::exception&) {
      fail("the entry of tensor " + name + " is incomplete");
    } catch (const std::runtime_error& error) {
      fail("tensor " + name + ": " + error.what());
    }
  }
  check_overlap();
  std::erase_if(tensors, [](const TensorView& t) { return is_safetensors_padding(t.name); });
  std::ranges::sort(tensors, {}, [](const TensorView& tensor) {
    return std::pair(tensor.data.data(), std::string_view(tensor.name));
  });
  for (std::size_t i = 0; i < tensors.size(); ++i) index.emplace(tensors[i].name, i);
}

SafetensorsFile::SafetensorsFile() = default;
SafetensorsFile::~SafetensorsFile() = default;

std::shared_ptr<const SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  std::shared_ptr<SafetensorsFile> file(new SafetensorsFile);
  file->impl_ = std::make_unique<Impl>(path);
  file->impl_->read_header();
  return file;
}

const std::filesystem::path& SafetensorsFile::path() const {
  return impl_->path;
}
std::uint64_t SafetensorsFile::bytes() const {
  return impl_->file.bytes().size();
}
const std::map<std::string, std::string>& SafetensorsFile::metadata() const {
  return impl_->metadata;
}
const std::vector<TensorView>& SafetensorsFile::tensors() const {
  return impl_->tensors;
}

std::optional<TensorView> SafetensorsFile::find(const std::string& name) const {
  const auto found = impl_->index.find(name);
  if (found == impl_->index.end()) return std::nullopt;
  return impl_->tensors[found->second];
}

}  // namespace sancho::engine
