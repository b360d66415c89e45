#include <QTemporaryDir>
#include <QTest>
#include <cstring>
#include <random>

#include "engine/checkpoint/safetensors.h"
#include "engine/model/adapter_file.h"
#include "engine/model/model_builder.h"
#include "engine/model/session.h"
#include "small_model.h"

using namespace sancho::engine;
namespace fs = std::filesystem;

namespace {

const std::vector<TokenId> tokens{1, 7, 300, 42, 42, 9, 120};

std::vector<float> logits_of(const std::shared_ptr<const Model>& model) {
  Session session(model, std::make_shared<ThreadPool>(1), 64);
  const auto logits = session.read(tokens);
  return {logits.begin(), logits.end()};
}

/// Loads and, where that works, uses the model; the one sentence of a refusal otherwise.
std::string try_model(const fs::path& path) {
  try {
    logits_of(Model::load(path));
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

Adapter small_adapter(const ModelConfig& config, std::size_t rank) {
  Adapter adapter;
  adapter.rank = rank;
  adapter.alpha = 12.5;
  std::mt19937 random(8);
  for (const char* name : {"model.layers.0.self_attn.q_proj", "model.layers.2.mlp.down_proj"}) {
    const auto [out, in] = linear_shape(config, name);
    LayerAdapter factors{out, in, AlignedBuffer<float>(rank * in), AlignedBuffer<float>(out * rank),
                         {},  {}};
    for (float& v : factors.a) v = static_cast<float>(random() % 1000) / 5000 - 0.1f;
    for (float& v : factors.b) v = static_cast<float>(random() % 1000) / 5000 - 0.1f;
    adapter.layers.emplace(name, std::move(factors));
  }
  return adapter;
}

}  // namespace

class TestModelFiles : public QObject {
  Q_OBJECT

 private slots:
  void a_saved_model_loads_identical_data();
  void a_saved_model_loads_identical();
  void metadata_is_kept_and_added_to();
  void a_folder_in_shards_loads_like_one_file();
  void an_index_that_leaves_the_folder_is_refused();
  void files_cut_short_are_refused_with_one_sentence();
  void flipped_bits_give_a_refusal_or_a_model_never_a_crash();
  void a_config_that_does_not_fit_the_tensors_is_refused();
  void what_is_not_a_model_is_refused();
  void names_and_shapes_cover_every_parameter();
  void unknown_and_missing_parts_are_named();
  void random_models_have_the_asked_format();
  void an_adapter_round_trips_and_equals_the_merged_weights();
  void an_adapter_for_another_model_is_refused();
  void damaged_adapters_are_refused();

 private:
  fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  QTemporaryDir folder_;
};

void TestModelFiles::a_saved_model_loads_identical_data() {
  QTest::addColumn<Format>("format");
  QTest::addColumn<bool>("tied");
  for (const bool tied : {true, false})
    for (const Format format : {Format{Storage::f32, 0}, Format{Storage::bf16, 0},
                                Format{Storage::int8, 0}, Format{Storage::sparse_int8, 0.6}})
      QTest::addRow("%s %s", format_name(format).c_str(), tied ? "tied" : "untied")
          << format << tied;
}

void TestModelFiles::a_saved_model_loads_identical() {
  QFETCH(Format, format);
  QFETCH(bool, tied);
  const auto model = Model::random(small_config(tied), format, 3);
  model->save(at("model"));
  const auto loaded = Model::load(at("model"));
  QVERIFY(loaded->config() == model->config());
  QCOMPARE(loaded->bytes(), model->bytes());
  QCOMPARE(loaded->sparsity(), model->sparsity());
  QCOMPARE(loaded->formats(), model->formats());
  QCOMPARE(logits_of(loaded), logits_of(model));
  loaded->save(at("again"));
  QCOMPARE(read_file(at("again")), read_file(at("model")));
}

void TestModelFiles::metadata_is_kept_and_added_to() {
  const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
  model->save(at("model"), {{"made", "here"}, {"n", "1"}});
  Model::load(at("model"))->save(at("model"), {{"n", "2"}});
  const std::map<std::string, std::string> expected{{"made", "here"}, {"n", "2"}};
  QCOMPARE(Model::load(at("model"))->metadata(), expected);
}

void TestModelFiles::a_folder_in_shards_loads_like_one_file() {
  const auto model = Model::random(small_config(false), {Storage::f32, 0}, 5);
  model->save(at("model"));
  const auto file = SafetensorsFile::open(at("model"));
  const fs::path folder = at("sharded");
  fs::create_directory(folder);
  write_file(folder / "config.json", model_config_to_json(model->config()));
  SafetensorsWriter shards[2];
  std::string map;
  for (std::size_t i = 0; i < file->tensors().size(); ++i) {
    const TensorView& tensor = file->tensors()[i];
    shards[i % 2].add(tensor);
    map +=
        (i ? ",\"" : "\"") + tensor.name + "\":\"part" + std::to_string(i % 2) + ".safetensors\"";
  }
  shards[0].write(folder / "part0.safetensors");
  shards[1].write(folder / "part1.safetensors");
  write_file(folder / "model.safetensors.index.json", "{\"weight_map\":{" + map + "}}");
  QCOMPARE(logits_of(Model::load(folder)), logits_of(model));

  fs::remove(folder / "part1.safetensors");
  QVERIFY(try_model(folder).find("part1") != std::string::npos);
}

void TestModelFiles::an_index_that_leaves_the_folder_is_refused() {
  const fs::path folder = at("leaving");
  fs::create_directory(folder);
  write_file(folder / "config.json", model_config_to_json(small_config()));
  for (const char* name : {"../model", "/etc/passwd", "..", ""}) {
    write_file(folder / "model.safetensors.index.json",
               R"({"weight_map":{"a":")" + std::string(name) + "\"}}");
    QVERIFY(!try_model(folder).empty());
  }
}

void TestModelFiles::files_cut_short_are_refused_with_one_sentence() {
  Model::random(small_config(), {Storage::sparse_int8, 0.5}, 3)->save(at("whole"));
  const std::string bytes = read_file(at("whole"));
  for (std::size_t size = 0; size < bytes.size(); size += 4096) {
    write_file(at("cut"), bytes.substr(0, size));
    const std::string why = try_model(at("cut"));
    QVERIFY(why.find("cut") != std::string::npos && why.ends_with('.'));
    QCOMPARE(why.find('\n'), std::string::npos);
  }
}

void TestModelFiles::flipped_bits_give_a_refusal_or_a_model_never_a_crash() {
  std::mt19937 random(2);
  for (const Format format :
       {Format{Storage::f32, 0}, Format{Storage::int8, 0}, Format{Storage::sparse_int8, 0.5}}) {
    Model::random(small_config(), format, 3)->save(at("whole"));
    const std::string bytes = read_file(at("whole"));
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), sizeof header);
    int refused = 0;
    for (int round = 0; round < 400; ++round) {
      std::string damaged = bytes;
      // Every second time in the header, where more depends on a bit.
      const std::size_t range = round % 2 ? bytes.size() : sizeof header + header;
      for (unsigned flips = 0; flips < 1 + random() % 3; ++flips) {
        char& c = damaged[random() % range];
        c = static_cast<char>(c ^ (1 << (random() % 8)));
      }
      write_file(at("flipped"), damaged);
      if (!try_model(at("flipped")).empty()) ++refused;
    }
    QVERIFY(refused > 100);
  }
}

