// A GGUF file: refused with a sentence, or every number in it can be read.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/checkpoint/gguf.h"
#include "memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    const auto gguf = sancho::engine::GgufFile::open(file.path());
    for (const auto& tensor : gguf->tensors()) {
      std::vector<float> row(tensor.cols);
      for (std::size_t r = 0; r < tensor.rows; ++r) tensor.read_row(r, row);
    }
    (void)gguf->find_texts("tokenizer.ggml.tokens");
    (void)gguf->find_numbers("tokenizer.ggml.scores");
    (void)gguf->find_integers("tokenizer.ggml.token_type");
  } catch (const std::runtime_error&) {
  }
  return 0;
}
