#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/checkpoint/gguf.h"
#include "engine/model/gguf_model.h"
#include "engine/model/gguf_names.h"
#include "engine/model/model_builder.h"
#include "engine/model/weight_memory.h"
#include "engine/tensor/large_pages.h"
#include "engine/text/vocabulary.h"

namespace sancho::engine {

namespace {

/// The configuration under the names of a config.json, whose reader does the checking.
class ConfigReader {
 public:
  explicit ConfigReader(const GgufFile& file) : file_(file) {
    const auto architecture = file.find_text(gguf::architecture_key);
    if (!architecture) throw std::runtime_error("it lacks general.architecture");
    if (*architecture != "llama" && *architecture != "mistral")
      throw std::runtime_error("its architecture \"" + std::string(*architecture) +
                               "\" is not Llama-like (llama or mistral)");
    prefix_ = std::string(*architecture) + ".";
  }

  ModelConfig read() {
    refuse_what_we_do_not_do();
    json_["model_type"] = "llama";
    copy_count("hidden_size", "embedding_length");
    copy_count("intermediate_size", "feed_forward_length");
    copy_count("num_hidden_layers", "block_count");
    copy_count("num_attention_heads", "attention.head_count");
    copy_count("num_key_value_heads", "attention.head_count_kv");
    copy_count("head_dim", "attention.key_length");
    copy_count("max_position_embeddings", "context_length");
    copy_count("sliding_window", "attention.sliding_window");
    copy_number("rms_norm_eps", "attention.layer_norm_rms_epsilon");
    copy_number("rope_theta", "rope.freq_base");
    json_["tie_word_embeddings"] = file_.find_tensor(gguf::tensor_name("lm_head")) == nullptr;
    const GgufTensor* embedding = file_.find_tensor(gguf::tensor_name("model.embed_tokens"));
    if (!embedding) throw std::runtime_error("it has no token_embd.weight: it holds no model");
    json_["vocab_size"] = embedding->rows;
    copy_token("bos_token_id", "tokenizer.ggml.bos_token_id");
    copy_token("eos_token_id", "tokenizer.ggml.eos_token_id");
    const ModelConfig config = model_config_from_json(json_.dump());
    if (count("rope.dimension_count").value_or(config.head_dim) != config.head_dim ||
        count("attention.value_length").value_or(config.head_dim) != config.head_dim)
      throw std::runtime_error("its heads are rotated in part or differ in size");
    return config;
  }

 private:
  std::optional<std::uint64_t> count(const char* key) const {
    return file_.find_count(prefix_ + key);
  }

  void refuse_what_we_do_not_do() const {
    if (count("expert_count").value_or(0) != 0)
      throw std::runtime_error("it is a mixture of experts, which is not supported");
    const auto scaling = file_.find_text(prefix_ + "rope.scaling.type");
    const double factor = file_.find_number(prefix_ + "rope.scaling.factor").value_or(1);
    const double old_factor = file_.find_number(prefix_ + "rope.scale_linear").value_or(1);
    if ((scaling && *scaling != "none" && factor != 1) || old_factor != 1 ||
        file_.find_tensor("rope_freqs.weight"))
      throw std::runtime_error("it scales its rotary positions, which is not supported");
    for (const GgufTensor& tensor : file_.tensors())
      if (tensor.name.ends_with(".bias"))
        throw std::runtime_error("its linear layers have biases, which are not supported");
  }

  void copy_count(const char* ours, const char* theirs) {
    if (const auto value = count(theirs)) json_[ours] = *value;
  }
  void copy_number(const char* ours, const char* theirs) {
    if (const auto value = file_.find_number(prefix_ + theirs)) json_[ours] = *value;
  }
  void copy_token(const char* ours, const char* key) {
    if (const auto id = file_.find_count(key)) json_[ours] = *id;
  }

