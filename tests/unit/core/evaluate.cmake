sancho_test(test_scores
  SOURCES evaluate/test_scores.cpp
  LINK sancho_core_evaluate
  LABELS unit)
