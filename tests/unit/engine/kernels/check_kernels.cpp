// Compares the kernels of every instruction set of this build and this processor with the scalar
// ones, and layers of every storage with each other. Needs no test framework: it is built for
// other processors than this one and run under an emulator.
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include "engine/weights/linear.h"
#include "kernel_check.h"

using namespace sancho::engine;

namespace {

int failures = 0;

void report(Isa isa, const char* what, const std::string& problem) {
  std::printf("%s %s: %s\n", std::string(isa_name(isa)).c_str(), what,
              problem.empty() ? "ok" : problem.c_str());
  failures += !problem.empty();
}

/// Layers of every integer storage, dispatched as in the program, have the bits of the scalar set;
/// those of a sparse storage have the bits of its dense twin.
std::string layers_difference(Isa isa) {
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  ThreadPool pool(2);
  for (const std::size_t tokens : {1u, 3u, 8u, 21u, 40u})
    for (const std::size_t in : {40u, 256u, 333u}) {
      const std::size_t out = 37;
      std::vector<float> w(out * in), x(tokens * in);
      for (float& v : w) v = random() % 2 ? normal(random) : 0.0f;
      for (float& v : x) v = normal(random);
      for (const Storage storage :
           {Storage::int8, Storage::sparse_int8, Storage::int4, Storage::sparse_int4}) {
        const auto product = [&](Isa cap, Storage kind) {
          cap_isa(cap);
          std::vector<float> y(tokens * out);
          make_linear(kind, {w.data(), out, in})
              ->forward({x.data(), tokens, in}, {y.data(), tokens, out}, pool);
          return y;
        };
        const auto want = product(Isa::scalar, storage);
        for (const Storage kind : {storage, dense_storage(storage)})
          if (std::memcmp(product(isa, kind).data(), want.data(), want.size() * sizeof(float)) != 0)
            return std::string(storage_name(kind)) + ", " + std::to_string(in) + " columns, " +
                   std::to_string(tokens) + " tokens";
      }
    }
  return {};
}

}  // namespace

int main() {
  for (const Isa isa : kIsas) {
    const KernelTable* const table = kernels_of(isa);
    if (!table) continue;
    cap_isa(isa);
    report(isa, "floats", float_difference(*table));
    report(isa, "integers", integer_difference(*table));
    if (const PanelKernels* panels = panel_kernels())
      report(isa, "panels", panel_difference(*panels));
    report(isa, "sparse training", csr_difference(*csr_kernels_of(isa)));
    for (const KvFormat format : {KvFormat::f32, KvFormat::f16, KvFormat::int8})
      report(isa, "attention", attention_difference(*attention_kernels_of(isa, format), format));
    report(isa, "layers", layers_difference(isa));
  }
  return failures == 0 ? 0 : 1;
}
