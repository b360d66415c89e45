#include "core/pretrain/corpus.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_set>

#include "core/playback/names.h"
#include "core/playback/text_words.h"
#include "core/pretrain/mail_cleaning.h"
#include "core/pretrain/xz_lines.h"

namespace sancho::core {

namespace {

using nlohmann::json;

constexpr std::size_t mail_words = 200;      // a longer mail is left out
constexpr std::size_t incoming_words = 300;  // so is an answer to a longer one
constexpr std::size_t prose_words = 1200;

std::filesystem::path find_file(const std::filesystem::path& folder, const std::string& name) {
  for (const auto* suffix : {".jsonl", ".jsonl.xz"})
    if (std::filesystem::exists(folder / (name + suffix))) return folder / (name + suffix);
  return {};
}

std::string field(const json& record, const char* name) {
  const auto found = record.find(name);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "Ann Smith <ann@example.org>", or an address alone whose name is `name`.
Address address_of(const std::string& from, const std::string& name) {
  const auto open = from.rfind('<'), close = from.rfind('>');
  if (open == std::string::npos || close == std::string::npos || close < open) return {name, from};
  return {std::string(strip_punctuation(trim(from.substr(0, open)))),
          from.substr(open + 1, close - open - 1)};
}

std::string first_recipient(const std::string& list) {
  return list.substr(0, list.find_first_of(",;"));
}

std::string subject_of(const std::string& raw) {
  std::string subject = normalise_text(raw);
  std::ranges::replace(subject, '\n', ' ');
  for (;;) {
    subject = std::string(trim(subject));
    const auto low = lower_case(subject);
    const std::size_t cut = low.starts_with("re:") || low.starts_with("fw:") ? 3
                            : low.starts_with("fwd:")                        ? 4
                                                                             : 0;
    if (cut == 0) break;
    subject = subject.substr(cut);
  }
  return subject.size() <= 80 ? subject : std::string();
}

}  // namespace

bool is_heldout(const std::string& author, std::size_t percent) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : author) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return (hash >> 20) % 100 < percent;
}

Corpus read_corpus(const std::filesystem::path& folder,
                   const std::function<void(std::size_t records)>& on_progress,
                   std::stop_token stop) {
  Corpus corpus;
  std::unordered_set<std::size_t> seen;
  std::size_t records = 0;
  const auto drop = [&](const char* reason) { ++corpus.dropped[reason]; };
  const auto is_new = [&](const std::string& text) {
    return seen.insert(std::hash<std::string>{}(lower_case(join(split_words(text), " ")))).second;
  };
  // Replies come first: where a mail is in both files, the one with the mail it answers is kept.
  const auto read = [&](const char* name, const char* text_field) {
    const auto path = find_file(folder, name);
    if (path.empty()) return;
    read_lines(
        path,
        [&](const std::string& line) {
          if (on_progress && ++records % 5000 == 0) on_progress(records);
          ++corpus.read[path.filename().string()];
          const json record = json::parse(line, nullptr, false);
          if (!record.is_object()) return drop("not a JSON record"), true;
          CorpusMail mail;
          const Address from = address_of(field(record, "from"), field(record, "x_from"));
          mail.author = lower_case(from.address);
          mail.from_name = first_name(from);
          const auto to = field(record, std::string_view(name) == "replies" ? "in_from" : "to");
          mail.to_name = first_name({"", lower_case(first_recipient(to))});
          mail.subject = subject_of(field(record, "subject"));
          mail.stored = field(record, text_field);
          mail.text = clean_mail(mail.stored, mail.from_name, mail_words);
          if (mail.text.empty()) return drop("not an ordinary mail"), true;
          if (std::string_view(name) == "replies") {
            mail.incoming = clean_mail(field(record, "incoming"), {}, incoming_words);
            if (mail.incoming.empty()) return drop("the mail answered is not ordinary"), true;
          }
          if (!is_new(mail.text)) return drop("duplicate"), true;
          corpus.mails.push_back(std::move(mail));
          return true;
        },
        stop);
  };
  read("replies", "reply");
  read("sent", "text");
  if (corpus.read.empty())
    throw std::runtime_error("The folder " + folder.string() +
                             " holds neither sent.jsonl nor replies.jsonl; name a corpus folder.");
  read("lists", "text");
  if (const auto path = find_file(folder, "prose"); !path.empty())
    read_lines(
        path,
        [&](const std::string& line) {
          if (on_progress && ++records % 5000 == 0) on_progress(records);
          ++corpus.read[path.filename().string()];
          const json record = json::parse(line, nullptr, false);
          std::string text = record.is_object() ? clean_mail(field(record, "text"), {}, prose_words)
                                                : std::string();
          if (text.empty()) return drop("not ordinary prose"), true;
          if (!is_new(text)) return drop("duplicate"), true;
          corpus.prose.push_back(std::move(text));
          return true;
        },
        stop);

  std::map<std::string, std::vector<std::string>> by_author;
  for (const auto& mail : corpus.mails) by_author[mail.author].push_back(mail.text);
  std::map<std::string, std::string> sign_off;
  for (const auto& mail : corpus.mails) {
    auto& name = sign_off[mail.author];
    if (name.empty()) name = usual_sign_off(by_author[mail.author], mail.from_name);
  }
  for (auto& mail : corpus.mails) mail.from_name = sign_off[mail.author];
  return corpus;
}

}  // namespace sancho::core
