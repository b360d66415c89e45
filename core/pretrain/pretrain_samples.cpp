#include "core/pretrain/pretrain_samples.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "core/drafting/prompt.h"
#include "core/playback/instruction_writer.h"
#include "core/playback/shorthand.h"
#include "core/playback/text_words.h"
#include "core/pretrain/entity_swap.h"
#include "core/pretrain/errands.h"
#include "core/pretrain/told_mail.h"

namespace sancho::core {

namespace {

using Random = std::mt19937_64;

double uniform(Random& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

/// Terse notes most often, as people type.
std::uint64_t draw_variant(Random& random) {
  static constexpr std::uint64_t styles[] = {0, 0, 0, 1, 1, 1, 1, 2, 2, 3};
  return styles[random() % std::size(styles)] + 4 * (random() % 1000);
}

std::unordered_set<std::string> content_words(std::string_view text) {
  std::unordered_set<std::string> words;
  for (const auto& word : split_words(lower_case(text))) {
    const auto bare = strip_punctuation(word);
    if (bare.size() > 2 && !is_stop_word(bare)) words.emplace(bare);
  }
  return words;
}

std::size_t shared(const std::unordered_set<std::string>& a,
                   const std::unordered_set<std::string>& b) {
  return static_cast<std::size_t>(
      std::ranges::count_if(a, [&](const std::string& word) { return b.contains(word); }));
}

/// The author's other mails nearest to the query by words, best first; near copies of the target
/// are passed over.
std::vector<std::string> related_mails(const Corpus& corpus, const std::vector<std::size_t>& own,
                                       std::size_t target, const std::string& query,
                                       std::size_t count) {
  constexpr std::size_t window = 40;
  const auto wanted = content_words(query);
  const auto written = content_words(corpus.mails[target].text);
  const auto here = static_cast<std::size_t>(std::ranges::find(own, target) - own.begin());
  const auto begin = here > window / 2 ? here - window / 2 : 0;
  std::vector<std::pair<double, std::size_t>> scored;
  for (std::size_t i = begin; i < std::min(own.size(), begin + window); ++i) {
    if (own[i] == target) continue;
    const auto words = content_words(corpus.mails[own[i]].text);
    if (words.size() < 3 || shared(words, written) * 10 > words.size() * 7) continue;
    const double same_reader =
        corpus.mails[own[i]].to_name == corpus.mails[target].to_name ? 0.3 : 0;
    const double score = static_cast<double>(shared(wanted, words)) /
                         std::sqrt(static_cast<double>(words.size()) + 5.0);
    scored.emplace_back(-score - same_reader, own[i]);
  }
  std::ranges::sort(scored);
  std::vector<std::string> mails;
  for (std::size_t i = 0; i < std::min(count, scored.size()); ++i)
    mails.push_back(corpus.mails[scored[i].second].text);
  return mails;
}

/// A hard-wrapped text as some mail programs store it: a space stays where a paragraph's line was
/// broken (RFC 3676, format=flowed).
std::string flowed(std::string_view text) {
  constexpr std::size_t shortest_broken = 62;
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    out += text.substr(begin, end - begin);
    const bool goes_on = end + 1 < text.size() && text[end + 1] != '\n';
    if (goes_on && end - begin >= shortest_broken && out.back() != ' ') out += ' ';
    if (end < text.size()) out += '\n';
    begin = end + 1;
  }
  return out;
}

/// Makes the samples of one corpus.
class SampleMaker {
 public:
  SampleMaker(const Corpus& corpus, const engine::Tokenizer& tokenizer,
              const SampleOptions& options)
      : corpus_(corpus),
        tokenizer_(tokenizer),
        options_(options),
        layout_(tokenizer),
        swap_(corpus),
        clauses_(corpus, options.heldout_percent),
        random_(options.seed) {
    for (std::size_t i = 0; i < corpus.mails.size(); ++i)
      by_author_[corpus.mails[i].author].push_back(i);
  }

