#include "core/playback/playback_job.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <unordered_set>

#include "core/playback/instruction_writer.h"
#include "core/playback/names.h"
#include "core/playback/prompt_words.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

/// Why a mail cannot be a training target; empty where it can.
std::string rejection(const StoredMessage& stored, const std::string& mail,
                      const PlaybackOptions& options) {
  if (stored.message.automatic) return "automatic";
  const auto words = split_words(mail).size();
  if (words == 0) {
    const auto subject = lower_case(trim(stored.message.subject));
    const bool forward =
        subject.starts_with("fw") || stored.message.body.find("Forwarded by") != std::string::npos;
    return forward ? "forward only" : "no words of your own";
  }
  if (words < options.min_words) return "too short";
  if (words > options.max_words) return "too long";
  const auto letters = std::ranges::count_if(mail, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x80 || std::isalpha(u) || std::isspace(u);
  });
  if (static_cast<double>(letters) < 0.7 * static_cast<double>(mail.size())) return "not text";
  return {};
}

std::string without_reply_prefix(std::string_view subject) {
  for (;;) {
    subject = trim(subject);
    const auto low = lower_case(subject);
    const std::size_t cut = low.starts_with("re:") || low.starts_with("fw:") ? 3
                            : low.starts_with("fwd:")                        ? 4
                                                                             : 0;
    if (cut == 0) return std::string(subject);
    subject.remove_prefix(cut);
  }
}

/// A mail that can be learned from, before its instructions are written.
struct Candidate {
  StoredMessage stored;
  std::string mail;
};

}  // namespace

PlaybackResult make_pairs(
    const Archive& archive, const PlaybackOptions& options,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress,
    std::stop_token stop) {
  const auto start = std::chrono::steady_clock::now();
  PlaybackResult result;
  auto& report = result.report;
  const auto keys = archive.own_keys();
  const auto reject = [&](const std::string& reason) { ++report.rejected[reason]; };
  const auto finish = [&] {
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };

  std::vector<Candidate> candidates;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (stop.stop_requested()) {
      report.cancelled = true;
      finish();
      return result;
    }
    if (on_progress) on_progress(i, 2 * keys.size());
    auto stored = archive.message(keys[i]);
    if (!stored) continue;
    ++report.own;
    auto mail = unwrap(stored->message.own);
    if (const auto reason = rejection(*stored, mail, options); !reason.empty())
      reject(reason);
    else if (!seen.insert(lower_case(join(split_words(mail), " "))).second)
      reject("duplicate text");
    else
      candidates.push_back({std::move(*stored), std::move(mail)});
  }
  std::ranges::stable_sort(candidates, {},
                           [](const Candidate& c) { return c.stored.message.date; });

  const std::string me = writer_name(archive);

  std::vector<std::vector<TrainingPair>> by_mail;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (stop.stop_requested()) {
      report.cancelled = true;
      break;
    }
    if (on_progress) on_progress(keys.size() + i, keys.size() + candidates.size());
    const auto& message = candidates[i].stored.message;
    TrainingPair pair;
    pair.message = candidates[i].stored.key;
    pair.date = message.date;
    pair.subject = without_reply_prefix(message.subject);
    pair.mail = candidates[i].mail;
    pair.from_name = me;
    if (!message.to.empty()) pair.to_name = first_name(message.to.front());
    if (const auto parent = archive.parent_of(pair.message))
      pair.incoming = incoming_words(parent->message);
    const WrittenMail written{pair.from_name, pair.to_name, message.subject, pair.incoming,
                              pair.mail};
    std::vector<TrainingPair> phrasings;
    const auto first_variant = options.seed * 7 + static_cast<std::uint64_t>(i);
    for (std::size_t p = 0; p < std::max<std::size_t>(1, options.phrasings); ++p) {
      const auto instruction = write_instruction(written, first_variant + p);
      if (instruction.text.empty()) break;
      pair.instruction = instruction.text;
      pair.style = instruction.style;
      phrasings.push_back(pair);
    }
    if (phrasings.empty())
      reject("nothing to ask for");
    else
      by_mail.push_back(std::move(phrasings));
  }

  report.usable = by_mail.size();
  report.heldout =
      static_cast<std::size_t>(options.heldout_share * static_cast<double>(by_mail.size()) + 0.5);
  report.train = report.usable - report.heldout;
  for (std::size_t i = 0; i < by_mail.size(); ++i) {
    if (on_progress && options.reword) on_progress(i, by_mail.size());
    if (i >= report.train) {
      by_mail[i].resize(1);
    } else if (options.reword && !report.cancelled) {
      auto reworded = options.reword(by_mail[i].front(), options.seed * 7 + i);
      reworded.resize(std::min(reworded.size(), by_mail[i].size()));
      report.by_model += reworded.size();
      for (std::size_t p = 0; p < reworded.size(); ++p) {
        by_mail[i][p].instruction = std::move(reworded[p]);
        by_mail[i][p].style = "model";
      }
      report.cancelled = stop.stop_requested();
    }
    for (auto& pair : by_mail[i]) {
      pair.heldout = i >= report.train;
      result.pairs.push_back(std::move(pair));
    }
  }
  report.pairs = result.pairs.size();
  if (on_progress && !report.cancelled) on_progress(keys.size(), keys.size());
  finish();
  return result;
}

}  // namespace sancho::core
