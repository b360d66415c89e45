#include "engine/model/batch_session.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace sancho::engine {

struct BatchSession::Impl {
  std::shared_ptr<const Model> model;
  std::shared_ptr<ThreadPool> pool;
  std::vector<std::unique_ptr<Session>> sequences;
  AlignedBuffer<float> logits;
};

BatchSession::BatchSession(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool)
    : impl_(std::make_unique<Impl>(Impl{std::move(model), std::move(pool), {}, {}})) {}
BatchSession::~BatchSession() = default;

void BatchSession::add(const Session& session) {
  auto copy = std::make_unique<Session>(impl_->model, impl_->pool, session.capacity());
  if (session.position() != 0) copy->read(session.tokens());
  impl_->sequences.push_back(std::move(copy));
}

std::size_t BatchSession::size() const {
  return impl_->sequences.size();
}

std::span<const TokenId> BatchSession::tokens(std::size_t sequence) const {
  return impl_->sequences[sequence]->tokens();
}

std::size_t BatchSession::capacity(std::size_t sequence) const {
  return impl_->sequences[sequence]->capacity();
}

void BatchSession::drop(std::size_t sequence) {
  impl_->sequences.erase(impl_->sequences.begin() + static_cast<std::ptrdiff_t>(sequence));
}

MatrixView<const float> BatchSession::read(std::span<const TokenId> next, std::stop_token stop) {
  const std::size_t vocab = impl_->model->config().vocab_size;
  if (next.size() != size())
    throw std::invalid_argument("A batch reads one token of each of its sequences.");
  if (stop.stop_requested()) return {};
  impl_->logits = AlignedBuffer<float>(next.size() * vocab);
  for (std::size_t i = 0; i < next.size(); ++i) {
    const auto row = impl_->sequences[i]->read(next.subspan(i, 1));
    std::ranges::copy(row, impl_->logits.data() + i * vocab);
  }
  return {impl_->logits.data(), next.size(), vocab};
}

}  // namespace sancho::engine
