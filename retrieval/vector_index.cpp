#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <unordered_set>

#include "engine/checkpoint/safetensors.h"
#include "retrieval/hybrid_index.h"
#include "retrieval/one_thread.h"

namespace sancho::retrieval {
namespace {

/// FNV-1a over the ids and the vectors.
std::string checksum(std::span<const std::byte> ids, std::span<const std::byte> vectors) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const auto part : {ids, vectors})
    for (const std::byte b : part) hash = (hash ^ static_cast<std::uint64_t>(b)) * 0x100000001b3u;
  return std::to_string(hash);
}

std::string metadata(const engine::SafetensorsFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? std::string() : found->second;
}

}  // namespace

struct VectorIndex::Impl {
  explicit Impl(std::size_t dimension)
      : flat(static_cast<faiss::Index::idx_t>(dimension)), index(&flat) {}

  faiss::IndexFlatIP flat;
  faiss::IndexIDMap index;
  std::unordered_set<std::int64_t> ids;
};

VectorIndex::VectorIndex(std::size_t dimension) : impl_(std::make_unique<Impl>(dimension)) {}
VectorIndex::~VectorIndex() = default;
VectorIndex::VectorIndex(VectorIndex&&) noexcept = default;
VectorIndex& VectorIndex::operator=(VectorIndex&&) noexcept = default;

VectorIndex VectorIndex::load(const std::filesystem::path& path, const std::string& fingerprint,
                              std::size_t dimension) {
  const auto file = engine::SafetensorsFile::open(path);
  if (metadata(*file, "fingerprint") != fingerprint)
    throw std::runtime_error("The index " + path.string() + " was made with another model.");
  const auto ids = file->find("ids");
  const auto vectors = file->find("vectors");
  const std::size_t n = ids && ids->shape.size() == 1 ? ids->shape[0] : 0;
  if (!ids || !vectors || ids->dtype != engine::DType::i64 || ids->shape.size() != 1 ||
      vectors->dtype != engine::DType::f32 ||
      vectors->shape != std::vector<std::size_t>{n, dimension} ||
      metadata(*file, "checksum") != checksum(ids->data, vectors->data))
    throw std::runtime_error("The index " + path.string() + " is damaged.");

  VectorIndex loaded(dimension);
  std::vector<std::int64_t> id(n);
  std::vector<float> vector(dimension);
  if (n > 0) std::memcpy(id.data(), ids->data.data(), ids->data.size());
  for (std::size_t i = 0; i < n; ++i) {
    std::memcpy(vector.data(), vectors->data.data() + i * dimension * sizeof(float),
                dimension * sizeof(float));
    loaded.add(id[i], vector);
  }
  return loaded;
}

void VectorIndex::save(const std::filesystem::path& path, const std::string& fingerprint) const {
  const auto n = impl_->index.id_map.size();
  const auto ids = std::as_bytes(std::span(impl_->index.id_map));
  const auto vectors =
      std::as_bytes(std::span(impl_->flat.get_xb(), n * static_cast<std::size_t>(impl_->flat.d)));
  engine::SafetensorsWriter writer;
  writer.set_metadata("fingerprint", fingerprint);
  writer.set_metadata("checksum", checksum(ids, vectors));
  writer.add({"ids", engine::DType::i64, {n}, ids});
  writer.add(
      {"vectors", engine::DType::f32, {n, static_cast<std::size_t>(impl_->flat.d)}, vectors});
  writer.write(path);
}

std::size_t VectorIndex::size() const {
  return impl_->ids.size();
}

bool VectorIndex::contains(std::int64_t id) const {
  return impl_->ids.contains(id);
}

void VectorIndex::add(std::int64_t id, std::span<const float> vector) {
  if (vector.size() != static_cast<std::size_t>(impl_->flat.d))
    throw std::invalid_argument("A vector of another size does not fit this index.");
  if (!impl_->ids.insert(id).second)
    throw std::invalid_argument("The index already holds message " + std::to_string(id) + ".");
  impl_->index.add_with_ids(1, vector.data(), &id);
}

std::vector<VectorHit> VectorIndex::search(std::span<const float> query, std::size_t limit) const {
  if (query.size() != static_cast<std::size_t>(impl_->flat.d))
    throw std::invalid_argument("A query of another size does not fit this index.");
  limit = std::min(limit, size());
  if (limit == 0) return {};
  std::vector<float> scores(limit);
  std::vector<std::int64_t> ids(limit);
  const OneThread one_thread;
  impl_->index.search(1, query.data(), static_cast<std::int64_t>(limit), scores.data(), ids.data());
  std::vector<VectorHit> hits;
  for (std::size_t i = 0; i < limit && ids[i] >= 0; ++i) hits.push_back({ids[i], scores[i]});
  return hits;
}

}  // namespace sancho::retrieval
