#include "app/desktop/compression_words.h"

#include <QCoreApplication>

#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr qint64 kFirstGuess = 2000;  // milliseconds of a phase before its end is foretold

/// The translation context of this file.
struct Words {
  Q_DECLARE_TR_FUNCTIONS(CompressionWords)
};

QString phase_name(const QString& phase) {
  if (phase == "compressing") return Words::tr("Compressing");
  if (phase == "searching") return Words::tr("Searching the best mixture");
  if (phase == "recovering") return Words::tr("Training what is left");
  if (phase == "measuring") return Words::tr("Measuring");
  return phase;
}

}  // namespace

QString CompressionWords::describe(const QJsonObject& status) {
  const QString phase = status["phase"].toString();
  const qint64 step = status["step"].toInteger(), total = status["total_steps"].toInteger();
  if (phase != phase_ || step < first_step_) {
    phase_ = phase;
    first_step_ = step;
    since_.start();
  }
  QString text = phase_name(phase);
  if (total > 1) text += Words::tr(" · %1 of %2").arg(step).arg(total);
  const qint64 elapsed = since_.elapsed();
  if (step > first_step_ && total > step && elapsed > kFirstGuess) {
    const double pace = static_cast<double>(elapsed) / static_cast<double>(step - first_step_);
    text += Words::tr(" · %1 left")
                .arg(remaining_time(pace * static_cast<double>(total - step) / 1000));
  }
  const QString what = status["what"].toString();
  return what.isEmpty() ? text : text + QStringLiteral(" · ") + what;
}

}  // namespace sancho::desktop
