#pragma once

namespace sancho::engine {

/// While it lives, the products that the calling thread runs share this many threads.
class ProductThreads {
 public:
  explicit ProductThreads(int threads);
  ~ProductThreads();
  ProductThreads(const ProductThreads&) = delete;
  ProductThreads& operator=(const ProductThreads&) = delete;

 private:
  int before_;
};

}  // namespace sancho::engine
