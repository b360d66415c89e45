#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace sancho::core {

/// Whether the computer runs on its battery, as the Linux kernel tells it.
class PowerSupply {
 public:
  /// `folder` holds one folder for each supply. Systems without it count as on mains power.
  explicit PowerSupply(std::filesystem::path folder = "/sys/class/power_supply");
  /// A battery of the computer itself discharges and no mains adapter or USB charger delivers.
  bool on_battery() const;

 private:
  std::filesystem::path folder_;
};

/// Asks whatever training runs in the personal folder `folder`, in whatever process, to wait after
/// the step in progress, or to go on: the file `training.pause` is there or not. A training that
/// starts or resumes takes an old request away.
void request_pause(const std::filesystem::path& folder, bool pause);
bool pause_is_requested(const std::filesystem::path& folder);

/// Why a training should wait now.
class PauseWatch {
 public:
  /// `mind_battery`: waits without mains power too.
  PauseWatch(std::filesystem::path folder, PowerSupply power, bool mind_battery);
  /// "request", "battery", or empty: work. Looks at the power supply once a second at most.
  std::string reason();

 private:
  std::filesystem::path folder_;
  PowerSupply power_;
  bool mind_battery_, on_battery_ = false;
  std::chrono::steady_clock::time_point look_again_{};
};

}  // namespace sancho::core
