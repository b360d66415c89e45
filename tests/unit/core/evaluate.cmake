sancho_test(test_scores
  SOURCES evaluate/test_scores.cpp
  LINK sancho_core_evaluate
  LABELS unit)
sancho_test(test_fact_coverage
  SOURCES evaluate/test_fact_coverage.cpp
  LINK sancho_core_evaluate
  LABELS unit)
