#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace sancho::core {

struct TrainRequest {
  std::string method =
      "default";  // rosa|lora|full|sparse; unknown or unbuilt: std::invalid_argument
  std::string optimizer = "microadam";
  double epochs = 0;  // 0 = the method's default
  bool resume = false;
  unsigned threads = 0;
};

struct TrainStatus {
  std::string phase;  // "playback", "retrieval", "training", "saving"
  std::size_t step = 0, total_steps = 0;
  double loss = 0;
  std::optional<double> heldout_loss;
  double seconds = 0, seconds_left = 0, tokens_per_second = 0;
};

struct TrainResult {
  bool finished = false;  // false: stopped; `resume` goes on
  std::size_t pairs = 0, steps = 0, tokens = 0;
  double loss_first = 0, loss_last = 0, heldout_ppl_before = 0, heldout_ppl_after = 0;
  double optimizer_bytes_per_parameter = 0, tokens_per_second = 0, seconds = 0;
  std::string version;  // name of the new personal model
};

}  // namespace sancho::core
