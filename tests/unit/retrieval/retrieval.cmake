sancho_test(test_retrieval
  SOURCES test_retrieval.cpp
  LINK sancho_retrieval
  LABELS unit)
