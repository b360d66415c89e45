// A model file: refused with a sentence, or a whole model.
#include <cstdint>
#include <stdexcept>

#include "engine/model/model.h"
#include "memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    sancho::engine::Model::load(file.path())->bytes();
  } catch (const std::runtime_error&) {
  }
  return 0;
}
