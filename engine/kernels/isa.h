#pragma once

#include <string_view>

namespace sancho::engine {

/// Instruction sets that have kernels of their own, in ascending order.
/// `avx2` needs AVX2, FMA and F16C; `avx512` needs F, BW, VL, DQ, VNNI, VBMI, VBMI2 and BF16.
enum class Isa { scalar, avx2, avx512 };

/// The best set that this processor and this build have, never above the cap.
Isa active_isa();
/// Caps what `active_isa` returns from now on (`--isa`); call before loading a model.
void cap_isa(Isa cap);
std::string_view isa_name(Isa isa);
/// Throws std::invalid_argument that names the known words.
Isa isa_from_name(std::string_view name);

}  // namespace sancho::engine
