#include "app/desktop/model_words.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

/// The translation context of this file.
struct Words {
  Q_DECLARE_TR_FUNCTIONS(ModelWords)
};

}  // namespace

QString size_text(std::uint64_t bytes) {
  return QLocale().formattedDataSize(static_cast<qint64>(bytes), bytes < 1'000'000 ? 0 : 1,
                                     QLocale::DataSizeSIFormat);
}

QString span_text(double seconds) {
  const qint64 s = std::llround(std::max(0.0, seconds));
  if (s < 100) return Words::tr("%1 s").arg(s);
  const qint64 minutes = (s + 30) / 60;
  if (minutes < 90) return Words::tr("%1 min").arg(minutes);
  return Words::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString parameters_text(std::size_t parameters) {
  const auto n = static_cast<double>(parameters);
  const auto rounded = [](double x) { return QLocale().toString(x, 'f', x < 100 ? 1 : 0); };
  if (n >= 1e9) return Words::tr("%1 billion").arg(rounded(n / 1e9));
  if (n >= 1e6) return Words::tr("%1 million").arg(rounded(n / 1e6));
  return count_text(parameters);
}

QString format_words(const std::string& format) {
  const QString text = to_qt(format);
  QString bits = Words::tr("32 bits");
  if (text.contains("bf16")) bits = Words::tr("16 bits");
  if (text.contains("int8")) bits = Words::tr("8 bits");
  if (text.contains("int4")) bits = Words::tr("4 bits");
  if (text.startsWith("2of4")) return Words::tr("2 of 4 zeros, %1").arg(bits);
  if (!text.startsWith("sparse")) return bits;
  const QString share = text.mid(6).section('-', 0, 0);
  return share.isEmpty() ? Words::tr("some zeros, %1").arg(bits)
                         : Words::tr("%1 % zeros, %2").arg(share, bits);
}

QString weights_words(const core::ModelDescription& about) {
  if (about.formats.empty()) return {};
  const auto most =
      std::ranges::max_element(about.formats, {}, [](const auto& format) { return format.second; });
  QString words = format_words(most->first);
  if (about.sparsity > 0.005) {
    const QString percent = QLocale().toString(std::lround(100 * about.sparsity));
    words = Words::tr("%1 % zeros, %2").arg(percent, words.section(", ", -1));
  }
  return about.formats.size() > 1 ? Words::tr("%1, mixed").arg(words) : words;
}

QString shape_words(const engine::ModelConfig& config) {
  return Words::tr("%1 layers of %2, %3 heads")
      .arg(config.num_hidden_layers)
      .arg(config.hidden_size)
      .arg(config.num_attention_heads);
}

}  // namespace sancho::desktop
