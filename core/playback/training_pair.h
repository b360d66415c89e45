#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sancho::core {

/// One sent mail and an instruction that could have produced it.
struct TrainingPair {
  std::int64_t message = 0;  // MessageKey of the mail; 0 outside an archive
  std::int64_t date = 0;
  bool heldout = false;  // the newest fifth
  std::string style;     // which phrasing the writer used: "terse", "sentence", "bullets", …
  std::string instruction;
  std::string from_name;  // who writes
  std::string to_name;    // to whom, may be empty
  std::string subject;
  std::string incoming;              // the mail answered, may be empty
  std::vector<std::string> related;  // own earlier mails, never the target itself
  std::string mail;                  // the target: the user's own words, sign-off included
};

/// JSON lines, written atomically; the pairs are a cache of the archive.
void write_pairs(const std::filesystem::path& path, const std::vector<TrainingPair>& pairs);
std::vector<TrainingPair> read_pairs(const std::filesystem::path& path);

}  // namespace sancho::core
