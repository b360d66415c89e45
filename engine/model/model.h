#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/config.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/text/tokenizer.h"
#include "engine/weights/linear.h"

namespace sancho::engine {

/// One decoder block's weights.
struct DecoderLayer {
  AlignedBuffer<float> input_layernorm;           // [hidden]
  AlignedBuffer<float> post_attention_layernorm;  // [hidden]
  std::shared_ptr<const Linear> q_proj, k_proj, v_proj, o_proj;
  std::shared_ptr<const Linear> gate_proj, up_proj, down_proj;
};

/// A decoder's weights, config and tokenizer. Immutable after loading: sessions share it.
class Model {
 public:
  /// Our own one-file model (safetensors; the config is the metadata key "config", the tokenizer
  /// the U8 tensor "tokenizer.model"), a Hugging Face folder (config.json, model.safetensors,
  /// tokenizer.model) or a GGUF file (see engine/model/gguf_model.h). Throws std::runtime_error:
  /// one sentence naming the file and what is wrong.
  static std::shared_ptr<const Model> load(const std::filesystem::path& path);
  /// The same with a LoRA adapter over it (see engine/model/adapter_file.h for the format).
  static std::shared_ptr<const Model> load_with_adapter(const std::filesystem::path& path,
                                                        const std::filesystem::path& adapter);
  /// Random weights of a shape, for benchmarks; no tokenizer.
  static std::shared_ptr<const Model> random(const ModelConfig& config, const Format& format,
                                             std::uint64_t seed);

  const ModelConfig& config() const { return config_; }
  bool has_tokenizer() const { return tokenizer_.has_value(); }
  /// Throws std::runtime_error where the model has none.
  const Tokenizer& tokenizer() const;
  /// "embed_tokens" [vocab, hidden] as a Linear: dense_row is the look-up.
  const Linear& embed_tokens() const { return *embed_tokens_; }
  /// The same object as embed_tokens where tied.
  const Linear& lm_head() const { return *lm_head_; }
  const std::vector<DecoderLayer>& layers() const { return layers_; }
  const AlignedBuffer<float>& norm() const { return norm_; }
  /// What else the file says about itself (how it was made, its report).
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// Size of all weights in memory, in bytes.
  std::size_t bytes() const;
  /// Share of zero weights among the linear layers of the blocks.
  double sparsity() const;
  /// Number of linear layers by storage word ("sparse-int8": 42).
  std::map<std::string, std::size_t> formats() const;

  /// Writes the one-file model, atomically. `extra` is added to the metadata.
  void save(const std::filesystem::path& path,
            const std::map<std::string, std::string>& extra = {}) const;

 private:
  friend class ModelBuilder;
  friend std::shared_ptr<const Linear> linear_by_name(const Model&, const std::string&);
  Model() = default;
  ModelConfig config_;
  std::optional<Tokenizer> tokenizer_;
  std::shared_ptr<const Linear> embed_tokens_, lm_head_;
  std::vector<DecoderLayer> layers_;
  AlignedBuffer<float> norm_;
  std::map<std::string, std::string> metadata_;
  std::shared_ptr<const void> storage_;  // keeps a mapped file alive
};

}  // namespace sancho::engine
