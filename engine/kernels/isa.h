#pragma once

#include <array>
#include <string_view>

namespace sancho::engine {

/// Instruction sets that have kernels of their own; those of one family of processors ascend.
/// `neon` is what every 64-bit ARM has, `dotprod` adds its products of bytes. `avx2` needs AVX2,
/// FMA and F16C, `avxvnni` also AVX-VNNI; `avx512` needs F, BW, VL, DQ, VNNI, VBMI, VBMI2 and BF16.
enum class Isa { scalar, neon, dotprod, avx2, avxvnni, avx512 };

/// All of them, in their order.
inline constexpr std::array kIsas = {Isa::scalar, Isa::neon,    Isa::dotprod,
                                     Isa::avx2,   Isa::avxvnni, Isa::avx512};

/// The best set that this processor and this build have, never above the cap.
Isa active_isa();
/// Caps what `active_isa` returns from now on (`--isa`); call before loading a model.
void cap_isa(Isa cap);
std::string_view isa_name(Isa isa);
/// Throws std::invalid_argument that names the known words.
Isa isa_from_name(std::string_view name);

}  // namespace sancho::engine