  const GgufFile& file_;
  std::string prefix_;
  nlohmann::json json_;
};

/// The piece with the id that `key` names, if the vocabulary has it.
VocabularyPiece* special_piece(const GgufFile& file, const char* key, Vocabulary& vocabulary) {
  const auto id = file.find_count(key);
  return id && *id < vocabulary.pieces.size() ? &vocabulary.pieces[*id] : nullptr;
}

std::optional<Tokenizer> read_tokenizer(const GgufFile& file) {
  using Type = VocabularyPiece::Type;
  const auto kind = file.find_text(gguf::tokenizer_key);
  if (!kind || *kind == gguf::no_tokenizer || *kind == "none") return std::nullopt;
  if (file.find_flag(gguf::filler_key).value_or(false)) return std::nullopt;
  if (*kind != gguf::sentencepiece_tokenizer)
    throw std::runtime_error("its tokenizer \"" + std::string(*kind) +
                             "\" is not a sentencepiece vocabulary (llama)");
  const auto texts = file.find_texts("tokenizer.ggml.tokens");
  if (!texts) throw std::runtime_error("it lacks tokenizer.ggml.tokens");
  const auto scores = file.find_numbers("tokenizer.ggml.scores");
  const auto types = file.find_integers("tokenizer.ggml.token_type");
  if ((scores && scores->size() != texts->size()) || (types && types->size() != texts->size()))
    throw std::runtime_error("the arrays of its vocabulary differ in length");

  Vocabulary vocabulary;
  for (std::size_t i = 0; i < texts->size(); ++i) {
    const std::int64_t type = types ? (*types)[i] : std::int64_t{Type::normal};
    if (type < Type::normal || type > Type::byte)
      throw std::runtime_error("a piece of its vocabulary is of an unknown type");
    vocabulary.pieces.push_back(
        {std::string((*texts)[i]), scores ? (*scores)[i] : 0.0f, static_cast<Type>(type)});
  }
  if (auto* bos = special_piece(file, "tokenizer.ggml.bos_token_id", vocabulary)) {
    bos->type = Type::control;
    vocabulary.bos_piece = bos->text;
  }
  if (auto* eos = special_piece(file, "tokenizer.ggml.eos_token_id", vocabulary)) {
    eos->type = Type::control;
    vocabulary.eos_piece = eos->text;
  }
  if (auto* unknown = special_piece(file, "tokenizer.ggml.unknown_token_id", vocabulary))
    unknown->type = Type::unknown;
  vocabulary.add_dummy_prefix = file.find_flag("tokenizer.ggml.add_space_prefix").value_or(true);
  vocabulary.remove_extra_whitespaces =
      file.find_flag("tokenizer.ggml.remove_extra_whitespaces").value_or(false);
  return Tokenizer::from_bytes(sentencepiece_of_vocabulary(vocabulary));
}

/// Where weights of a GGUF format go: bits of precision are kept, or a few more taken. Q8_0,
/// Q6_K, Q5_K and Q4_K become int8 rows (for Q8_0 measured: perplexity × 1.002 on the built-in
/// model); the offsets of Q4_K have no place in a symmetric 4-bit storage.
Storage storage_of(GgmlType type) {
  switch (type) {
    case GgmlType::f32:
    case GgmlType::f16:
      return Storage::f32;
    case GgmlType::bf16:
      return Storage::bf16;
    case GgmlType::q4_0:
      return Storage::int4;
    default:
      return Storage::int8;
  }
}

const GgufTensor& require(const GgufFile& file, const std::string& name, std::size_t rows,
                          std::size_t cols) {
  const GgufTensor* tensor = file.find_tensor(name);
  if (!tensor) throw std::runtime_error("the tensor " + name + " is missing");
  if (tensor->rows != rows || tensor->cols != cols)
    throw std::runtime_error("the tensor " + name + " has another shape than its metadata says");
  return *tensor;
}

/// Weights that need no change are used where they lie in the file.
std::unique_ptr<Linear> mapped_linear(const GgufTensor& tensor) {
  const DType type = tensor.type == GgmlType::f32   ? DType::f32
                     : tensor.type == GgmlType::f16 ? DType::f16
                                                    : DType::bf16;
  const TensorLookup lookup = [&](const std::string& name) -> std::optional<TensorView> {
    if (name != tensor.name) return std::nullopt;
    return TensorView{name, type, {tensor.rows, tensor.cols}, tensor.data};
  };
  constexpr std::string_view suffix = ".weight";
  return load_linear(lookup, tensor.name.substr(0, tensor.name.size() - suffix.size()), tensor.rows,
                     tensor.cols);
}

/// Row `row` of the file is row `place(row)` of the layer.
using RowPlace = std::function<std::size_t(std::size_t row)>;

/// Q4_0 has the codes and scales of our 4-bit storage: nothing is rounded.
std::unique_ptr<Linear> q4_0_linear(const GgufTensor& tensor, const RowPlace& place) {
  const std::size_t group = ggml_layout(GgmlType::q4_0).weights, groups = tensor.cols / group;
  AlignedBuffer<std::int8_t> codes(tensor.rows * tensor.cols);
  AlignedBuffer<float> scales(tensor.rows * groups);
  for (std::size_t row = 0; row < tensor.rows; ++row)
    split_q4_0(tensor.row(row), codes.span().subspan(place(row) * tensor.cols, tensor.cols),
               scales.span().subspan(place(row) * groups, groups));
  return make_linear_from_codes(Storage::int4, {codes.data(), tensor.rows, tensor.cols},
                                {scales.data(), tensor.rows, groups}, group);
}

std::unique_ptr<Linear> converted_linear(const GgufTensor& tensor, std::size_t rotated_head_dim) {
  const RowPlace place = [&](std::size_t row) {
    return rotated_head_dim == 0 ? row : gguf::unrotated_row(row, rotated_head_dim);
  };
  if (tensor.type == GgmlType::q4_0) return q4_0_linear(tensor, place);
  AlignedBuffer<float> weights(tensor.rows * tensor.cols);
  const MatrixView<float> dense(weights.data(), tensor.rows, tensor.cols);
  for (std::size_t row = 0; row < tensor.rows; ++row) tensor.read_row(row, dense.row(place(row)));
  return make_linear(storage_of(tensor.type), dense);
}

std::unique_ptr<Linear> read_linear(const GgufTensor& tensor, std::size_t rotated_head_dim,
                                    WeightMemory& memory) {
  if (ggml_layout(tensor.type).weights == 1 && rotated_head_dim == 0) return mapped_linear(tensor);
  auto layer = memory.take(converted_linear(tensor, rotated_head_dim));
  put_aside(tensor.data);
  return layer;
}

}  // namespace

std::shared_ptr<const Model> load_gguf_model(const std::filesystem::path& path) {
  const auto file = GgufFile::open(path);
  const ModelConfig config = ConfigReader(*file).read();
  ModelBuilder builder(config);
  if (auto tokenizer = read_tokenizer(*file)) {
    if (tokenizer->vocab_size() > config.vocab_size)
      throw std::runtime_error("its tokenizer has more pieces than its embedding has rows");
    builder.tokenizer(*std::move(tokenizer));
  }
  const auto memory = std::make_shared<WeightMemory>();
  for (const std::string& name : linear_names(config)) {
    const auto [out, in] = linear_shape(config, name);
    const GgufTensor& tensor = require(*file, gguf::tensor_name(name), out, in);
    const bool rotated = gguf::rotated_heads(config, name) != 0;
    builder.linear(name, read_linear(tensor, rotated ? config.head_dim : 0, *memory));
  }
  std::vector<float> weights(config.hidden_size);
  for (const std::string& name : norm_names(config)) {
    require(*file, gguf::tensor_name(name), 1, config.hidden_size).read_row(0, weights);
    builder.norm(name, weights);
  }
  builder.keep_alive(
      std::make_shared<const std::pair<decltype(file), decltype(memory)>>(file, memory));
  return builder.build();
}

}  // namespace sancho::engine
