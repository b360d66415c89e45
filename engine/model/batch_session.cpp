#include "engine/model/batch_session.h"

#include <stdexcept>
#include <vector>

#include "engine/model/decoder.h"
#include "engine/model/session_impl.h"

namespace sancho::engine {

struct BatchSession::Impl {
  Decoder decoder;
  std::vector<Sequence> sequences;
  std::vector<NewTokens> step;
  AlignedBuffer<float> output;
};

BatchSession::BatchSession(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool)
    : impl_(std::make_unique<Impl>(Impl{Decoder(std::move(model), std::move(pool)), {}, {}, {}})) {}
BatchSession::~BatchSession() = default;

void BatchSession::add(const Session& session) {
  impl_->sequences.push_back(session.impl_->sequence);
}

std::size_t BatchSession::size() const {
  return impl_->sequences.size();
}
std::span<const TokenId> BatchSession::tokens(std::size_t sequence) const {
  return impl_->sequences[sequence].ids;
}
std::size_t BatchSession::capacity(std::size_t sequence) const {
  return impl_->sequences[sequence].capacity;
}
void BatchSession::drop(std::size_t sequence) {
  impl_->sequences.erase(impl_->sequences.begin() + static_cast<std::ptrdiff_t>(sequence));
}

MatrixView<const float> BatchSession::read(std::span<const TokenId> next, std::stop_token stop) {
  Impl& s = *impl_;
  const std::size_t vocab = s.decoder.model()->config().vocab_size;
  if (next.size() != size())
    throw std::invalid_argument("A batch reads one token of each of its sequences.");
  for (std::size_t i = 0; i < next.size(); ++i) s.sequences[i].check(next.subspan(i, 1), vocab);

  s.step.clear();
  for (std::size_t i = 0; i < next.size(); ++i)
    s.step.push_back({&s.sequences[i].cache, s.sequences[i].ids.size(), next.subspan(i, 1)});
  const auto x = s.decoder.run(s.step, stop);
  if (x.rows == 0) return {};
  for (std::size_t i = 0; i < next.size(); ++i) s.sequences[i].ids.push_back(next[i]);

  if (s.output.size() < x.rows * vocab) s.output = AlignedBuffer<float>(x.rows * vocab);
  const MatrixView<float> logits(s.output.data(), x.rows, vocab);
  s.decoder.finish(x);
  s.decoder.logits(x, logits);
  return logits;
}

}  // namespace sancho::engine
