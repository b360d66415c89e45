#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sancho::engine {

/// The places of a sparse matrix `[out, in]`, by rows: row r has the columns
/// columns[begins[r]] … columns[begins[r + 1] − 1], ascending.
struct CsrPattern {
  std::size_t in = 0;
  std::vector<std::uint64_t> begins{0};  // [out + 1]
  std::vector<std::uint32_t> columns;

  std::size_t out() const { return begins.size() - 1; }
  std::size_t size() const { return columns.size(); }
};

/// Whether rows and columns are in order and within the matrix, so that they may be followed
/// without a look.
bool is_valid(const CsrPattern& pattern);

}  // namespace sancho::engine
