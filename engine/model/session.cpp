#include "engine/model/session.h"

#include <algorithm>
#include <stdexcept>

#include "engine/model/decoder.h"
#include "engine/model/session_impl.h"

namespace sancho::engine {

template <class Use>
bool Session::Impl::read(std::span<const TokenId> tokens, const std::stop_token& stop,
                         const Use& use) {
  for (std::size_t first = 0; first < tokens.size();) {
    const auto part = tokens.subspan(first, std::min(decoder.most_tokens(), tokens.size() - first));
    const NewTokens some{&sequence.cache, sequence.ids.size(), part};
    const auto x = decoder.run({&some, 1}, stop);
    if (x.rows == 0) return false;
    sequence.ids.insert(sequence.ids.end(), part.begin(), part.end());
    use(x, first);
    first += part.size();
  }
  return true;
}

Session::Session(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool,
                 std::size_t max_tokens, KvFormat kv_format) {
  const ModelConfig& config = model->config();
  Sequence sequence{
      KvCache(config, kv_format), {}, std::min(max_tokens, config.max_position_embeddings)};
  impl_ = std::make_unique<Impl>(
      Impl{Decoder(std::move(model), std::move(pool)), std::move(sequence), {}});
}
Session::~Session() = default;

const Model& Session::model() const {
  return *impl_->decoder.model();
}
const std::shared_ptr<const Model>& Session::shared_model() const {
  return impl_->decoder.model();
}
const std::shared_ptr<ThreadPool>& Session::pool() const {
  return impl_->decoder.pool();
}
std::span<const TokenId> Session::tokens() const {
  return impl_->sequence.ids;
}
std::size_t Session::position() const {
  return impl_->sequence.ids.size();
}
std::size_t Session::capacity() const {
  return impl_->sequence.capacity;
}
void Session::truncate(std::size_t position) {
  impl_->sequence.truncate(position);
}

std::span<const float> Session::read(std::span<const TokenId> tokens, std::stop_token stop) {
  Impl& s = *impl_;
  if (tokens.empty()) throw std::invalid_argument("There is no token to read.");
  s.sequence.check(tokens, model().config().vocab_size);
  const auto logits = s.output_rows(1, model().config().vocab_size);
  const bool done = s.read(tokens, stop, [&](MatrixView<float> x, std::size_t first) {
    if (first + x.rows != tokens.size()) return;
    const MatrixView<float> last(x.row(x.rows - 1).data(), 1, x.cols);
    s.decoder.finish(last);
    s.decoder.logits(last, logits);
  });
  return done ? std::span<const float>(logits.row(0)) : std::span<const float>();
}

MatrixView<const float> Session::read_all(std::span<const TokenId> tokens) {
  Impl& s = *impl_;
  s.sequence.check(tokens, model().config().vocab_size);
  const auto logits = s.output_rows(tokens.size(), model().config().vocab_size);
  s.read(tokens, {}, [&](MatrixView<float> x, std::size_t first) {
    s.decoder.finish(x);
    s.decoder.logits(x, {logits.row(first).data(), x.rows, logits.cols});
  });
  return logits;
}

MatrixView<const float> Session::hidden_states(std::span<const TokenId> tokens) {
  Impl& s = *impl_;
  s.sequence.check(tokens, model().config().vocab_size);
  const auto states = s.output_rows(tokens.size(), model().config().hidden_size);
  s.read(tokens, {}, [&](MatrixView<float> x, std::size_t first) {
    s.decoder.finish(x);
    std::copy_n(x.data, x.rows * x.cols, states.row(first).data());
  });
  return states;
}

std::vector<float> Session::mean_state(std::span<const TokenId> tokens, std::size_t first) {
  Impl& s = *impl_;
  if (first >= tokens.size()) throw std::invalid_argument("There is no token to take a mean of.");
  s.sequence.check(tokens, model().config().vocab_size);
  std::vector<float> mean(model().config().hidden_size);
  const float share = 1.0f / static_cast<float>(tokens.size() - first);
  s.read(tokens, {}, [&](MatrixView<float> x, std::size_t begin) {
    for (std::size_t t = 0; t < x.rows; ++t)
      if (begin + t >= first)
        for (std::size_t i = 0; i < x.cols; ++i) mean[i] += share * x(t, i);
  });
  return mean;
}

}  // namespace sancho::engine
