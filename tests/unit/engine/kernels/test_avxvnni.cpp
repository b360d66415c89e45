#include <QTest>

#include "engine/kernels/tables.h"
#include "kernel_check.h"

using namespace sancho::engine;

namespace sancho::engine {
extern const KernelTable kAvxVnniEvexKernels;
extern const PanelKernels kAvxVnniEvexPanels;
}  // namespace sancho::engine

/// The AVX-VNNI kernels, in AVX-512's encoding where this processor lacks their own.
class TestAvxVnni : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (kernels_of(Isa::avxvnni)) {
      table_ = &kAvxVnniKernels;
      panels_ = &kAvxVnniPanels;
    } else if (kernels_of(Isa::avx512)) {
      table_ = &kAvxVnniEvexKernels;
      panels_ = &kAvxVnniEvexPanels;
    } else {
      QSKIP("This processor has neither AVX-VNNI nor AVX-512 VNNI.");
    }
  }

  void integers_have_the_bits_of_the_scalar_kernels() {
    QCOMPARE(integer_difference(*table_), std::string());
    QCOMPARE(panel_difference(*panels_), std::string());
  }

  void floats_agree_with_the_scalar_kernels() {
    QCOMPARE(float_difference(*table_), std::string());
  }

 private:
  const KernelTable* table_ = nullptr;
  const PanelKernels* panels_ = nullptr;
};

QTEST_APPLESS_MAIN(TestAvxVnni)
#include "test_avxvnni.moc"
