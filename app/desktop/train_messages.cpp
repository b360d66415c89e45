#include "app/desktop/train_messages.h"

#include <QJsonValue>
#include <algorithm>

namespace sancho::desktop {

namespace {

std::size_t size_of(const QJsonValue& value) {
  return static_cast<std::size_t>(std::max<qint64>(0, value.toInteger()));
}

}  // namespace

core::TrainStatus train_status(const QJsonObject& json) {
  core::TrainStatus status;
  status.phase = json["phase"].toString().toStdString();
  status.paused = json["paused"].toString().toStdString();
  status.step = size_of(json["step"]);
  status.total_steps = size_of(json["total_steps"]);
  status.loss = json["loss"].toDouble();
  if (json["heldout_loss"].isDouble()) status.heldout_loss = json["heldout_loss"].toDouble();
  status.seconds = json["seconds"].toDouble();
  status.seconds_left = json["seconds_left"].toDouble();
  status.tokens_per_second = json["tokens_per_second"].toDouble();
  return status;
}

core::TrainResult train_result(const QJsonObject& json) {
  core::TrainResult result;
  result.finished = json["finished"].toBool();
  result.pairs = size_of(json["pairs"]);
  result.steps = size_of(json["steps"]);
  result.tokens = size_of(json["tokens"]);
  result.loss_first = json["loss_first"].toDouble();
  result.loss_last = json["loss_last"].toDouble();
  result.heldout_ppl_before = json["heldout_ppl_before"].toDouble();
  result.heldout_ppl_after = json["heldout_ppl_after"].toDouble();
  result.tokens_per_second = json["tokens_per_second"].toDouble();
  result.seconds = json["seconds"].toDouble();
  result.version = json["version"].toString().toStdString();
  return result;
}

}  // namespace sancho::desktop
