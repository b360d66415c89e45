#include <cmath>
#include <numeric>
#include <stdexcept>

#include "engine/train/efcp.h"

namespace sancho::engine {
namespace {

/// A square matrix of doubles by rows.
struct Square {
  std::size_t n;
  std::vector<double> values;

  explicit Square(std::size_t size) : n(size), values(size * size) {}
  double& at(std::size_t i, std::size_t j) { return values[i * n + j]; }
  double at(std::size_t i, std::size_t j) const { return values[i * n + j]; }
};

/// x with a·x = b for a symmetric positive definite a (Cholesky).
std::vector<double> solve(Square a, std::vector<double> b) {
  const std::size_t n = a.n;
  for (std::size_t i = 0; i < n; ++i) {
    const double* row = &a.values[i * n];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* other = &a.values[j * n];
      const double rest = a.at(i, j) - std::inner_product(row, row + j, other, 0.0);
      a.at(i, j) = i == j ? std::sqrt(rest) : rest / a.at(j, j);
    }
    b[i] = (b[i] - std::inner_product(row, row + i, b.begin(), 0.0)) / a.at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) b[i] -= a.at(j, i) * b[j];
    b[i] /= a.at(i, i);
  }
  return b;
}

/// Rows p and q of m, turned by an angle of cosine c and sine s.
void rotate_rows(Square& m, std::size_t p, std::size_t q, double c, double s) {
  for (std::size_t k = 0; k < m.n; ++k) {
    const double x = m.at(p, k), y = m.at(q, k);
    m.at(p, k) = c * x - s * y;
    m.at(q, k) = s * x + c * y;
  }
}

/// Eigenvalues of a symmetric matrix on the diagonal of `a`, eigenvectors in the rows of `vectors`
/// (cyclic Jacobi: Golub & Van Loan, Matrix Computations, 8.5).
void diagonalise(Square& a, Square& vectors) {
  const std::size_t n = a.n;
  for (std::size_t i = 0; i < n; ++i) vectors.at(i, i) = 1;
  constexpr int kSweeps = 30;  // converges quadratically: about eight are needed
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    double off = 0, all = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        all += a.at(i, j) * a.at(i, j);
        if (i != j) off += a.at(i, j) * a.at(i, j);
      }
    if (off <= 1e-26 * all) return;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        if (a.at(p, q) == 0) continue;
        const double theta = (a.at(q, q) - a.at(p, p)) / (2 * a.at(p, q));
        const double t = std::copysign(1, theta) / (std::abs(theta) + std::hypot(theta, 1));
        const double c = 1 / std::hypot(t, 1), s = t * c;
        rotate_rows(a, p, q, c, s);
        for (std::size_t k = 0; k < n; ++k) {
          const double x = a.at(k, p), y = a.at(k, q);
          a.at(k, p) = c * x - s * y;
          a.at(k, q) = s * x + c * y;
        }
        rotate_rows(vectors, p, q, c, s);
      }
  }
}

}  // namespace

// u = (1/λ)·(c − Cᵀ(mλI + C·Cᵀ)⁻¹·C·c), by the matrix inversion lemma.
PreconditionedStep mfac_step(std::span<const double> gram, std::size_t rows, std::size_t newest,
                             double damping) {
  Square a(rows);
  std::vector<double> products(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < rows; ++j) a.at(i, j) = gram[i * rows + j];
    a.at(i, i) += static_cast<double>(rows) * damping;
    products[i] = gram[newest * rows + i];
  }
  PreconditionedStep step{1 / damping, solve(std::move(a), std::move(products))};
  for (double& x : step.others) x = -x / damping;
  return step;
}

// With C = VΣUᵀ from the eigenvectors V of C·Cᵀ: u = U(Σ + ε)⁻¹Uᵀc + (c − U·Uᵀc)/ε.
PreconditionedStep ggt_step(std::span<const double> gram, std::size_t rows, std::size_t newest,
                            double damping, double jitter) {
  Square a(rows), vectors(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < rows; ++j) a.at(i, j) = gram[i * rows + j];
    a.at(i, i) += jitter;
  }
  diagonalise(a, vectors);
  PreconditionedStep step{1 / damping, std::vector<double>(rows)};
  for (std::size_t e = 0; e < rows; ++e) {
    if (a.at(e, e) <= 0) continue;  // without jitter: a direction that the window lacks
    const double sigma = std::sqrt(a.at(e, e));
    double along = 0;  // of c and this column of U
    for (std::size_t i = 0; i < rows; ++i)
      along += vectors.at(e, i) * gram[newest * rows + i] / sigma;
    const double change = along * (1 / (sigma + damping) - 1 / damping) / sigma;
    for (std::size_t i = 0; i < rows; ++i) step.others[i] += change * vectors.at(e, i);
  }
  return step;
}

}  // namespace sancho::engine
