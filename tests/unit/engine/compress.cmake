sancho_test(test_compress
  SOURCES compress/test_compress.cpp
  LINK sancho_engine_compress
  LABELS unit engine)
