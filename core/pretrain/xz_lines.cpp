#include "core/pretrain/xz_lines.h"

#include <lzma.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

namespace sancho::core {

namespace {

constexpr std::size_t chunk_bytes = 1 << 16;
constexpr std::uint64_t decoder_memory = 256u << 20;
constexpr std::size_t longest_line = 16u << 20;

/// Cuts a stream of bytes into lines.
class LineCutter {
 public:
  explicit LineCutter(const std::function<bool(const std::string&)>& on_line) : on_line_(on_line) {}

  /// False: the reader wants no more.
  bool push(const char* data, std::size_t size) {
    line_.reserve(line_.size() + size);
    for (std::size_t i = 0; i < size; ++i) {
      if (data[i] != '\n') {
        line_ += data[i];
      } else {
        if (!on_line_(line_)) return false;
        line_.clear();
      }
    }
    if (line_.size() > longest_line) throw std::runtime_error("has a line of more than 16 MB");
    return true;
  }
  void finish() {
    if (!line_.empty()) on_line_(line_);
  }

 private:
  const std::function<bool(const std::string&)>& on_line_;
  std::string line_;
};

void read_all(std::istream& file, bool compressed, LineCutter& lines, std::stop_token stop) {
  lzma_stream stream = LZMA_STREAM_INIT;
  const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> guard(&stream, lzma_end);
  if (compressed && lzma_stream_decoder(&stream, decoder_memory, LZMA_CONCATENATED) != LZMA_OK)
    throw std::runtime_error("cannot be decompressed for want of memory");
  std::vector<char> in(chunk_bytes);
  std::vector<char> out(chunk_bytes);
  while (!stop.stop_requested()) {
    file.read(in.data(), static_cast<std::streamsize>(in.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    if (file.bad()) throw std::runtime_error("cannot be read to the end");
    if (!compressed) {
      if (got == 0) return lines.finish();
      if (!lines.push(in.data(), got)) return;
      continue;
    }
    stream.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream.avail_in = got;
    lzma_ret result = LZMA_OK;
    do {
      stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
      stream.avail_out = out.size();
      result = lzma_code(&stream, got == 0 ? LZMA_FINISH : LZMA_RUN);
      if (result != LZMA_OK && result != LZMA_STREAM_END)
        throw std::runtime_error("is damaged or cut short");
      if (!lines.push(out.data(), out.size() - stream.avail_out)) return;
    } while (result == LZMA_OK && (stream.avail_in > 0 || stream.avail_out == 0));
    if (result == LZMA_STREAM_END) return lines.finish();
  }
}

}  // namespace

void read_lines(const std::filesystem::path& path,
                const std::function<bool(const std::string&)>& on_line, std::stop_token stop) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("The file " + path.string() + " cannot be opened.");
  LineCutter lines(on_line);
  try {
    read_all(file, path.extension() == ".xz", lines, stop);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("The file " + path.string() + " " + error.what() + ".");
  }
}

}  // namespace sancho::core
