#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sancho::core {

struct TrainRequest {
  std::string method =
      "default";  // rosa|lora|full|sparse; unknown or unbuilt: std::invalid_argument
  std::string optimizer = "default";  // the method's
  double epochs = 0;                  // 0 = the method's default
  bool resume = false;
  bool on_battery = false;  // goes on without mains power
  unsigned threads = 0;
};

struct TrainStatus {
  std::string phase;   // "playback", "retrieval", "training", "saving"
  std::string paused;  // why it waits: "request" or "battery"; empty while it works
  std::size_t step = 0, total_steps = 0;
  double loss = 0;
  std::optional<double> heldout_loss;
  double seconds = 0, seconds_left = 0, tokens_per_second = 0;  // pauses do not count
};

/// One step of a loss curve, nats per token.
struct LossPoint {
  std::size_t step = 0;
  double loss = 0;
  std::optional<double> heldout;
};

/// What a training run did and what that took.
struct TrainFigures {
  std::size_t pairs = 0, steps = 0, tokens = 0, trainable_parameters = 0;
  double loss_first = 0, loss_last = 0, heldout_ppl_before = 0, heldout_ppl_after = 0;
  double optimizer_bytes_per_parameter = 0, tokens_per_second = 0, seconds = 0;
  std::uint64_t peak_memory = 0;  // of the process, in bytes; of a resumed run its last part
  std::vector<LossPoint> curve;   // a few hundred points at most, with every held-out loss
};

struct TrainResult : TrainFigures {
  bool finished = false;  // false: stopped; `resume` goes on
  std::string version;    // name of the new personal model
};

}  // namespace sancho::core
