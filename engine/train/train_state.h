#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <future>
#include <stop_token>
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
  double best_known = 0;            // 1 once the best weights are kept
  std::int64_t best_steps = 0;      // that led to them, or to those that were turned back to
  std::int64_t measured_since = 0;  // held-out losses since, none of them better
  std::int64_t turned_back = 0;     // after so many steps; 0 = not
};

/// Where a run keeps its checkpoint.
std::filesystem::path train_state_path(const std::filesystem::path& checkpoint_dir);

/// Writes a checkpoint as one safetensors file, atomically. `fingerprint` names the run: options,
/// data and start. False where a stop request came first: the last checkpoint is still there.
bool write_train_state(const std::filesystem::path& path, const std::string& fingerprint,
                       const RunNumbers& numbers, const std::vector<TrainProgress>& curve,
                       const std::vector<StateArray>& arrays, std::stop_token stop = {});

/// Reads one back into `arrays`. False where there is none or it is of another run. Throws
/// std::runtime_error where the file is damaged.
bool read_train_state(const std::filesystem::path& path, const std::string& fingerprint,
                      RunNumbers& numbers, std::vector<TrainProgress>& curve,
                      const std::vector<StateArray>& arrays);

/// Writes checkpoints beside the training, one at a time.
class CheckpointWriter {
 public:
  CheckpointWriter(std::filesystem::path path, std::string fingerprint);
  ~CheckpointWriter();

  /// Begins to write; `arrays` must stay as they are until `wait`.
  void start(const RunNumbers& numbers, const std::vector<TrainProgress>& curve,
             std::vector<StateArray> arrays);
  /// Waits for the write that is under way, if any. Throws what it threw.
  void wait();
  /// The same for so long; what is not written by then is given up.
  void wait_for(std::chrono::milliseconds limit);

 private:
  std::filesystem::path path_;
  std::string fingerprint_;
  std::stop_source stop_;
  std::future<void> writing_;
};

}  // namespace sancho::engine
