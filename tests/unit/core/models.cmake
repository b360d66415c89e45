sancho_test(test_size_estimate
  SOURCES models/test_size_estimate.cpp
  LINK sancho_core_models
  LABELS unit)
