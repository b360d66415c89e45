// A safetensors file: refused with a sentence, or every tensor's bytes can be read.
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "engine/checkpoint/safetensors.h"
#include "memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    const auto tensors = sancho::engine::SafetensorsFile::open(file.path());
    volatile unsigned sum = 0;
    for (const auto& tensor : tensors->tensors())
      for (const std::byte byte : tensor.data) sum = sum + std::to_integer<unsigned>(byte);
  } catch (const std::runtime_error&) {
  }
  return 0;
}
