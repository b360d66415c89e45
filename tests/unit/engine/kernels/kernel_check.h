#pragma once

#include <string>

#include "engine/kernels/attention.h"
#include "engine/kernels/csr.h"
#include "engine/kernels/panels.h"

// Comparisons with the scalar kernels that need no test framework, so that they also run where
// there is none: under an emulator of another processor. Empty where all is well, else what is not.

/// Float kernels within rounding.
std::string float_difference(const sancho::engine::KernelTable& table);
/// Integer kernels bit for bit, over ragged shapes. Arrays of weights end where memory does.
std::string integer_difference(const sancho::engine::KernelTable& table);
/// Products of packed tokens, bit for bit.
std::string panel_difference(const sancho::engine::PanelKernels& panels);
std::string csr_difference(const sancho::engine::CsrKernels& csr);
std::string attention_difference(const sancho::engine::AttentionKernels& attention,
                                 sancho::engine::KvFormat format);
