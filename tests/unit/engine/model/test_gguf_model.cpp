#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "../reference_data.h"
#include "engine/checkpoint/gguf.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/model/adapter_file.h"
#include "engine/model/gguf_model.h"
#include "engine/model/hf_writer.h"
#include "engine/model/model_builder.h"
#include "engine/model/session.h"
#include "engine/text/vocabulary.h"
#include "small_model.h"

using namespace sancho::engine;
namespace fs = std::filesystem;

namespace {

using ModelPtr = std::shared_ptr<const Model>;

std::vector<float> logits_of(const ModelPtr& model, std::span<const TokenId> tokens) {
  Session session(model, std::make_shared<ThreadPool>(1), 64);
  const auto logits = session.read(tokens);
  return {logits.begin(), logits.end()};
}

const std::vector<TokenId> tokens{1, 7, 300, 42, 42, 9, 120};

/// Distance of two logit vectors over the spread of the second.
double relative_distance(std::span<const float> a, std::span<const float> b) {
  double difference = 0, spread = 0, mean = 0;
  for (const float v : b) mean += static_cast<double>(v) / static_cast<double>(b.size());
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i] - b[i]), 2);
    spread += std::pow(static_cast<double>(b[i]) - mean, 2);
  }
  return std::sqrt(difference / spread);
}

GgufOptions options_of(GgmlType type) {
  return {.type = type, .embedding_type = type, .name = "small", .chat_template = ""};
}

ModelPtr through_gguf(const ModelPtr& model, const fs::path& path, GgmlType type) {
  write_gguf_model(*model, path, options_of(type));
  return Model::load(path);
}

