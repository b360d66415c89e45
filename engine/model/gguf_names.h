#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/model/config.h"

namespace sancho::engine::gguf {

// The words of llama.cpp for what Hugging Face names otherwise.

inline constexpr std::string_view architecture_key = "general.architecture";
inline constexpr std::string_view tokenizer_key = "tokenizer.ggml.model";
inline constexpr std::string_view sentencepiece_tokenizer = "llama";
/// Our own: the vocabulary only fills its place, since some programs take no file without one.
inline constexpr std::string_view filler_key = "sancho.filler_vocabulary";
inline constexpr std::string_view no_tokenizer = "no_vocab";

/// "model.layers.3.mlp.up_proj" → "blk.3.ffn_up.weight".
inline std::string tensor_name(std::string_view name) {
  struct Pair {
    std::string_view ours, theirs;
  };
  static constexpr std::array<Pair, 12> words{{{"model.embed_tokens", "token_embd"},
                                               {"model.norm", "output_norm"},
                                               {"lm_head", "output"},
                                               {"self_attn.q_proj", "attn_q"},
                                               {"self_attn.k_proj", "attn_k"},
                                               {"self_attn.v_proj", "attn_v"},
                                               {"self_attn.o_proj", "attn_output"},
                                               {"mlp.gate_proj", "ffn_gate"},
                                               {"mlp.up_proj", "ffn_up"},
                                               {"mlp.down_proj", "ffn_down"},
                                               {"input_layernorm", "attn_norm"},
                                               {"post_attention_layernorm", "ffn_norm"}}};
  constexpr std::string_view block = "model.layers.";
  std::string prefix;
  if (name.starts_with(block)) {
    name.remove_prefix(block.size());
    const auto dot = name.find('.');
    prefix = "blk." + std::string(name.substr(0, dot + 1));
    name.remove_prefix(dot + 1);
  }
  return prefix + std::string(std::ranges::find(words, name, &Pair::ours)->theirs) + ".weight";
}

/// Heads whose rows the rotary embedding turns; 0 where the layer is not a query or a key.
inline std::size_t rotated_heads(const ModelConfig& config, std::string_view name) {
  if (name.ends_with(".q_proj")) return config.num_attention_heads;
  if (name.ends_with(".k_proj")) return config.num_key_value_heads;
  return 0;
}

/// llama.cpp turns neighbouring rows of a head together, Hugging Face those half a head apart: the
/// row of a Hugging Face matrix that is row `row` of llama.cpp's.
inline std::size_t unrotated_row(std::size_t row, std::size_t head_dim) {
  const std::size_t head = row / head_dim, place = row % head_dim;
  return head * head_dim + place % 2 * (head_dim / 2) + place / 2;
}

}  // namespace sancho::engine::gguf
