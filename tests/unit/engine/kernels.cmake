sancho_test(test_kernels
  SOURCES kernels/test_kernels.cpp
  LINK sancho_engine_kernels)
sancho_test(test_thread_pool
  SOURCES kernels/test_thread_pool.cpp
  LINK sancho_engine_kernels)
sancho_test(test_attention
  SOURCES kernels/test_attention.cpp
  LINK sancho_engine_kernels)

# The AVX-VNNI kernels in AVX-512's encoding of the same instruction, for processors that have the
# one and not the other.
sancho_kernels_extended(avxvnni_evex Avx2 AvxVnniEvex
  "-mavx2;-mfma;-mf16c;-mpopcnt;-mavx512vl;-mavx512vnni;-ffp-contract=off"
  ${CMAKE_SOURCE_DIR}/engine/kernels/avx2/avx2.cpp ${CMAKE_SOURCE_DIR}/engine/kernels/avx2/panels.cpp)
sancho_test(test_avxvnni
  SOURCES kernels/test_avxvnni.cpp kernels/kernel_check.cpp
    $<TARGET_OBJECTS:sancho_engine_kernels_avxvnni_evex>
  LINK sancho_engine_kernels)

# The kernels for ARM, where there are a compiler and an emulator for it.
find_program(SANCHO_ARM_COMPILER aarch64-linux-gnu-g++)
find_program(SANCHO_ARM_EMULATOR qemu-aarch64)
if(SANCHO_ARM_COMPILER AND SANCHO_ARM_EMULATOR)
  add_test(NAME check_kernels_aarch64
    COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/aarch64
      --build-generator ${CMAKE_GENERATOR} --build-options
        -DCMAKE_TOOLCHAIN_FILE=${CMAKE_SOURCE_DIR}/cmake/aarch64-linux-gnu.cmake
        -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
        -DSANCHO_KERNELS_ONLY=ON -DSANCHO_WERROR=${SANCHO_WERROR}
      --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure)
  set_tests_properties(check_kernels_aarch64 PROPERTIES TIMEOUT 1500 LABELS unit)
else()
  message(STATUS "The kernels for ARM are not tested: that needs g++-aarch64-linux-gnu and qemu-user")
endif()
