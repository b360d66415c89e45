sancho_test(test_kernels
  SOURCES kernels/test_kernels.cpp
  LINK sancho_engine_kernels)
sancho_test(test_thread_pool
  SOURCES kernels/test_thread_pool.cpp
  LINK sancho_engine_kernels)
sancho_test(test_attention
  SOURCES kernels/test_attention.cpp
  LINK sancho_engine_kernels)
