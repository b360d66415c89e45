#include "core/evaluate/evaluate_job.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>

#include "core/drafting/draft_session.h"
#include "core/drafting/pair_prompt.h"
#include "core/evaluate/mauve.h"
#include "core/evaluate/style_classifier.h"
#include "core/evaluate/text_overlap.h"
#include "engine/train/trainer.h"

namespace sancho::core {
namespace {

constexpr std::size_t longest_draft = 160;  // tokens
constexpr std::size_t longest_sample = 512;
constexpr std::size_t fewest_other_mails = 20, most_other_mails = 3000;
constexpr int cluster_seed = 25;
constexpr double not_measurable = std::numeric_limits<double>::quiet_NaN();

/// At most `limit` held-out pairs, evenly spread, one for each mail.
std::vector<TrainingPair> pick_heldout(const std::vector<TrainingPair>& pairs, std::size_t limit) {
  std::vector<TrainingPair> heldout;
  std::set<std::string> seen;
  for (const auto& pair : pairs)
    if (pair.heldout && seen.insert(pair.mail).second) heldout.push_back(pair);
  if (limit == 0 || limit >= heldout.size()) return heldout;
  std::vector<TrainingPair> picked;
  for (std::size_t i = 0; i < limit; ++i) picked.push_back(heldout[i * heldout.size() / limit]);
  return picked;
}

/// What the style classifier learns from: the user's mails of the training part and other people's
/// among the mail received; and the user's that are held out.
struct StyleTexts {
  std::vector<std::string> own, heldout, others;
};

StyleTexts style_texts(const Archive& archive, const std::vector<TrainingPair>& pairs) {
  std::set<std::string> own, heldout;
  for (const auto& pair : pairs) (pair.heldout ? heldout : own).insert(pair.mail);
  StyleTexts texts{{own.begin(), own.end()}, {heldout.begin(), heldout.end()}, {}};
  for (const MessageKey key : archive.all_keys()) {
    if (texts.others.size() == most_other_mails) break;
    const auto stored = archive.message(key);
    if (stored && !stored->own && !stored->message.automatic && !stored->message.own.empty())
      texts.others.push_back(stored->message.own);
  }
  return texts;
}

std::optional<StyleClassifier> learn_style(const StyleTexts& texts) {
  if (texts.own.empty() || texts.others.size() < fewest_other_mails) return {};
  return StyleClassifier(texts.own, texts.others);
}

/// What all systems are compared with, computed once.
struct Reference {
  std::vector<TrainingPair> pairs;
  std::vector<std::vector<std::string>> related;  // of each pair
  std::vector<std::vector<float>> features;
  std::optional<StyleClassifier> style;
  double style_accuracy = 0;
};

double style_share(const std::optional<StyleClassifier>& style,
                   const std::vector<std::string>& texts) {
  if (!style || texts.empty()) return not_measurable;
  const auto users = std::count_if(texts.begin(), texts.end(),
                                   [&](const auto& text) { return style->is_users(text); });
  return static_cast<double>(users) / static_cast<double>(texts.size());
}

/// How well style can be told at all: of the user's held-out mails and of every fifth mail of
/// others, which a classifier of its own never saw, the mean share it is right about.
double style_accuracy(const StyleTexts& texts) {
  StyleTexts seen{texts.own, {}, {}};
  std::vector<std::string> unseen;
  for (std::size_t i = 0; i < texts.others.size(); ++i)
    (i % 5 == 4 ? unseen : seen.others).push_back(texts.others[i]);
  const auto style = learn_style(seen);
  return (style_share(style, texts.heldout) + 1 - style_share(style, unseen)) / 2;
}

SystemScores score(const Reference& reference, const std::vector<std::string>& drafts,
                   MailIndex& index) {
  SystemScores scores;
  scores.n = drafts.size();
  std::vector<std::vector<float>> features;
  std::vector<std::string> mails;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const auto candidate = overlap_words(drafts[i]);
    const auto real = overlap_words(reference.pairs[i].mail);
    scores.bleu += bleu(candidate, real);
    scores.rouge1 += rouge_n(candidate, real, 1);
    scores.rouge2 += rouge_n(candidate, real, 2);
    scores.rougeL += rouge_l(candidate, real);
    features.push_back(index.embed(drafts[i]));
    mails.push_back(reference.pairs[i].mail);
  }
  for (double* sum : {&scores.bleu, &scores.rouge1, &scores.rouge2, &scores.rougeL})
    *sum /= static_cast<double>(std::max<std::size_t>(1, scores.n));
  scores.mauve = mauve(reference.features, features, cluster_seed);
  scores.style_match = style_share(reference.style, drafts);
  scores.style_reference = style_share(reference.style, mails);
  scores.style_accuracy = reference.style_accuracy;
  return scores;
}

}  // namespace

std::map<std::string, SystemScores> evaluate_drafts(
    const EvaluationPlace& place, const std::vector<TrainingPair>& pairs, std::size_t limit,
    const std::function<void(std::size_t, std::size_t)>& on_progress, std::stop_token stop) {
  Reference reference;
  reference.pairs = pick_heldout(pairs, limit);
  if (reference.pairs.empty())
    throw std::runtime_error(
        "There is no held-out mail to evaluate with: import more of your own mail.");
  const std::int64_t training_ends = heldout_from(pairs);
  for (const auto& pair : reference.pairs) {
    if (stop.stop_requested()) return {};
    reference.related.push_back(related_mail(pair, training_ends, place.index));
    reference.features.push_back(place.index.embed(pair.mail));
  }
  const StyleTexts texts = style_texts(place.archive, pairs);
  reference.style = learn_style(texts);
  reference.style_accuracy = style_accuracy(texts);

  WritingOptions writing;
  writing.sampler.temperature = 0;
  writing.sampler.repetition_penalty = 1.1f;
  writing.max_tokens = longest_draft;
  writing.with_subject = false;

  std::map<std::string, SystemScores> systems;
  const std::size_t models = place.personal ? 2 : 1;
  const std::size_t total = 2 * models * reference.pairs.size();
  std::size_t done = 0;
  for (std::size_t m = 0; m < models; ++m) {
    const auto& model = m == 0 ? place.base : place.personal;
    DraftSession session(model, place.pool);
    for (const bool with_related : {false, true}) {
      std::vector<std::string> drafts;
      std::vector<engine::TrainSample> samples;
      for (std::size_t i = 0; i < reference.pairs.size(); ++i) {
        if (on_progress) on_progress(done++, total);
        PromptParts parts = prompt_parts(reference.pairs[i]);
        parts.related = with_related ? reference.related[i] : std::vector<std::string>{};
        auto draft = session.write(parts, writing, {}, stop);
        if (draft.cancelled || stop.stop_requested()) return {};
        drafts.push_back(std::move(draft.body));
        samples.push_back(
            pair_sample(reference.pairs[i], parts, session.layout(),
                        std::min(longest_sample, model->config().max_position_embeddings)));
      }
      SystemScores scores = score(reference, drafts, place.index);
      scores.ppl =
          std::exp(engine::evaluate_loss(model, samples, place.pool->threads(), stop).mean());
      if (stop.stop_requested()) return {};
      const std::string name = m == 0 ? "base" : "personal";
      systems[with_related ? name + "+retrieval" : name] = scores;
    }
  }
  if (on_progress) on_progress(total, total);
  return systems;
}

}  // namespace sancho::core
