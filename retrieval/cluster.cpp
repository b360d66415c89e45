#include "retrieval/cluster.h"

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/VectorTransform.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <stdexcept>
#include "retrieval/one_thread.h"

namespace sancho::retrieval {
namespace {

/// Rows in the basis of the leading principal components, `[n, components]`.
std::vector<float> principal_components(const float* rows, std::size_t n, std::size_t dimension,
                                        double variance, std::size_t& components) {
  const std::size_t most = std::min(n, dimension);
  faiss::PCAMatrix pca(static_cast<int>(dimension), static_cast<int>(most));
  pca.train(static_cast<faiss::Index::idx_t>(n), rows);
  const auto& spread = pca.eigenvalues;
  const double wanted = variance * std::accumulate(spread.begin(), spread.end(), 0.0);
  double held = 0;
  components = 0;
  while (components < most && (components == 0 || held < wanted)) held += spread[components++];

  const std::unique_ptr<float[]> all(pca.apply(static_cast<faiss::Index::idx_t>(n), rows));
  std::vector<float> kept(n * components);
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(all.get() + i * most, components,
                kept.begin() + static_cast<std::ptrdiff_t>(i * components));
  return kept;
}

}  // namespace

std::vector<std::size_t> cluster(engine::MatrixView<const float> points, std::size_t clusters,
                                 double variance, int seed) {
  if (points.rows < 2 || clusters < 1 || clusters > points.rows || !points.contiguous())
    throw std::invalid_argument(
        "Clustering needs at least two points and no more clusters than points.");
  const OneThread one_thread;
  std::size_t components = 0;
  const auto reduced =
      principal_components(points.data, points.rows, points.cols, variance, components);

  faiss::ClusteringParameters parameters;
  parameters.niter = 500;
  parameters.nredo = 5;
  parameters.seed = seed;
  parameters.min_points_per_centroid = 1;
  parameters.max_points_per_centroid = static_cast<int>(points.rows);
  faiss::Clustering kmeans(static_cast<int>(components), static_cast<int>(clusters), parameters);
  faiss::IndexFlatL2 centroids(static_cast<faiss::Index::idx_t>(components));
  kmeans.train(static_cast<faiss::Index::idx_t>(points.rows), reduced.data(), centroids);

  std::vector<faiss::Index::idx_t> nearest(points.rows);
  std::vector<float> distances(points.rows);
  centroids.search(static_cast<faiss::Index::idx_t>(points.rows), reduced.data(), 1,
                   distances.data(), nearest.data());
  std::vector<std::size_t> labels;
  for (const auto label : nearest)
    labels.push_back(static_cast<std::size_t>(std::max<faiss::Index::idx_t>(label, 0)));
  return labels;
}

}  // namespace sancho::retrieval
