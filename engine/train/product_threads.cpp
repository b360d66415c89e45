#include "engine/train/product_threads.h"

#include <omp.h>

namespace sancho::engine {

ProductThreads::ProductThreads(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}

ProductThreads::~ProductThreads() {
  omp_set_num_threads(before_);
}

}  // namespace sancho::engine