std::string try_model(const fs::path& path) {
  try {
    logits_of(Model::load(path), tokens);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

class TestGgufModel : public QObject {
  Q_OBJECT

 private slots:
  void a_model_survives_the_way_through_gguf_data();
  void a_model_survives_the_way_through_gguf();
  void rotary_rows_are_reordered_as_llama_cpp_wants_them();
  void four_bits_are_read_without_rounding();
  void rows_that_are_not_whole_blocks_become_f16();
  void a_real_tokenizer_survives_the_way_through_gguf();
  void a_vocabulary_says_what_llama_cpp_says_of_it();
  void an_adapter_is_merged_into_what_is_written();
  void a_hugging_face_folder_holds_the_same_model();
  void files_cut_short_are_refused_with_one_sentence();
  void what_this_decoder_does_not_do_is_refused();
  void a_stop_while_writing_leaves_no_file();

 private:
  fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  QTemporaryDir folder_;
};

void TestGgufModel::a_model_survives_the_way_through_gguf_data() {
  QTest::addColumn<GgmlType>("type");
  QTest::addColumn<bool>("tied");
  QTest::addColumn<double>("tolerance");
  for (const bool tied : {true, false}) {
    const char* const word = tied ? "tied" : "untied";
    QTest::addRow("F32 %s", word) << GgmlType::f32 << tied << 0.0;
    QTest::addRow("F16 %s", word) << GgmlType::f16 << tied << 0.01;
    QTest::addRow("Q8_0 %s", word) << GgmlType::q8_0 << tied << 0.04;
    QTest::addRow("Q4_0 %s", word) << GgmlType::q4_0 << tied << 0.4;
  }
}

void TestGgufModel::a_model_survives_the_way_through_gguf() {
  QFETCH(GgmlType, type);
  QFETCH(bool, tied);
  QFETCH(double, tolerance);
  ModelConfig config = small_config(tied);
  config.rope_theta = 5000;
  config.rms_norm_eps = 3e-6f;
  config.bos_token_id = 1;
  const auto model = Model::random(config, {Storage::f32, 0}, 3);
  const auto back = through_gguf(model, at("model.gguf"), type);
  QVERIFY(back->config() == config);
  const double distance = relative_distance(logits_of(back, tokens), logits_of(model, tokens));
  QVERIFY2(distance <= tolerance, std::to_string(distance).c_str());
  if (tolerance > 0) QVERIFY(distance > 0);
}

void TestGgufModel::rotary_rows_are_reordered_as_llama_cpp_wants_them() {
  const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
  write_gguf_model(*model, at("order.gguf"), options_of(GgmlType::f32));
  const auto file = GgufFile::open(at("order.gguf"));
  const std::size_t dim = model->config().head_dim;
  std::vector<float> theirs(64), ours(64);
  for (const std::size_t head : {0u, 1u})
    for (std::size_t i = 0; i < dim / 2; ++i)
      for (const std::size_t half : {0u, 1u}) {
        file->find_tensor("blk.1.attn_k.weight")->read_row(head * dim + 2 * i + half, theirs);
        model->layers()[1].k_proj->dense_row(head * dim + half * dim / 2 + i, ours);
        QCOMPARE(theirs, ours);
      }
  file->find_tensor("blk.1.attn_v.weight")->read_row(5, theirs);
  model->layers()[1].v_proj->dense_row(5, ours);
  QCOMPARE(theirs, ours);
}

void TestGgufModel::four_bits_are_read_without_rounding() {
  const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
  const auto back = through_gguf(model, at("four.gguf"), GgmlType::q4_0);
  const auto file = GgufFile::open(at("four.gguf"));
  std::vector<float> theirs(96), ours(96);
  for (std::size_t row = 0; row < 64; ++row) {
    file->find_tensor("blk.2.ffn_down.weight")->read_row(row, theirs);
    back->layers()[2].down_proj->dense_row(row, ours);
    QCOMPARE(ours, theirs);
  }
  QVERIFY(back->layers()[2].down_proj->storage() == Storage::int4);
}

void TestGgufModel::rows_that_are_not_whole_blocks_become_f16() {
  ModelConfig config = small_config();
  config.intermediate_size = 100;
  const auto model = Model::random(config, {Storage::f32, 0}, 3);
  const auto back = through_gguf(model, at("ragged.gguf"), GgmlType::q8_0);
  QVERIFY(relative_distance(logits_of(back, tokens), logits_of(model, tokens)) < 0.04);
  const auto file = GgufFile::open(at("ragged.gguf"));
  QVERIFY(file->find_tensor("blk.0.ffn_down.weight")->type == GgmlType::f16);
  QVERIFY(file->find_tensor("blk.0.ffn_up.weight")->type == GgmlType::q8_0);
}

void TestGgufModel::a_real_tokenizer_survives_the_way_through_gguf() {
  REQUIRE_CHECKPOINT(folder, "stories260K-hf");
  const auto model = Model::load(folder);
  const auto back = through_gguf(model, at("stories.gguf"), GgmlType::f16);
  for (const char* text : {"Once upon a time, Lily", " \n\tnaïve 🙂", ""})
    QCOMPARE(back->tokenizer().encode(text), model->tokenizer().encode(text));
  QCOMPARE(back->tokenizer().bos_id(), model->tokenizer().bos_id());
  QVERIFY(back->tokenizer().is_control(back->tokenizer().eos_id()));
  const auto prompt = model->tokenizer().encode("Once upon a time");
  QVERIFY(relative_distance(logits_of(back, prompt), logits_of(model, prompt)) < 0.01);
}

void TestGgufModel::a_vocabulary_says_what_llama_cpp_says_of_it() {
  REQUIRE_CHECKPOINT(theirs, "llama2-tokenizer/ggml-vocab-llama-spm.gguf");
  REQUIRE_CHECKPOINT(ours, "llama2-tokenizer/tokenizer.model");
  const auto file = GgufFile::open(theirs);
  const auto texts = file->find_texts("tokenizer.ggml.tokens").value();
  const auto scores = file->find_numbers("tokenizer.ggml.scores").value();
  const auto types = file->find_integers("tokenizer.ggml.token_type").value();
  const Vocabulary vocabulary = vocabulary_of_sentencepiece(read_file(ours));
  QCOMPARE(vocabulary.pieces.size(), texts.size());
  for (std::size_t id = 0; id < texts.size(); ++id) {
    QCOMPARE(std::string_view(vocabulary.pieces[id].text), texts[id]);
    QCOMPARE(vocabulary.pieces[id].score, scores[id]);
    QCOMPARE(std::int64_t{vocabulary.pieces[id].type}, types[id]);
  }
}

void TestGgufModel::an_adapter_is_merged_into_what_is_written() {
  const auto base = Model::random(small_config(), {Storage::f32, 0}, 3);
  Adapter adapter{.rank = 2, .alpha = 4, .layers = {}, .metadata = {}};
  const std::string name = "model.layers.1.self_attn.q_proj";
  const auto [out, in] = linear_shape(base->config(), name);
  LayerAdapter layer{.out = out,
                     .in = in,
                     .a = AlignedBuffer<float>(2 * in),
                     .b = AlignedBuffer<float>(out * 2),
                     .pattern = {},
                     .values = {}};
  for (std::size_t i = 0; i < layer.a.size(); ++i) layer.a[i] = std::sin(static_cast<float>(i));
  for (std::size_t i = 0; i < layer.b.size(); ++i) layer.b[i] = std::cos(static_cast<float>(i));
  adapter.layers.emplace(name, std::move(layer));
  const auto personal = with_adapter(base, adapter);
  const auto back = through_gguf(personal, at("personal.gguf"), GgmlType::f32);
  const auto expected = logits_of(personal, tokens);
  QVERIFY(relative_distance(logits_of(back, tokens), expected) < 1e-5);
  QVERIFY(relative_distance(logits_of(base, tokens), expected) > 0.01);
}

void TestGgufModel::a_hugging_face_folder_holds_the_same_model() {
  REQUIRE_CHECKPOINT(folder, "stories260K-hf");
  const auto model = Model::load(folder);
  write_hf_folder(*model, at("hf"), DType::f32);
  const auto back = Model::load(at("hf"));
  QVERIFY(back->config() == model->config());
  QCOMPARE(logits_of(back, tokens), logits_of(model, tokens));
  QCOMPARE(back->tokenizer().serialized(), model->tokenizer().serialized());
  const auto file = SafetensorsFile::open(at("hf") / "model.safetensors");
  QCOMPARE(file->metadata().at("format"), std::string("pt"));

  for (const DType type : {DType::f16, DType::bf16}) {
    write_hf_folder(*model, at("hf"), type);
    QVERIFY(relative_distance(logits_of(Model::load(at("hf")), tokens), logits_of(model, tokens)) <
            0.05);
  }
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, write_hf_folder(*model, at("hf"), DType::i8));
}

void TestGgufModel::files_cut_short_are_refused_with_one_sentence() {
  const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
  write_gguf_model(*model, at("whole.gguf"), options_of(GgmlType::q8_0));
  const std::string bytes = read_file(at("whole.gguf"));
  QVERIFY(try_model(at("whole.gguf")).empty());
  for (std::size_t size = 0; size < bytes.size(); size += 4096) {
    write_file(at("cut.gguf"), bytes.substr(0, size));
    const std::string why = try_model(at("cut.gguf"));
    QVERIFY2(why.ends_with('.') && why.find("cut.gguf") != std::string::npos, why.c_str());
  }
}

void TestGgufModel::what_this_decoder_does_not_do_is_refused() {
  const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
  const auto refused = [&](const std::function<void(GgufWriter&)>& change, const char* word) {
    GgufWriter writer;
    writer.set("general.architecture", "llama");
    writer.set("llama.embedding_length", std::uint32_t{64});
    writer.set("llama.feed_forward_length", std::uint32_t{96});
    writer.set("llama.block_count", std::uint32_t{1});
    writer.set("llama.attention.head_count", std::uint32_t{4});
    writer.set("llama.context_length", std::uint32_t{64});
    const std::vector<float> row(64);
    writer.add_vector("token_embd.weight", row);
    change(writer);
    writer.write(at("changed.gguf"));
    const std::string why = try_model(at("changed.gguf"));
    return why.find(word) != std::string::npos;
  };
  const std::vector<float> one{1};
  QVERIFY(refused([](GgufWriter&) {}, "attn_q"));
  QVERIFY(refused([](GgufWriter& w) { w.set("llama.expert_count", std::uint32_t{8}); }, "expert"));
  QVERIFY(refused([&](GgufWriter& w) { w.add_vector("rope_freqs.weight", one); }, "rotary"));
  QVERIFY(refused([&](GgufWriter& w) { w.add_vector("blk.0.attn_q.bias", one); }, "bias"));
  QVERIFY(refused([](GgufWriter& w) { w.set("tokenizer.ggml.model", "gpt2"); }, "gpt2"));
  QVERIFY(refused(
      [](GgufWriter& w) {
        w.set("llama.rope.scaling.type", "linear");
        w.set("llama.rope.scaling.factor", 4.0f);
      },
      "rotary"));
  QVERIFY(refused([](GgufWriter& w) { w.set("llama.rope.dimension_count", std::uint32_t{8}); },
                  "rotated"));
}

void TestGgufModel::a_stop_while_writing_leaves_no_file() {
  const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
  int rows = 0;
  QVERIFY_THROWS_EXCEPTION(
      std::runtime_error,
      write_gguf_model(*model, at("stopped.gguf"), options_of(GgmlType::f16), [&] {
        if (++rows == 100) throw std::runtime_error("stop");
      }));
  QVERIFY(!fs::exists(at("stopped.gguf")));
}

QTEST_APPLESS_MAIN(TestGgufModel)
#include "test_gguf_model.moc"
