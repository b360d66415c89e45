#include <numeric>
#include <set>
#include <stdexcept>

#include "engine/checkpoint/atomic_file.h"
#include "engine/checkpoint/gguf.h"
#include "engine/checkpoint/gguf_format.h"

namespace sancho::engine {

namespace {

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& out, std::string_view text) {
  put<std::uint64_t>(out, text.size());
  out += text;
}

std::size_t padding_after(std::size_t size) {
  return (gguf::default_alignment - size % gguf::default_alignment) % gguf::default_alignment;
}

std::size_t row_bytes(GgmlType type, std::size_t cols) {
  const GgmlLayout layout = ggml_layout(type);
  return cols / layout.weights * layout.bytes;
}

}  // namespace

void GgufWriter::begin_value(std::string_view key, std::uint32_t type) {
  put_text(metadata_, key);
  put(metadata_, type);
  ++values_;
}

void GgufWriter::set(std::string_view key, std::uint32_t value) {
  begin_value(key, gguf::u32);
  put(metadata_, value);
}

void GgufWriter::set(std::string_view key, float value) {
  begin_value(key, gguf::f32);
  put(metadata_, value);
}

void GgufWriter::set(std::string_view key, bool value) {
  begin_value(key, gguf::boolean);
  put<std::uint8_t>(metadata_, value);
}

void GgufWriter::set(std::string_view key, std::string_view value) {
  begin_value(key, gguf::text);
  put_text(metadata_, value);
}

void GgufWriter::set(std::string_view key, std::span<const std::string> values) {
  begin_value(key, gguf::array);
  put<std::uint32_t>(metadata_, gguf::text);
  put<std::uint64_t>(metadata_, values.size());
  for (const std::string& value : values) put_text(metadata_, value);
}

void GgufWriter::set(std::string_view key, std::span<const float> values) {
  begin_value(key, gguf::array);
  put<std::uint32_t>(metadata_, gguf::f32);
  put<std::uint64_t>(metadata_, values.size());
  for (const float value : values) put(metadata_, value);
}

void GgufWriter::set(std::string_view key, std::span<const std::int32_t> values) {
  begin_value(key, gguf::array);
  put<std::uint32_t>(metadata_, gguf::i32);
  put<std::uint64_t>(metadata_, values.size());
  for (const std::int32_t value : values) put(metadata_, value);
}

void GgufWriter::add_matrix(std::string name, GgmlType type, std::size_t rows, std::size_t cols,
                            RowSource source) {
  if (cols == 0 || cols % ggml_layout(type).weights != 0)
    throw std::invalid_argument("Rows of " + name + " are not whole blocks of " +
                                std::string(ggml_type_name(type)) + ".");
  entries_.push_back({std::move(name), type, {cols, rows}, rows, cols, std::move(source)});
}

void GgufWriter::add_vector(std::string name, std::span<const float> values) {
  entries_.push_back({std::move(name),
                      GgmlType::f32,
                      {values.size()},
                      1,
                      values.size(),
                      [values](std::size_t, std::span<float> row) {
                        std::copy(values.begin(), values.end(), row.begin());
                      }});
}

void GgufWriter::write(const std::filesystem::path& path,
                       const std::function<void()>& on_row) const {
  std::string header(gguf::magic);
  put(header, gguf::version);
  put<std::uint64_t>(header, entries_.size());
  put(header, values_);
  header += metadata_;
  std::uint64_t offset = 0;
  for (const Entry& entry : entries_) {
    put_text(header, entry.name);
    put(header, static_cast<std::uint32_t>(entry.shape.size()));
    for (const std::uint64_t extent : entry.shape) put(header, extent);
    put(header, static_cast<std::uint32_t>(entry.type));
    put(header, offset);
    const std::size_t size = entry.rows * row_bytes(entry.type, entry.cols);
    offset += size + padding_after(size);
  }
  header.append(padding_after(header.size()), '\0');

  AtomicFile file(path);
  file.write(header);
  constexpr std::size_t chunk_bytes = 1 << 20;
  std::vector<float> values;
  std::vector<std::byte> blocks;
  for (const Entry& entry : entries_) {
    const std::size_t size = row_bytes(entry.type, entry.cols);
    values.resize(entry.cols);
    blocks.clear();
    for (std::size_t row = 0; row < entry.rows; ++row) {
      entry.source(row, values);
      blocks.resize(blocks.size() + size);
      try {
        encode_ggml(entry.type, values, std::span(blocks).last(size));
      } catch (const std::runtime_error& error) {
        throw std::runtime_error("Cannot write " + path.string() + ": tensor " + entry.name + ": " +
                                 error.what());
      }
      if (blocks.size() >= chunk_bytes) {
        file.write(blocks);
        blocks.clear();
      }
      if (on_row) on_row();
    }
    blocks.resize(blocks.size() + padding_after(entry.rows * size));
    file.write(blocks);
  }
  file.commit();
}

}  // namespace sancho::engine
