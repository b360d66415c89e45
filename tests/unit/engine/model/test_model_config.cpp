#include <QTest>

#include "engine/model/config.h"
#include "small_model.h"

using namespace sancho::engine;

namespace {

std::string with(std::string json, const std::string& from, const std::string& to) {
  const auto at = json.find(from);
  if (at == std::string::npos) throw std::logic_error("the test's config lacks " + from);
  return json.replace(at, from.size(), to);
}

std::string refusal(const std::string& json) {
  try {
    model_config_from_json(json);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

class TestModelConfig : public QObject {
  Q_OBJECT

 private slots:
  void json_round_trips();
  void defaults_are_those_of_hugging_face();
  void every_missing_field_is_named();
  void what_the_decoder_cannot_do_is_refused();
  void damaged_json_is_refused();
  void known_shapes_have_the_parameters_of_their_names();
  void unknown_shapes_are_answered_with_the_known_ones();
};

void TestModelConfig::json_round_trips() {
  for (const bool tied : {true, false}) {
    ModelConfig config = small_config(tied);
    config.rope_theta = 500000.0f;
    config.rms_norm_eps = 1e-6f;
    config.eos_token_id = -1;
    QVERIFY(model_config_from_json(model_config_to_json(config)) == config);
  }
}

void TestModelConfig::defaults_are_those_of_hugging_face() {
  const auto config = model_config_from_json(
      R"({"model_type":"llama","vocab_size":100,"hidden_size":64,"intermediate_size":128,)"
      R"("num_hidden_layers":2,"num_attention_heads":4,"max_position_embeddings":256,)"
      R"("rope_scaling":null,"eos_token_id":[7,8],"sliding_window":128})");
  QCOMPARE(config.num_key_value_heads, std::size_t{4});
  QCOMPARE(config.head_dim, std::size_t{16});
  QCOMPARE(config.rope_theta, 10000.0f);
  QCOMPARE(config.eos_token_id, 7);
  QCOMPARE(config.max_position_embeddings, std::size_t{128});
  QVERIFY(!config.tie_word_embeddings);
}

void TestModelConfig::every_missing_field_is_named() {
  const std::string json = model_config_to_json(small_config());
  for (const char* field : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                            "num_attention_heads", "max_position_embeddings"}) {
    const std::string quoted = '"' + std::string(field) + '"';
    QVERIFY(refusal(with(json, quoted, "\"other\"")).find(field) != std::string::npos);
  }
}

void TestModelConfig::what_the_decoder_cannot_do_is_refused() {
  const std::string json = model_config_to_json(small_config());
  QVERIFY(refusal(json).empty());
  QVERIFY(refusal(with(json, "\"llama\"", "\"gpt2\"")).find("gpt2") != std::string::npos);
  QVERIFY(!refusal(with(json, "\"silu\"", "\"gelu\"")).empty());
  QVERIFY(!refusal(with(json, "\"attention_bias\": false", "\"attention_bias\": true")).empty());
  QVERIFY(!refusal(with(json, "\"mlp_bias\": false", "\"rope_scaling\": {\"type\": \"yarn\"}"))
               .empty());
  QVERIFY(!refusal(with(json, "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3")).empty());
  QVERIFY(!refusal(with(json, "\"head_dim\": 16", "\"head_dim\": 15")).empty());
  QVERIFY(!refusal(with(json, "\"hidden_size\": 64", "\"hidden_size\": -64")).empty());
  QVERIFY(!refusal(with(json, "\"hidden_size\": 64", "\"hidden_size\": 1e300")).empty());
  QVERIFY(!refusal(with(json, "\"hidden_size\": 64", "\"hidden_size\": 0")).empty());
  QVERIFY(!refusal(with(json, "\"vocab_size\": 320", "\"vocab_size\": 99999999999")).empty());
}

void TestModelConfig::damaged_json_is_refused() {
  const std::string json = model_config_to_json(small_config());
  for (std::size_t size = 0; size + 1 < json.size(); ++size)
    QVERIFY(!refusal(json.substr(0, size)).empty());
  QVERIFY(!refusal(std::string(1000000, '[')).empty());
  QVERIFY(!refusal("[]").empty());
}

void TestModelConfig::known_shapes_have_the_parameters_of_their_names() {
  const auto millions = [](const char* name) {
    return static_cast<double>(parameter_count(model_config_of_shape(name))) / 1e6;
  };
  QVERIFY(std::abs(millions("llama-110m") - 109.5) < 0.1);
  QVERIFY(std::abs(millions("tinyllama-1.1b") - 1100.0) < 0.1);
  QVERIFY(std::abs(millions("llama-7b") - 6738.4) < 0.1);
  for (const char* name : {"built-in", "llama-110m", "tinyllama-1.1b", "llama-7b"}) {
    const ModelConfig config = model_config_of_shape(name);
    QVERIFY(model_config_from_json(model_config_to_json(config)) == config);
  }
}

void TestModelConfig::unknown_shapes_are_answered_with_the_known_ones() {
  try {
    model_config_of_shape("llama-9000b");
    QFAIL("an unknown shape was found");
  } catch (const std::invalid_argument& error) {
    QVERIFY(std::string(error.what()).find("tinyllama-1.1b") != std::string::npos);
  }
}

QTEST_APPLESS_MAIN(TestModelConfig)
#include "test_model_config.moc"
