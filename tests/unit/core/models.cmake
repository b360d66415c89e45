sancho_test(test_size_estimate
  SOURCES models/test_size_estimate.cpp
  LINK sancho_core_models
  LABELS unit)
sancho_test(test_compression
  SOURCES models/test_compression.cpp
  LINK sancho_core_models
  LABELS unit core)
