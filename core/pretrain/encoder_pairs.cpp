#include "core/pretrain/encoder_pairs.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "core/drafting/mail_index.h"
#include "core/playback/instruction_writer.h"
#include "core/playback/text_words.h"
#include "engine/tensor/random.h"

namespace sancho::core {

namespace {

constexpr std::size_t fewest_words = 3;  // of either text
constexpr std::size_t long_mail = 30;    // words: enough for two halves

class PairMaker {
 public:
  PairMaker(const engine::Tokenizer& tokenizer, const PairOptions& options)
      : tokenizer_(tokenizer), options_(options), random_(options.seed) {}

  void add_mail(const CorpusMail& mail, bool first_pass) {
    heldout_ = is_heldout(mail.author, options_.heldout_percent);
    if (heldout_ && !first_pass) return;
    const double kind = draw();
    if (!mail.incoming.empty() && kind < 0.8)
      return add("reply", mail.text, indexed_text(mail.to_name, mail.subject, mail.incoming));
    if (mail.incoming.empty() && !heldout_ && draw() >= options_.other_share) return;
    if (kind < 0.25 && split_words(mail.subject).size() >= fewest_words)
      return add("subject", mail.subject, indexed_text(mail.from_name, "", mail.text));
    if (kind < 0.6 && split_words(mail.text).size() >= long_mail) return add_halves(mail);
    const auto instruction =
        write_instruction({mail.from_name, mail.to_name, mail.subject, mail.incoming, mail.text},
                          static_cast<std::uint64_t>(draw() * 4000));
    add("instruction", instruction.text, indexed_text(mail.from_name, mail.subject, mail.text));
  }

  EncoderPairs take() { return std::move(pairs_); }

 private:
  double draw() { return random_.uniform(); }

  void add_halves(const CorpusMail& mail) {
    const auto sentences = split_sentences(mail.text);
    const auto middle = sentences.begin() + static_cast<std::ptrdiff_t>(sentences.size() / 2);
    add("halves", join({sentences.begin(), middle}, " "),
        indexed_text(mail.from_name, "", join({middle, sentences.end()}, " ")));
  }

  void add(const char* kind, const std::string& left, const std::string& right) {
    if (split_words(left).size() < fewest_words || split_words(right).size() < fewest_words) return;
    engine::TrainSample pair;
    for (const std::string* text : {&left, &right}) {
      const auto words = tokenizer_.encode(*text);
      pair.loss_from = static_cast<std::uint32_t>(pair.tokens.size());
      pair.tokens.push_back(tokenizer_.bos_id());
      pair.tokens.insert(
          pair.tokens.end(), words.begin(),
          words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), options_.max_tokens)));
      pair.tokens.push_back(tokenizer_.eos_id());
    }
    if (!heldout_) ++pairs_.kinds[kind];
    (heldout_ ? pairs_.heldout : pairs_.train).push_back(std::move(pair));
  }

  const engine::Tokenizer& tokenizer_;
  const PairOptions options_;
  engine::SplitMix64 random_;
  EncoderPairs pairs_;
  bool heldout_ = false;
};

}  // namespace

EncoderPairs make_encoder_pairs(const Corpus& corpus, const engine::Tokenizer& tokenizer,
                                const PairOptions& options,
                                const std::function<void(std::size_t, std::size_t)>& on_progress,
                                std::stop_token stop) {
  std::vector<std::size_t> by_author(corpus.mails.size());
  std::iota(by_author.begin(), by_author.end(), std::size_t{0});
  std::ranges::stable_sort(by_author, {}, [&](std::size_t i) { return corpus.mails[i].author; });
  PairMaker maker(tokenizer, options);
  const std::size_t total = options.passes * by_author.size();
  for (std::size_t i = 0; i < total && !stop.stop_requested(); ++i) {
    if (on_progress && i % 1000 == 0) on_progress(i, total);
    maker.add_mail(corpus.mails[by_author[i % by_author.size()]], i < by_author.size());
  }
  return maker.take();
}

}  // namespace sancho::core
