#include "engine/train/train_state.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <stdexcept>
#include <utility>

#include "engine/checkpoint/safetensors.h"
#include "engine/train/hash.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kCurveColumns = 8;
constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

std::vector<double> pack(const std::vector<TrainProgress>& curve) {
  std::vector<double> out;
  out.reserve(curve.size() * kCurveColumns);
  for (const TrainProgress& p : curve)
    out.insert(out.end(),
               {static_cast<double>(p.step), static_cast<double>(p.total_steps), p.epoch, p.loss,
                p.heldout_loss.value_or(kAbsent), p.learning_rate, p.seconds, p.tokens_per_second});
  return out;
}

std::vector<TrainProgress> unpack(std::span<const double> rows) {
  std::vector<TrainProgress> curve;
  for (; rows.size() >= kCurveColumns; rows = rows.subspan(kCurveColumns)) {
    TrainProgress p;
    p.step = static_cast<std::size_t>(rows[0]);
    p.total_steps = static_cast<std::size_t>(rows[1]);
    p.epoch = rows[2];
    p.loss = rows[3];
    if (!std::isnan(rows[4])) p.heldout_loss = rows[4];
    p.learning_rate = rows[5];
    p.seconds = rows[6];
    p.tokens_per_second = rows[7];
    curve.push_back(p);
  }
  return curve;
}

std::vector<double> pack(const RunNumbers& n) {
  return {static_cast<double>(n.steps),
          static_cast<double>(n.tokens),
          n.seconds,
          n.heldout_before,
          n.heldout_best,
          n.heldout_last,
          n.best_known,
          static_cast<double>(n.best_steps),
          static_cast<double>(n.measured_since),
          static_cast<double>(n.turned_back)};
}

RunNumbers unpack_numbers(const std::vector<double>& n) {
  return {static_cast<std::int64_t>(n[0]),
          static_cast<std::int64_t>(n[1]),
          n[2],
          n[3],
          n[4],
          n[5],
          n[6],
          static_cast<std::int64_t>(n[7]),
          static_cast<std::int64_t>(n[8]),
          static_cast<std::int64_t>(n[9])};
}

std::vector<double> doubles_of(const TensorView& view) {
  std::vector<double> out(view.data.size() / sizeof(double));
  if (!out.empty()) std::memcpy(out.data(), view.data.data(), out.size() * sizeof(double));
  return out;
}

}  // namespace

std::filesystem::path train_state_path(const std::filesystem::path& checkpoint_dir) {
  return checkpoint_dir / "training.safetensors";
}

bool write_train_state(const std::filesystem::path& path, const std::string& fingerprint,
                       const RunNumbers& numbers, const std::vector<TrainProgress>& curve,
                       const std::vector<StateArray>& arrays, std::stop_token stop) {
  const std::vector<double> packed_numbers = pack(numbers), packed_curve = pack(curve);
  std::vector<TensorView> tensors;
  const auto add = [&](const std::string& name, DType type, std::span<const std::byte> data) {
    tensors.push_back({name, type, {data.size() / dtype_size(type)}, data});
  };
  add("numbers", DType::f64, std::as_bytes(std::span(packed_numbers)));
  add("curve", DType::f64, std::as_bytes(std::span(packed_curve)));
  for (const StateArray& array : arrays) add(array.name, array.dtype, array.data);

  Hash hash;
  for (const TensorView& tensor : tensors) {
    hash.add(tensor.data);
    if (stop.stop_requested()) return false;
  }
  const std::map<std::string, std::string> metadata{
      {"format", "sancho-training"}, {"run", fingerprint}, {"checksum", hash.word()}};
  return write_safetensors(
      path, metadata,
      [&](const TensorSink& sink) {
        for (const TensorView& tensor : tensors) sink(tensor);
      },
      stop);
}

bool read_train_state(const std::filesystem::path& path, const std::string& fingerprint,
                      RunNumbers& numbers, std::vector<TrainProgress>& curve,
                      const std::vector<StateArray>& arrays) {
  if (!std::filesystem::exists(path)) return false;
  const auto file = SafetensorsFile::open(path);
  const auto refuse = [&](const std::string& what) -> void {
    throw std::runtime_error("The training checkpoint " + path.string() + " " + what +
                             "; delete it to start training again.");
  };
  const auto& metadata = file->metadata();
  const auto format = metadata.find("format"), run = metadata.find("run");
  if (format == metadata.end() || format->second != "sancho-training" || run == metadata.end())
    refuse("is not a training checkpoint");
  if (run->second != fingerprint) return false;

  const auto find = [&](const std::string& name, DType type) {
    auto view = file->find(name);
    if (!view || view->dtype != type) refuse("lacks its part \"" + name + "\"");
    return *view;
  };
  const std::vector<double> packed = doubles_of(find("numbers", DType::f64));
  if (packed.size() != pack(RunNumbers{}).size()) refuse("has a damaged part \"numbers\"");
  const std::vector<double> packed_curve = doubles_of(find("curve", DType::f64));
  for (const StateArray& array : arrays)
    if (find(array.name, array.dtype).data.size() != array.data.size())
      refuse("has a part \"" + array.name + "\" of the wrong size");

  Hash hash;
  hash.add(find("numbers", DType::f64).data);
  hash.add(find("curve", DType::f64).data);
  for (const StateArray& array : arrays) hash.add(find(array.name, array.dtype).data);
  const auto checksum = metadata.find("checksum");
  if (checksum == metadata.end() || checksum->second != hash.word()) refuse("is damaged");

  numbers = unpack_numbers(packed);
  curve = unpack(packed_curve);
  for (const StateArray& array : arrays)
    if (!array.data.empty())
      std::memcpy(array.data.data(), find(array.name, array.dtype).data.data(), array.data.size());
  return true;
}

CheckpointWriter::CheckpointWriter(std::filesystem::path path, std::string fingerprint)
    : path_(std::move(path)), fingerprint_(std::move(fingerprint)) {}

CheckpointWriter::~CheckpointWriter() {
  stop_.request_stop();  // and the future waits for the end
}

void CheckpointWriter::start(const RunNumbers& numbers, const std::vector<TrainProgress>& curve,
                             std::vector<StateArray> arrays) {
  wait();
  if (path_.empty()) return;
  stop_ = {};
  writing_ = std::async(std::launch::async, [this, numbers, curve, arrays = std::move(arrays),
                                             stop = stop_.get_token()] {
    write_train_state(path_, fingerprint_, numbers, curve, arrays, stop);
  });
}

void CheckpointWriter::wait() {
  if (writing_.valid()) writing_.get();
}

void CheckpointWriter::wait_for(std::chrono::milliseconds limit) {
  if (writing_.valid() && writing_.wait_for(limit) == std::future_status::timeout)
    stop_.request_stop();
  wait();
}

}  // namespace sancho::engine
