#include "core/pretrain/pretrain_files.h"

#include <algorithm>
#include <fstream>
#include <thread>

namespace sancho::core {

using nlohmann::json;
namespace fs = std::filesystem;

PretrainPaths::PretrainPaths(const fs::path& out)
    : tokenizer(out / "tokenizer.model"),
      train(out / "train.tok"),
      heldout(out / "heldout.tok"),
      corpus(out / "corpus.json"),
      initial(out / "initial.safetensors"),
      dense(out / "dense.safetensors"),
      dense_report(out / "dense.json"),
      pruned(out / "pruned.safetensors"),
      model(out / "built-in.safetensors"),
      report(out / "report.json"),
      dense_checkpoints(out / "dense"),
      sparse_checkpoints(out / "sparse") {}

unsigned thread_count(const PretrainOptions& options) {
  return options.threads ? options.threads : std::max(1u, std::thread::hardware_concurrency());
}

json read_json(const fs::path& path) {
  std::ifstream file(path);
  const json value = file ? json::parse(file, nullptr, false) : json();
  return value.is_object() ? value : json::object();
}

std::vector<engine::TrainSample> first_samples(std::vector<engine::TrainSample> samples,
                                               std::size_t count) {
  if (samples.size() > count) samples.resize(count);
  return samples;
}

namespace {

json curve_of(const engine::TrainReport& report) {
  json curve = json::array();
  const std::size_t every = std::max<std::size_t>(1, report.curve.size() / 400);
  for (std::size_t i = 0; i < report.curve.size(); ++i) {
    const auto& point = report.curve[i];
    if (i % every && !point.heldout_loss && i + 1 != report.curve.size()) continue;
    json entry{{"step", point.step}, {"seconds", point.seconds}, {"loss", point.loss}};
    if (point.heldout_loss) entry["heldout_loss"] = *point.heldout_loss;
    curve.push_back(std::move(entry));
  }
  return curve;
}

}  // namespace

json training_json(const engine::TrainReport& report) {
  return {{"steps", report.steps},
          {"tokens", report.tokens},
          {"seconds", report.seconds},
          {"tokens_per_second", report.tokens_per_second},
          {"loss_first", report.loss_first},
          {"loss_last", report.loss_last},
          {"heldout_loss_before", report.heldout_loss_before},
          {"heldout_loss_after", report.heldout_loss_after},
          {"curve", curve_of(report)}};
}

std::function<void(const engine::TrainProgress&)> training_sink(const PretrainSink& on_progress,
                                                                const char* phase) {
  return [&on_progress, phase](const engine::TrainProgress& p) {
    if (on_progress)
      on_progress({phase, p.step, p.total_steps, p.loss, p.heldout_loss, p.tokens_per_second,
                   p.seconds_left});
  };
}

}  // namespace sancho::core
