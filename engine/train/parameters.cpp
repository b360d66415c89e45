#include "engine/train/parameters.h"

#include <stdexcept>
#include <utility>

namespace sancho::engine {

ParameterLayout::ParameterLayout(const ModelConfig& c) {
  const auto add = [this](std::string name, std::size_t rows, std::size_t cols, bool is_norm) {
    parts.push_back({std::move(name), rows, cols, size, is_norm});
    size += rows * cols;
    return parts.size() - 1;
  };
  const std::size_t hidden = c.hidden_size, ffn = c.intermediate_size;
  const std::size_t q = c.num_attention_heads * c.head_dim, kv = c.num_key_value_heads * c.head_dim;

  embed = add("model.embed_tokens", c.vocab_size, hidden, false);
  for (std::size_t l = 0; l < c.num_hidden_layers; ++l) {
    const std::string prefix = "model.layers." + std::to_string(l) + ".";
    Block block{};
    block.input_norm = add(prefix + "input_layernorm", 1, hidden, true);
    block.q = add(prefix + "self_attn.q_proj", q, hidden, false);
    block.k = add(prefix + "self_attn.k_proj", kv, hidden, false);
    block.v = add(prefix + "self_attn.v_proj", kv, hidden, false);
    block.o = add(prefix + "self_attn.o_proj", hidden, q, false);
    block.post_norm = add(prefix + "post_attention_layernorm", 1, hidden, true);
    block.gate = add(prefix + "mlp.gate_proj", ffn, hidden, false);
    block.up = add(prefix + "mlp.up_proj", ffn, hidden, false);
    block.down = add(prefix + "mlp.down_proj", hidden, ffn, false);
    blocks.push_back(block);
  }
  norm = add("model.norm", 1, hidden, true);
  head = c.tie_word_embeddings ? embed : add("lm_head", c.vocab_size, hidden, false);
}

AdapterLayout::AdapterLayout(const ParameterLayout& parameters, std::size_t adapter_rank,
                             std::vector<CsrPattern> sparse)
    : patterns(std::move(sparse)), rank(adapter_rank) {
  for (const auto& block : parameters.blocks)
    for (const std::size_t i :
         {block.q, block.k, block.v, block.o, block.gate, block.up, block.down}) {
      const ParameterSlot& base = parameters.parts[i];
      parts.push_back({base.name, i, base.cols, base.rows, size, size + rank * base.cols, 0});
      size += rank * (base.cols + base.rows);
    }
  if (patterns.empty()) return;
  if (patterns.size() != parts.size())
    throw std::invalid_argument("A sparse adapter needs a pattern for every layer.");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].delta = size;
    size += patterns[i].size();
  }
}

}  // namespace sancho::engine
