// One raw message through MIME, charsets, HTML and cleaning.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/mail/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = sancho::core::parse_message({reinterpret_cast<const char*>(data), size});
  if (message.content_hash.size() != 64 || message.message_id.empty()) std::abort();
  return 0;
}
