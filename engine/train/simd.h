#pragma once

/// Compiles a function once per x86-64 level and picks the best at load time. The functions keep
/// their element order, so a machine gives the same result on every run.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SANCHO_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SANCHO_SIMD
#endif
