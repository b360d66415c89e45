#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/model/model.h"
#include "engine/train/trainer.h"

namespace sancho::core {

/// Bytes that a training run takes at its peak.
struct TrainingNeeds {
  std::uint64_t memory = 0, disk = 0;
};
TrainingNeeds training_needs(const engine::Model& model, const engine::TrainOptions& options);

/// Memory that this process may still take: the smallest of what the computer, its control group
/// and the limit on the address space (`ulimit -v`) have left. The largest number where the system
/// does not say.
std::uint64_t available_memory();
std::uint64_t available_disk(const std::filesystem::path& folder);

/// Throws std::runtime_error with both numbers where memory or disk will not do.
void check_room_for(const TrainingNeeds& needs, const std::filesystem::path& folder);

/// The most memory that this process has held so far, in bytes; 0 where the system does not say.
std::uint64_t peak_memory();

/// "1.5 GB", "320 MB".
std::string size_words(std::uint64_t bytes);

}  // namespace sancho::core
