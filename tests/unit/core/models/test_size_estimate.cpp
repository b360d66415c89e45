#include <QTest>
#include <cmath>

#include "core/models/size_estimate.h"
#include "engine/model/model.h"

using namespace sancho;

class TestSizeEstimate : public QObject {
  Q_OBJECT

 private slots:
  void estimates_are_close_to_what_a_model_takes_data() {
    QTest::addColumn<QString>("format");
    for (const char* format : {"f32", "bf16", "int8", "int4", "sparse50-int8", "sparse50-int4",
                               "sparse70-int8", "sparse70-int4", "2of4-int4"})
      QTest::newRow(format) << format;
  }

  void estimates_are_close_to_what_a_model_takes() {
    QFETCH(QString, format);
    const auto wanted = engine::format_from_name(format.toStdString());
    const auto config = engine::model_config_of_shape("built-in");
    const auto model = engine::Model::random(config, wanted, 1);
    const auto real = static_cast<double>(model->bytes());
    const auto estimate = static_cast<double>(core::estimated_bytes(config, wanted));
    QVERIFY2(std::abs(estimate / real - 1) < 0.1,
             qPrintable(QStringLiteral("%1 for %2").arg(estimate).arg(real)));
  }
};

QTEST_APPLESS_MAIN(TestSizeEstimate)
#include "test_size_estimate.moc"
