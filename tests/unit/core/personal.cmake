sancho_test(test_version_store
  SOURCES personal/test_version_store.cpp
  LINK sancho_core_personal
  LABELS unit)