  void add_mail(std::size_t index, bool first_pass) {
    const CorpusMail& mail = corpus_.mails[index];
    heldout_ = is_heldout(mail.author, options_.heldout_percent);
    const bool reply = !mail.incoming.empty();
    if (heldout_) {
      if (first_pass) add_told(mail, index);
      return;
    }
    for (double wanted = options_.errand_share; draw(wanted); --wanted) add_errand();
    if (first_pass && draw(options_.plain_share)) {
      const bool stored = draw(options_.stored_share);
      if (stored)
        add_plain(draw(0.5) ? flowed(mail.stored) : mail.stored, "plain mail as stored");
      else
        add_plain(mail.text, "plain mail");
    }
    if (draw(options_.playback_share)) add_playback(mail);
    const bool is_long = split_words(mail.text).size() > long_mail;
    if (!is_long || draw(whole_share)) add_told(mail, index);
    if (is_long) add_told(excerpt(mail, random_), index);
    if (reply && is_long) add_told(excerpt(mail, random_), index);
    if (reply && split_words(mail.incoming).size() <= short_incoming)
      for (double wanted = options_.answer_share; draw(wanted); --wanted) add_answer(mail);
    if (draw(options_.swapped_share))
      add_told(swap_.swapped(is_long ? excerpt(mail, random_) : mail, random_), unrelated);
  }

  void add_prose(const std::string& text) {
    heldout_ = false;
    if (draw(options_.prose_share)) add_plain(text, "prose");
  }

  PretrainSamples take() {
    std::ranges::shuffle(samples_.train, random_);
    std::ranges::shuffle(samples_.heldout, random_);
    return std::move(samples_);
  }

 private:
  static constexpr std::size_t unrelated = static_cast<std::size_t>(-1);
  static constexpr std::size_t long_mail = 45;       // words
  static constexpr std::size_t short_incoming = 60;  // words
  static constexpr double whole_share = 0.4;         // of long mails, told as a whole as well
  static constexpr InstructionLimits close{26, 26};

  bool draw(double share) { return uniform(random_) < share; }

  void add(engine::TrainSample sample, const char* kind) {
    if (sample.loss_from + 2 > sample.tokens.size()) return;
    if (!heldout_) ++samples_.kinds[kind];
    (heldout_ ? samples_.heldout : samples_.train).push_back(std::move(sample));
  }

  /// Text by itself, in pieces of max_tokens where it is longer.
  void add_plain(const std::string& text, const char* kind) {
    const auto tokens = tokenizer_.encode(text);
    const std::size_t room = options_.max_tokens - 2;
    for (std::size_t from = 0; from < tokens.size(); from += room) {
      const auto piece = std::span(tokens).subspan(from, std::min(room, tokens.size() - from));
      engine::TrainSample sample;
      sample.tokens.assign(1, tokenizer_.bos_id());
      sample.tokens.insert(sample.tokens.end(), piece.begin(), piece.end());
      if (from + room >= tokens.size()) sample.tokens.push_back(tokenizer_.eos_id());
      add(std::move(sample), kind);
    }
  }

  void add_playback(const CorpusMail& mail) {
    const auto instruction =
        write_instruction({mail.from_name, mail.to_name, mail.subject, mail.incoming, mail.text},
                          draw_variant(random_));
    if (!instruction.text.empty())
      add(layout_.playback_sample(mail.text, instruction.text, options_.max_tokens), "playback");
  }

  void add_errand() {
    const Errand errand = make_errand(swap_, clauses_, random_);
    const PromptParts parts{
        errand.from_name, {}, errand.incoming, errand.to_name, errand.instruction};
    add(layout_.sample(parts, errand.mail, errand.subject, options_.max_tokens), "errand");
    if (errand.incoming.empty() && draw(options_.playback_share))
      add(layout_.playback_sample(errand.mail, errand.instruction, options_.max_tokens),
          "playback");
  }

  /// A sentence or two of a reply after a note as people type it whose mail has just been opened:
  /// a few words, nobody named.
  void add_answer(const CorpusMail& as_written) {
    const CorpusMail mail = excerpt(with_names_used(as_written), random_);
    constexpr std::uint64_t terse = 1;
    std::string note = write_instruction({mail.from_name, {}, {}, mail.incoming, mail.text},
                                         terse + 4 * (random_() % 1000), close)
                           .text;
    if (note.empty()) return;
    if (draw(0.6)) note = subjectless(note);
    if (draw(0.5)) note = lower_case(note);
    const PromptParts parts{mail.from_name, {}, mail.incoming, mail.to_name, note};
    if (!tells_the_truth(parts, mail.text, {})) return;
    add(layout_.sample(parts, mail.text, {}, options_.max_tokens_with_context), "answer");
  }

