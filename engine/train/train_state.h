#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/train/optimizer.h"
#include "engine/train/trainer.h"

namespace sancho::engine {

/// The numbers of a run between two steps; the arrays beside them are passed as StateArrays.
struct RunNumbers {
  std::int64_t steps = 0, tokens = 0;
  double seconds = 0;
  double heldout_before = 0, heldout_best = 0, heldout_last = 0;
  double best_known = 0;  // 1 once the best weights are kept
};

/// Where a run keeps its checkpoint.
std::filesystem::path train_state_path(const std::filesystem::path& checkpoint_dir);

/// Writes a checkpoint as one safetensors file, atomically. `fingerprint` names the run: options,
/// data and start.
void write_train_state(const std::filesystem::path& path, const std::string& fingerprint,
                       const RunNumbers& numbers, const std::vector<TrainProgress>& curve,
                       const std::vector<StateArray>& arrays);

/// Reads one back into `arrays`. False where there is none or it is of another run. Throws
/// std::runtime_error where the file is damaged.
bool read_train_state(const std::filesystem::path& path, const std::string& fingerprint,
                      RunNumbers& numbers, std::vector<TrainProgress>& curve,
                      const std::vector<StateArray>& arrays);

}  // namespace sancho::engine
