#include "engine/train/dataset.h"

#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "engine/checkpoint/atomic_file.h"
#include "engine/checkpoint/mapped_file.h"

namespace sancho::engine {
namespace {

static_assert(std::endian::native == std::endian::little, "token files are little-endian");

/// Followed by a SampleHeader for each sample, then all tokens, each u32.
struct FileHeader {
  char magic[8];
  std::uint32_t version, vocab_size;
  std::uint64_t samples, tokens;
};
struct SampleHeader {
  std::uint32_t length, loss_from;
};

constexpr char kMagic[8] = {'S', 'A', 'N', 'C', 'H', 'O', 'T', 'K'};
constexpr std::uint32_t kVersion = 1;

[[noreturn]] void refuse(const std::filesystem::path& path, const char* why) {
  throw std::runtime_error("The token file " + path.string() + " " + why +
                           "; make it again from the text.");
}

}  // namespace

void write_token_file(const std::filesystem::path& path, std::span<const TrainSample> samples,
                      std::size_t vocab_size) {
  FileHeader header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.vocab_size = static_cast<std::uint32_t>(vocab_size);
  header.samples = samples.size();
  std::vector<SampleHeader> heads;
  heads.reserve(samples.size());
  for (const TrainSample& sample : samples) {
    header.tokens += sample.tokens.size();
    heads.push_back({static_cast<std::uint32_t>(sample.tokens.size()), sample.loss_from});
  }
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&header, 1)));
  file.write(std::as_bytes(std::span(heads)));
  for (const TrainSample& sample : samples) file.write(std::as_bytes(std::span(sample.tokens)));
  file.commit();
}

std::vector<TrainSample> read_token_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  FileHeader header{};
  if (bytes.size() < sizeof header) refuse(path, "is too short");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) refuse(path, "is not a token file");
  if (header.version != kVersion) refuse(path, "has a version this program does not know");
  const std::uint64_t rest = bytes.size() - sizeof header;
  if (header.samples > rest / sizeof(SampleHeader) || header.tokens > rest / sizeof(TokenId) ||
      header.samples * sizeof(SampleHeader) + header.tokens * sizeof(TokenId) != rest)
    refuse(path, "is not as long as its header says");

  std::vector<TrainSample> samples(static_cast<std::size_t>(header.samples));
  const std::byte* head = bytes.data() + sizeof header;
  const std::byte* token = head + header.samples * sizeof(SampleHeader);
  std::uint64_t left = header.tokens;
  for (TrainSample& sample : samples) {
    SampleHeader h{};
    std::memcpy(&h, head, sizeof h);
    head += sizeof h;
    if (h.length > left) refuse(path, "has samples longer than its tokens");
    left -= h.length;
    sample.loss_from = h.loss_from;
    sample.tokens.resize(h.length);
    if (h.length > 0) std::memcpy(sample.tokens.data(), token, h.length * sizeof(TokenId));
    token += h.length * sizeof(TokenId);
    for (const TokenId id : sample.tokens)
      if (id < 0 || static_cast<std::uint32_t>(id) >= header.vocab_size)
        refuse(path, "holds a token outside its vocabulary");
  }
  if (left != 0) refuse(path, "has tokens that belong to no sample");
  return samples;
}

}  // namespace sancho::engine
