#pragma once

#include <omp.h>

namespace sancho::retrieval {

/// Keeps OpenMP, and so FAISS, to one thread while it lives: our searches are too small to share,
/// and threads that wait for each other in turn cost far more than they save on a busy computer.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace sancho::retrieval