  /// The mail after an instruction that tells all of its facts; nothing where there is none such.
  void add_told(const CorpusMail& as_written, std::size_t index) {
    const CorpusMail mail = with_names_used(as_written);
    const auto instruction =
        write_instruction({mail.from_name, mail.to_name, mail.subject, mail.incoming, mail.text},
                          draw_variant(random_), close);
    const double related_draw = uniform(random_), name_draw = uniform(random_);
    if (instruction.text.empty()) return;
    PromptParts parts{mail.from_name, {}, mail.incoming, mail.to_name, instruction.text};
    const bool names_reader =
        lower_case(instruction.text).find(lower_case(mail.to_name)) != std::string::npos;
    if (name_draw < (names_reader ? 0.6 : 0.1)) parts.to_name.clear();
    if (index != unrelated && related_draw < options_.related_share) {
      const auto& own = by_author_[mail.author];
      if (own.size() >= 5)
        parts.related = related_mails(corpus_, own, index, instruction.text + " " + mail.incoming,
                                      1 + static_cast<std::size_t>(random_() % 3));
    }
    if (!tells_the_truth(parts, mail.text, mail.subject)) {
      if (!heldout_) ++samples_.kinds["left out: says more than it is told"];
      return;
    }
    const bool reply = !mail.incoming.empty();
    const bool has_subject = !reply && tells_the_truth(parts, mail.subject, mail.text);
    const bool context = reply || !parts.related.empty();
    add(layout_.sample(parts, mail.text, has_subject ? mail.subject : "",
                       context ? options_.max_tokens_with_context : options_.max_tokens),
        index == unrelated       ? "facts swapped"
        : reply                  ? "reply"
        : !parts.related.empty() ? "instruction with related mail"
                                 : "instruction");
  }

  const Corpus& corpus_;
  const engine::Tokenizer& tokenizer_;
  const SampleOptions options_;
  const PromptLayout layout_;
  const EntitySwap swap_;
  const CorpusClauses clauses_;
  Random random_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_author_;
  PretrainSamples samples_;
  bool heldout_ = false;
};

}  // namespace

PretrainSamples make_pretrain_samples(
    const Corpus& corpus, const engine::Tokenizer& tokenizer, const SampleOptions& options,
    const std::function<void(std::size_t, std::size_t)>& on_progress, std::stop_token stop) {
  SampleMaker maker(corpus, tokenizer, options);
  const std::size_t mails = corpus.mails.size(), total = options.passes * mails;
  for (std::size_t i = 0; i < total && !stop.stop_requested(); ++i) {
    if (on_progress && i % 1000 == 0) on_progress(i, total);
    maker.add_mail(i % mails, i < mails);
  }
  for (const auto& text : corpus.prose) maker.add_prose(text);
  return maker.take();
}

std::vector<std::string> tokenizer_texts(const Corpus& corpus, std::size_t bytes,
                                         std::uint64_t seed) {
  std::size_t total = 1;
  for (const auto& mail : corpus.mails) total += mail.text.size();
  for (const auto& text : corpus.prose) total += text.size();
  const double share = static_cast<double>(bytes) / static_cast<double>(total);
  Random random(seed);
  std::vector<std::string> texts;
  for (const auto& mail : corpus.mails) {
    const auto variant = draw_variant(random);
    if (uniform(random) >= share) continue;
    texts.push_back(mail.text);
    const auto instruction = write_instruction(
        {mail.from_name, mail.to_name, mail.subject, mail.incoming, mail.text}, variant);
    if (!instruction.text.empty()) texts.push_back(instruction.text);
  }
  for (const auto& text : corpus.prose)
    if (uniform(random) < share) texts.push_back(text);
  return texts;
}

}  // namespace sancho::core
