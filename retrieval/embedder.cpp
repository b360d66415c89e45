#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/model/session.h"
#include "retrieval/hybrid_index.h"

namespace sancho::retrieval {
namespace {

constexpr std::size_t longest_text = 128;  // tokens; what a mail is about stands at its top

/// Everyday openings and closings. What they share says nothing about a mail's subject: their mean
/// is taken off every vector (Mu & Viswanath 2018, "All-but-the-Top").
constexpr const char* everyday_mail[] = {
    "Thank you for your e-mail.",
    "Please let me know if you have any questions.",
    "Hi, how are you? I hope all is well.",
    "Can we meet tomorrow to talk about this?",
    "I will be out of the office next week.",
    "Please see the attached file.",
    "Let me know what you think. Thanks!",
    "I would like to invite you to a meeting on Monday at 10 am.",
    "Sounds good to me. See you then.",
    "Please call me when you get a chance.",
    "Could you send me the report by Friday?",
    "We have received your request and will get back to you.",
    "Sorry for the late answer.",
    "I agree with the changes you made to the agreement.",
    "The price for the first month is $5,000.",
    "Happy birthday! Have a great weekend with your family.",
};

class Fnv1a {
 public:
  template <class T>
  void add(std::span<const T> values) {
    for (const std::byte b : std::as_bytes(values))
      hash_ = (hash_ ^ static_cast<std::uint64_t>(b)) * 0x100000001b3u;
  }
  std::string hex() const {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash_));
    return text;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

void normalise(std::vector<float>& v) {
  double sum = 0;
  for (const float x : v) sum += static_cast<double>(x) * x;
  if (sum <= 0) {
    v[0] = 1;
    return;
  }
  const auto scale = static_cast<float>(1 / std::sqrt(sum));
  for (float& x : v) x *= scale;
}

}  // namespace

struct Embedder::Impl {
  std::shared_ptr<const engine::Model> model;
  engine::Session session;
  std::vector<float> everyday;  // [dimension]

  Impl(std::shared_ptr<const engine::Model> m, std::shared_ptr<engine::ThreadPool> pool)
      : model(m), session(m, std::move(pool), room(*m)), everyday(m->config().hidden_size) {
    if (is_encoder(*model)) return;
    std::vector<float> mean(everyday.size());
    for (const char* text : everyday_mail) {
      const auto v = embed(text);
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += v[i] / std::size(everyday_mail);
    }
    everyday = std::move(mean);
  }

  static std::size_t room(const engine::Model& model) {
    return std::min(longest_text + 1, model.config().max_position_embeddings);
  }

  std::vector<float> embed(const std::string& text) {
    const engine::TokenId bos = model->tokenizer().bos_id();
    std::vector<engine::TokenId> tokens{std::max(bos, 0)};
    // A token spans at least one byte; the cut keeps a very long mail from being encoded whole.
    const auto words =
        model->tokenizer().encode(std::string_view(text).substr(0, longest_text * 16));
    const std::size_t n = std::min(words.size(), room(*model) - 1);
    tokens.insert(tokens.end(), words.begin(), words.begin() + static_cast<std::ptrdiff_t>(n));

    session.truncate(0);
    const std::size_t first = std::min<std::size_t>(1, n);  // BOS counts only where it is alone
    std::vector<float> mean;
    if (is_encoder(*model)) {
      mean = session.mean_state(tokens, first);
      normalise(mean);
      return mean;
    }
    const auto hidden = session.hidden_states(tokens);
    mean.resize(hidden.cols);
    for (std::size_t t = first; t < hidden.rows; ++t)
      for (std::size_t i = 0; i < hidden.cols; ++i) mean[i] += hidden(t, i);
    normalise(mean);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] -= everyday[i];
    normalise(mean);
    return mean;
  }
};

Embedder::Embedder(std::shared_ptr<const engine::Model> model,
                   std::shared_ptr<engine::ThreadPool> pool)
    : impl_(std::make_unique<Impl>(std::move(model), std::move(pool))) {}
Embedder::~Embedder() = default;

std::size_t Embedder::dimension() const {
  return impl_->everyday.size();
}

std::vector<float> Embedder::embed(const std::string& text) {
  return impl_->embed(text);
}

float Embedder::least_cosine() const {
  return is_encoder(*impl_->model) ? 0.2f : 0.25f;
}

float Embedder::least_related() const {
  return is_encoder(*impl_->model) ? 0.35f : 0.25f;
}

std::string Embedder::fingerprint() const {
  return "mean-hidden-2 " + model_fingerprint(*impl_->model);
}

bool is_encoder(const engine::Model& model) {
  const auto pooling = model.metadata().find(pooling_key);
  return pooling != model.metadata().end() && pooling->second == "mean";
}

std::string model_fingerprint(const engine::Model& model) {
  const std::string config = engine::model_config_to_json(model.config());
  std::vector<float> row(model.config().hidden_size);
  Fnv1a hash;
  hash.add(std::span(config.data(), config.size()));
  for (std::size_t r = 0; r < model.config().vocab_size; r += 97) {
    model.embed_tokens().dense_row(r, row);
    hash.add(std::span<const float>(row));
  }
  if (model.layers().empty()) return hash.hex();
  const auto& last = *model.layers().back().q_proj;
  for (std::size_t r = 0; r < last.out_features(); r += 17) {
    last.dense_row(r, row);
    hash.add(std::span<const float>(row));
  }
  return hash.hex();
}

}  // namespace sancho::retrieval
