#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace sancho::core {

/// One mail of the pretraining corpus, cleaned.
struct CorpusMail {
  std::string author;     // address: mails of one author go to one side of the split
  std::string from_name;  // as the author usually signs
  std::string to_name;
  std::string subject;   // without Re:, may be empty
  std::string incoming;  // the mail answered, may be empty
  std::string text;
  // The words as they lie in the file, with the line ends of a mail program.
  std::string stored = {};
};

struct Corpus {
  std::vector<CorpusMail> mails;
  std::vector<std::string> prose;              // paragraphs
  std::map<std::string, std::size_t> read;     // file → records
  std::map<std::string, std::size_t> dropped;  // reason → records
};

/// Whether an author belongs to the `percent` of all who are held out of every training.
bool is_heldout(const std::string& author, std::size_t percent);

/// Reads `sent.jsonl[.xz]` (from x_from to subject sent text), `replies.jsonl[.xz]` (from in_from
/// subject incoming reply), `lists.jsonl[.xz]` (from to subject text) and `prose.jsonl[.xz]` (text)
/// of a folder; one of the first two must be there. Throws std::runtime_error naming what cannot be
/// read.
Corpus read_corpus(const std::filesystem::path& folder,
                   const std::function<void(std::size_t records)>& on_progress = {},
                   std::stop_token stop = {});

}  // namespace sancho::core
