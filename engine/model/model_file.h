#pragma once

namespace sancho::engine::model_file {

// The words of our one-file model: a safetensors file with these metadata keys and tensor.
inline constexpr const char* format_key = "format";
inline constexpr const char* format = "sancho-model";
inline constexpr const char* config_key = "config";
inline constexpr const char* tokenizer_tensor = "tokenizer.model";

}  // namespace sancho::engine::model_file
