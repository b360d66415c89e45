// A model file, ours or GGUF: refused with a sentence, or a model that reads a few tokens.
#include <array>
#include <cstdint>
#include <stdexcept>

#include "engine/model/session.h"
#include "memory_file.h"

using namespace sancho::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto pool = std::make_shared<ThreadPool>(1);
  const MemoryFile file(data, size);
  try {
    const auto model = Model::load(file.path());
    Session session(model, pool, 8);
    session.read(std::array<TokenId, 3>{0, 0, 0});
    session.read(std::array<TokenId, 1>{0});
  } catch (const std::runtime_error&) {
  } catch (const std::length_error&) {  // room for fewer positions than that
  }
  return 0;
}
