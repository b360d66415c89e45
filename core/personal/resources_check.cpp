#include "core/personal/resources_check.h"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <optional>
#include <stdexcept>

#include "engine/train/make_optimizer.h"

namespace sancho::core {
namespace {

constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

std::uint64_t meminfo_available() {
  std::ifstream in("/proc/meminfo");
  std::string word;
  std::uint64_t kilobytes = 0;
  while (in >> word)
    if (word == "MemAvailable:" && in >> kilobytes) return kilobytes * 1024;
  return unknown;
}

std::optional<std::uint64_t> number_in(const char* path) {
  std::ifstream in(path);
  std::uint64_t value = 0;
  if (in >> value) return value;
  return {};
}

std::uint64_t control_group_available() {
  const auto limit = number_in("/sys/fs/cgroup/memory.max");
  const auto used = number_in("/sys/fs/cgroup/memory.current");
  if (!limit || !used) return unknown;
  return *limit - std::min(*limit, *used);
}

/// What `ulimit -v` leaves of the address space.
std::uint64_t address_space_available() {
#if defined(__unix__)
  rlimit limit{};
  const auto pages = number_in("/proc/self/statm");
  if (!pages || getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return unknown;
  const std::uint64_t used = *pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, used);
#else
  return unknown;
#endif
}

}  // namespace

TrainingNeeds training_needs(const engine::Model& model, const engine::TrainOptions& options) {
  const auto& config = model.config();
  const std::uint64_t parameters = engine::parameter_count(config);
  const bool adapter = engine::trains_adapter(options.method);
  const std::uint64_t adapted_width =
      5 * config.hidden_size +
      2 * config.intermediate_size;  // of all layers' ins and outs, roughly
  const auto deltas =
      options.method == engine::TrainMethod::rosa
          ? static_cast<std::uint64_t>(options.delta_density * static_cast<double>(parameters))
          : 0;
  const std::uint64_t trained =
      adapter ? 2 * options.lora_rank * adapted_width * config.num_hidden_layers + deltas
              : parameters;
  const auto optimizer = static_cast<std::uint64_t>(
      std::ceil(engine::optimizer_bytes_per_parameter(options.optimizer)));
  const std::uint64_t activations_of_token =
      4 * (config.num_hidden_layers * (10 * config.hidden_size + 4 * config.intermediate_size) +
           2 * config.vocab_size);

  TrainingNeeds needs;
  // A frozen base stays in its storage.
  needs.memory = (adapter ? model.bytes() : 4 * parameters) + trained * (4 + 4 + optimizer) +
                 activations_of_token * options.batch_tokens / 4;
  // Checkpoint and best weights, twice while one replaces the other, and the finished model.
  needs.disk = 2 * trained * (8 + optimizer) + 4 * trained;
  return needs;
}

std::uint64_t available_memory() {
  return std::min({meminfo_available(), control_group_available(), address_space_available()});
}

std::uint64_t available_disk(const std::filesystem::path& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  return error ? unknown : space.available;
}

std::uint64_t peak_memory() {
#if defined(__unix__) || defined(__APPLE__)
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  constexpr std::uint64_t unit = 1;
#else
  constexpr std::uint64_t unit = 1024;
#endif
  return static_cast<std::uint64_t>(usage.ru_maxrss) * unit;
#else
  return 0;
#endif
}

std::string size_words(std::uint64_t bytes) {
  char text[32];
  const auto size = static_cast<double>(bytes);
  if (bytes >= 1'000'000'000)
    std::snprintf(text, sizeof text, "%.1f GB", size / 1e9);
  else
    std::snprintf(text, sizeof text, "%.0f MB", size / 1e6);
  return text;
}

void check_room_for(const TrainingNeeds& needs, const std::filesystem::path& folder) {
  if (const auto memory = available_memory(); memory < needs.memory)
    throw std::runtime_error("Fine-tuning needs about " + size_words(needs.memory) +
                             " of memory and only " + size_words(memory) +
                             " are free: close other programs or train an adapter (lora).");
  if (const auto disk = available_disk(folder); disk < needs.disk)
    throw std::runtime_error("Fine-tuning needs about " + size_words(needs.disk) + " in " +
                             folder.string() + " and only " + size_words(disk) +
                             " are free: make room there first.");
}

}  // namespace sancho::core
