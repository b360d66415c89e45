#pragma once

#include <QElapsedTimer>
#include <QJsonObject>
#include <QString>

namespace sancho::desktop {

/// Words for what `sancho-cli model compress` says on the way: the phase, how far it is, and how
/// long the phase still takes at the pace of its steps so far.
class CompressionWords {
 public:
  QString describe(const QJsonObject& status);

 private:
  QString phase_;
  qint64 first_step_ = 0;
  QElapsedTimer since_;
};

}  // namespace sancho::desktop
