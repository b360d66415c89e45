#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/atomic_file.h"
#include "engine/checkpoint/safetensors.h"

namespace sancho::engine {

namespace {

constexpr std::size_t alignment = 64;
constexpr std::string_view padding_prefix = "__padding__.";

/// Bytes written between two looks at a stop request.
constexpr std::size_t piece = std::size_t{8} << 20;

constexpr std::size_t padding_after(std::size_t size) {
  return (alignment - size % alignment) % alignment;
}

/// The header's JSON with one more entry per tensor; keeps the running end of the data.
class Header {
 public:
  explicit Header(const std::map<std::string, std::string>& metadata) {
    if (!metadata.empty()) json_["__metadata__"] = metadata;
  }

  void add(const TensorView& tensor) {
    if (const std::size_t gap = padding_after(end_); gap != 0)
      add_entry(std::string(padding_prefix) + std::to_string(end_), DType::u8, {gap}, gap);
    add_entry(tensor.name, tensor.dtype, tensor.shape, tensor.data.size());
  }

  /// Length and JSON, padded with spaces so that the data starts aligned.
  std::string serialized() const {
    std::string text = json_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    text.append(padding_after(sizeof(std::uint64_t) + text.size()), ' ');
    const std::uint64_t size = text.size();
    return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text;
  }

 private:
  void add_entry(const std::string& name, DType dtype, const std::vector<std::size_t>& shape,
                 std::size_t bytes) {
    if (json_.contains(name)) throw std::invalid_argument("Two tensors are called " + name + ".");
    json_[name] = {
        {"dtype", dtype_name(dtype)}, {"shape", shape}, {"data_offsets", {end_, end_ + bytes}}};
    end_ += bytes;
  }

  nlohmann::ordered_json json_ = nlohmann::ordered_json::object();
  std::size_t end_ = 0;
};

}  // namespace

bool is_safetensors_padding(std::string_view name) {
  return name.starts_with(padding_prefix);
}

bool write_safetensors(const std::filesystem::path& path,
                       const std::map<std::string, std::string>& metadata,
                       const std::function<void(const TensorSink&)>& for_each_tensor,
                       std::stop_token stop) {
  Header header(metadata);
  for_each_tensor([&](const TensorView& tensor) { header.add(tensor); });

  AtomicFile file(path);
  file.write(header.serialized());
  constexpr std::array<std::byte, alignment> zeros{};
  std::size_t end = 0;
  for_each_tensor([&](const TensorView& tensor) {
    const std::size_t gap = padding_after(end);
    file.write(std::span(zeros).first(gap));
    for (auto rest = tensor.data; !rest.empty() && !stop.stop_requested();
         rest = rest.subspan(std::min(piece, rest.size()))) {
      file.write(rest.first(std::min(piece, rest.size())));
      if (stop.stop_possible()) file.sync();
    }
    end += gap + tensor.data.size();
  });
  if (stop.stop_requested()) return false;
  file.commit();
  return true;
}

void SafetensorsWriter::set_metadata(const std::string& key, const std::string& value) {
  metadata_[key] = value;
}

void SafetensorsWriter::add(const TensorView& tensor) {
  Entry& entry = entries_.emplace_back();
  entry.data.assign(tensor.data.begin(), tensor.data.end());
  entry.info = tensor;
  entry.info.data = {};
}

void SafetensorsWriter::write(const std::filesystem::path& path) const {
  write_safetensors(path, metadata_, [this](const TensorSink& sink) {
    for (const Entry& entry : entries_) {
      TensorView tensor = entry.info;
      tensor.data = entry.data;
      sink(tensor);
    }
  });
}

}  // namespace sancho::engine
