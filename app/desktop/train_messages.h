#pragma once

#include <QJsonObject>

#include "core/assistant.h"

namespace sancho::desktop {

/// What `sancho-cli train` says on the way, and at its end. Missing or senseless numbers are 0.
core::TrainStatus train_status(const QJsonObject& json);
core::TrainResult train_result(const QJsonObject& json);

}  // namespace sancho::desktop