void TestModelFiles::a_config_that_does_not_fit_the_tensors_is_refused() {
  const auto model = Model::random(small_config(), {Storage::f32, 0}, 3);
  model->save(at("model"));
  const auto file = SafetensorsFile::open(at("model"));
  const auto with_config = [&](auto change) {
    ModelConfig config = model->config();
    change(config);
    SafetensorsWriter writer;
    writer.set_metadata("config", model_config_to_json(config));
    for (const TensorView& tensor : file->tensors()) writer.add(tensor);
    writer.write(at("other"));
    return try_model(at("other"));
  };
  QVERIFY(with_config([](ModelConfig&) {}).empty());
  QVERIFY(!with_config([](ModelConfig& c) { c.hidden_size = 128; }).empty());
  QVERIFY(!with_config([](ModelConfig& c) { c.vocab_size = 1u << 22; }).empty());
  QVERIFY(!with_config([](ModelConfig& c) { c.num_hidden_layers = 1000; }).empty());
  QVERIFY(!with_config([](ModelConfig& c) { c.intermediate_size = 64; }).empty());
  QVERIFY(!with_config([](ModelConfig& c) { c.num_key_value_heads = 4; }).empty());
  QVERIFY(!with_config([](ModelConfig& c) { c.tie_word_embeddings = false; }).empty());
}

void TestModelFiles::what_is_not_a_model_is_refused() {
  QVERIFY(!try_model(at("missing")).empty());
  fs::create_directory(at("empty folder"));
  QVERIFY(try_model(at("empty folder")).find("config.json") != std::string::npos);
  SafetensorsWriter().write(at("bare"));
  QVERIFY(try_model(at("bare")).find("config") != std::string::npos);
  write_file(at("text"), std::string(10000, 'a'));
  QVERIFY(!try_model(at("text")).empty());
}

