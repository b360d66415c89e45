#include "core/pretrain/pretrain_samples.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <unordered_map>
#include <unordered_set>

#include "core/drafting/prompt.h"
#include "core/playback/instruction_writer.h"
#include "core/playback/text_words.h"

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

/// True where the instruction names a fact that the target does not use.
bool asks_for_more(const std::string& instruction, const CorpusMail& mail) {
  const auto target = lower_case(mail.text + "\n" + mail.subject + "\n" + mail.to_name);
  return std::ranges::any_of(find_facts(instruction), [&](const Fact& fact) {
    return target.find(lower_case(fact.text)) == std::string::npos;
  });
}

std::size_t author_bucket(const std::string& author) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : author) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return static_cast<std::size_t>((hash >> 20) % 100);
}

}  // namespace

PretrainSamples make_pretrain_samples(
    const Corpus& corpus, const engine::Tokenizer& tokenizer, const SampleOptions& options,
    const std::function<void(std::size_t, std::size_t)>& on_progress, std::stop_token stop) {
  const PromptLayout layout(tokenizer);
  std::unordered_map<std::string, std::vector<std::size_t>> by_author;
  for (std::size_t i = 0; i < corpus.mails.size(); ++i)
    by_author[corpus.mails[i].author].push_back(i);

  PretrainSamples samples;
  Random random(options.seed);
  for (std::size_t i = 0; i < corpus.mails.size() && !stop.stop_requested(); ++i) {
    if (on_progress && i % 1000 == 0) on_progress(i, corpus.mails.size());
    const CorpusMail& mail = corpus.mails[i];
    const bool heldout = author_bucket(mail.author) < options.heldout_percent;
    auto& side = heldout ? samples.heldout : samples.train;
    const auto add = [&](engine::TrainSample sample, const char* kind) {
      if (sample.loss_from + 2 > sample.tokens.size()) return;
      if (!heldout) ++samples.kinds[kind];
      side.push_back(std::move(sample));
    };
    const bool reply = !mail.incoming.empty();
    if (!heldout && !reply && uniform(random) < options.plain_share) {
      engine::TrainSample sample;
      sample.tokens = tokenizer.encode(mail.text);
      sample.tokens.insert(sample.tokens.begin(), tokenizer.bos_id());
      sample.tokens.push_back(tokenizer.eos_id());
      if (sample.tokens.size() > options.max_tokens) sample.tokens.resize(options.max_tokens);
      add(std::move(sample), "plain");
      continue;
    }
    const WrittenMail written{mail.from_name, mail.to_name, mail.subject, mail.incoming, mail.text};
    const auto& own = by_author[mail.author];
    for (int phrasing = 0; phrasing < (reply && !heldout ? 2 : 1); ++phrasing) {
      const auto instruction = write_instruction(written, draw_variant(random));
      const double related_draw = uniform(random), to_draw = uniform(random);
      if (instruction.text.empty() || asks_for_more(instruction.text, mail)) continue;
      PromptParts parts{mail.from_name, {}, mail.incoming, mail.to_name, instruction.text};
      if (to_draw < 0.1) parts.to_name.clear();
      if (own.size() >= 5 && related_draw < options.related_share)
        parts.related = related_mails(corpus, own, i, instruction.text + " " + mail.incoming,
                                      related_draw < options.related_share / 2 ? 1 : 2);
      const bool context = reply || !parts.related.empty();
      add(layout.sample(parts, mail.text, reply ? "" : mail.subject,
                        context ? options.max_tokens_with_context : options.max_tokens),
          reply                   ? "reply"
          : parts.related.empty() ? "instruction"
                                  : "instruction with related mail");
    }
  }
  std::ranges::shuffle(samples.train, random);
  std::ranges::shuffle(samples.heldout, random);
  return samples;
}

std::vector<std::string> tokenizer_texts(const Corpus& corpus, std::size_t bytes,
                                         std::uint64_t seed) {
  std::size_t total = 1;
  for (const auto& mail : corpus.mails) total += mail.text.size();
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
  return texts;
}

}  // namespace sancho::core
