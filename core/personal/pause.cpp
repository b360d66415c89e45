#include "core/personal/pause.h"

#include <fstream>
#include <stdexcept>
#include <utility>

namespace sancho::core {
namespace {

namespace fs = std::filesystem;

fs::path pause_file(const fs::path& folder) {
  return folder / "training.pause";
}

std::string first_word(const fs::path& path) {
  std::ifstream in(path);
  std::string word;
  in >> word;
  return word;
}

}  // namespace

PowerSupply::PowerSupply(fs::path folder) : folder_(std::move(folder)) {}

bool PowerSupply::on_battery() const {
  bool discharging = false;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) {
    const fs::path& supply = entry.path();
    const std::string type = first_word(supply / "type");
    if (type == "Battery") {
      // A mouse or a headset has one too.
      const bool device = first_word(supply / "scope") == "Device";
      discharging |= !device && first_word(supply / "status") == "Discharging";
    } else if (first_word(supply / "online") == "1") {
      return false;
    }
  }
  return discharging;
}

void request_pause(const fs::path& folder, bool pause) {
  if (!pause) {
    fs::remove(pause_file(folder));
    return;
  }
  fs::create_directories(folder);
  if (!std::ofstream(pause_file(folder)))
    throw std::runtime_error("Cannot write " + pause_file(folder).string() +
                             ", which would pause the training: make room there.");
}

bool pause_is_requested(const fs::path& folder) {
  std::error_code none;
  return fs::exists(pause_file(folder), none);
}

PauseWatch::PauseWatch(fs::path folder, PowerSupply power, bool mind_battery)
    : folder_(std::move(folder)), power_(std::move(power)), mind_battery_(mind_battery) {}

std::string PauseWatch::reason() {
  if (pause_is_requested(folder_)) return "request";
  if (!mind_battery_) return {};
  if (const auto now = std::chrono::steady_clock::now(); now >= look_again_) {
    on_battery_ = power_.on_battery();
    look_again_ = now + std::chrono::seconds(1);
  }
  return on_battery_ ? "battery" : "";
}

}  // namespace sancho::core