void TestModelFiles::names_and_shapes_cover_every_parameter() {
  for (const bool tied : {true, false}) {
    const ModelConfig config = small_config(tied);
    std::size_t sum = norm_names(config).size() * config.hidden_size;
    for (const std::string& name : linear_names(config)) {
      const auto [out, in] = linear_shape(config, name);
      sum += out * in;
    }
    QCOMPARE(sum, parameter_count(config));
  }
}

void TestModelFiles::unknown_and_missing_parts_are_named() {
  const ModelConfig config = small_config();
  for (const char* name : {"lm", "model.layers.3.mlp.up_proj", "model.layers.0.mlp.up",
                           "model.layers..mlp.up_proj", "model.layers.0"})
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, linear_shape(config, name));
  const std::vector<float> ones(config.hidden_size, 1.0f);
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                           ModelBuilder(config).norm("model.norm", std::span(ones).first(3)));
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, ModelBuilder(config).linear("lm_head", nullptr));
  try {
    ModelBuilder(config).build();
    QFAIL("a model without parts was built");
  } catch (const std::runtime_error& error) {
    QVERIFY(std::string(error.what()).find("model.embed_tokens") != std::string::npos);
  }
}

void TestModelFiles::random_models_have_the_asked_format() {
  const auto sparse = Model::random(small_config(), {Storage::sparse_int8, 0.7}, 1);
  QVERIFY(std::abs(sparse->sparsity() - 0.7) < 0.01);
  const auto formats = sparse->formats();
  QCOMPARE(formats.at("sparse-int8"), std::size_t{21});
  QCOMPARE(formats.at("int8"), std::size_t{1});
  for (const float logit : logits_of(sparse)) QVERIFY(std::isfinite(logit));
  QVERIFY(logits_of(Model::random(small_config(), {Storage::f32, 0}, 1)) !=
          logits_of(Model::random(small_config(), {Storage::f32, 0}, 2)));
}

void TestModelFiles::an_adapter_round_trips_and_equals_the_merged_weights() {
  const auto base = Model::random(small_config(), {Storage::f32, 0}, 3);
  base->save(at("base"));
  Adapter adapter = small_adapter(base->config(), 4);
  adapter.metadata["base_sha256"] = "abc";
  write_adapter(at("adapter"), adapter);
  const Adapter loaded = read_adapter(at("adapter"));
  QCOMPARE(loaded.rank, adapter.rank);
  QCOMPARE(loaded.alpha, adapter.alpha);
  QCOMPARE(loaded.metadata, adapter.metadata);

  ModelBuilder merged(base->config());
  for (const std::string& name : linear_names(base->config())) {
    const auto layer = linear_by_name(*base, name);
    const std::size_t out = layer->out_features(), in = layer->in_features();
    std::vector<float> w(out * in);
    layer->to_dense({w.data(), out, in});
    if (const auto found = adapter.layers.find(name); found != adapter.layers.end())
      for (std::size_t r = 0; r < out; ++r)
        for (std::size_t c = 0; c < in; ++c)
          for (std::size_t k = 0; k < 4; ++k)
            w[r * in + c] += 12.5f / 4 * found->second.b[r * 4 + k] * found->second.a[k * in + c];
    merged.linear(name, make_linear(Storage::f32, {w.data(), out, in}));
  }
  for (const std::string& name : norm_names(base->config()))
    merged.norm(name, norm_by_name(*base, name));
  const auto expected = logits_of(merged.build());
  const auto adapted = logits_of(Model::load_with_adapter(at("base"), at("adapter")));
  QVERIFY(adapted != logits_of(base));
  for (std::size_t i = 0; i < expected.size(); ++i)
    QVERIFY(std::abs(expected[i] - adapted[i]) < 1e-4f);
}

void TestModelFiles::an_adapter_for_another_model_is_refused() {
  ModelConfig wide = small_config();
  wide.intermediate_size = 128;
  const auto model = Model::random(wide, {Storage::f32, 0}, 3);
  QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                           with_adapter(model, small_adapter(small_config(), 4)));
}

void TestModelFiles::damaged_adapters_are_refused() {
  write_adapter(at("adapter"), small_adapter(small_config(), 4));
  const std::string bytes = read_file(at("adapter"));
  for (std::size_t size = 0; size < bytes.size(); size += 256) {
    write_file(at("cut"), bytes.substr(0, size));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, read_adapter(at("cut")));
  }
  Adapter wrong = small_adapter(small_config(), 4);
  wrong.rank = 5;
  QVERIFY_THROWS_EXCEPTION(std::invalid_argument, write_adapter(at("wrong"), wrong));
  Model::random(small_config(), {Storage::f32, 0}, 1)->save(at("model"));
  QVERIFY_THROWS_EXCEPTION(std::runtime_error, read_adapter(at("model")));
}

QTEST_APPLESS_MAIN(TestModelFiles)
#include "test_model_files.moc"
