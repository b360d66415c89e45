// The mbox reader: no message may be lost, doubled or larger than the file.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "core/mail/mbox.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  std::uint64_t next = 0;
  std::size_t total = 0;
  sancho::core::read_mbox(in, 0,
                          [&](sancho::core::RawMessage&& message) {
                            if (message.offset < next || message.offset > size) std::abort();
                            next = message.offset;
                            total += message.raw.size();
                            return true;
                          },
                          {}, {});
  if (total > size) std::abort();
  return 0;
}
