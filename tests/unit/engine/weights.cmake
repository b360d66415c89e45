sancho_test(test_linear
  SOURCES weights/test_linear.cpp
  LINK sancho_engine_weights)
sancho_test(test_weight_files
  SOURCES weights/test_weight_files.cpp
  LINK sancho_engine_weights)
