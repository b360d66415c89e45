#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"

namespace sancho::core {

struct ImportProgress {
  std::string file;
  std::uint64_t bytes_read = 0, bytes_total = 0;
  std::size_t read = 0, stored = 0, duplicates = 0, damaged = 0;
};

struct ImportReport {
  bool cancelled = false;
  std::size_t read = 0, stored = 0, duplicates = 0, damaged = 0, own = 0;
  double seconds = 0;
  /// Messages with something unreadable in them: where and what. (Stored as far as they could be.)
  struct Damage {
    std::string file;
    std::uint64_t offset;
    std::string what;
  };
  std::vector<Damage> damage;                                    // at most 1,000
  std::vector<std::pair<std::string, std::string>> passed_over;  // file, reason
  std::vector<IdentityGuess> identities;
};

/// Reads mailboxes into the archive; again = only what is new. `me` confirms addresses; empty:
/// the most likely one is marked if none is confirmed yet. A stop request or a crash loses at most
/// the current batch, and the next import goes on.
ImportReport import_mailboxes(Archive& archive, const std::vector<std::filesystem::path>& paths,
                              const std::vector<std::string>& me,
                              const std::function<void(const ImportProgress&)>& on_progress = {},
                              std::stop_token stop = {});

}  // namespace sancho::core
