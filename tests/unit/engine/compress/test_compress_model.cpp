#include <QTemporaryDir>
#include <QtTest>

#include "../train/tiny_training.h"
#include "compress_data.h"
#include "engine/compress/compress.h"
#include "engine/model/model_builder.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

ModelSource source_of(std::shared_ptr<const Model> model) {
  return [model = std::move(model)] { return model; };
}

CompressOptions options_for(const Format& format) {
  CompressOptions options;
  options.format = format;
  options.threads = 1;
  return options;
}

std::shared_ptr<const Model> trained_model(const std::filesystem::path& path) {
  auto options = quick_options();
  options.max_steps = 150;
  Trainer trainer(*Model::random(tiny_config(), {}, 3), options);
  trainer.run(counting_samples(60, 1), {}, {}, false, {}, {});
  trainer.save(path, Storage::f32, {});
  return Model::load(path);
}

void compare(const Model& a, const Model& b) {
  for (const auto& name : linear_names(a.config())) {
    QCOMPARE(linear_by_name(a, name)->storage(), linear_by_name(b, name)->storage());
    QCOMPARE(dense(*linear_by_name(a, name)), dense(*linear_by_name(b, name)));
  }
  for (const auto& name : norm_names(a.config()))
    QVERIFY(std::ranges::equal(norm_by_name(a, name), norm_by_name(b, name)));
}

}  // namespace

class TestCompressModel : public QObject {
  Q_OBJECT
  QTemporaryDir dir_;
  std::filesystem::path path(const char* name) const {
    return std::filesystem::path(dir_.path().toStdString()) / name;
  }

 private slots:
  void it_has_its_share_of_zeros_and_reloads_identically() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto samples = counting_samples(60, 1);
    for (const auto prune : {PruneMethod::magnitude, PruneMethod::sparsegpt})
      for (const Format format :
           {Format{Storage::sparse_int8, 0.5}, Format{Storage::int8, 0.0},
            Format{Storage::f32, 0.7}, Format{Storage::bf16, 0.0}, Format{Storage::fp8, 0.0},
            format_from_name("int4"), format_from_name("sparse60-int4"),
            format_from_name("2of4-int4")}) {
        auto options = options_for(format);
        options.layers.prune = prune;
        std::size_t last = 0;
        const auto small = compress(source_of(model), samples, options,
                                    [&](const CompressProgress& p) { last = p.layer; }, {});
        QCOMPARE(last, std::size_t{14});
        QCOMPARE(small.layers.size(), std::size_t{14});
        QVERIFY(small.model->sparsity() >= format.sparsity - 0.01);
        small.model->save(path("m.safetensors"));
        compare(*small.model, *Model::load(path("m.safetensors")));
      }
  }

  void zeros_of_a_pruned_model_are_kept_while_it_is_quantised() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto samples = counting_samples(60, 1);
    auto options = options_for({Storage::f32, 0.6});
    const auto pruned = compress(source_of(model), samples, options, {}, {});
    options.format = format_from_name("sparse60-int4");
    options.layers.keep_zeros = true;
    const auto small = compress(source_of(pruned.model), samples, options, {}, {});
    for (const auto& name : linear_names(model->config())) {
      if (!name.starts_with("model.layers.")) continue;
      const auto before = dense(*linear_by_name(*pruned.model, name));
      const auto after = dense(*linear_by_name(*small.model, name));
      for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i] == 0) QCOMPARE(after[i], 0.0f);
    }
  }

  void no_layer_is_worse_than_by_the_plain_methods() {
    const auto model = trained_model(path("plain.safetensors"));
    for (const char* format : {"sparse50-int8", "sparse70-int4", "int4", "2of4-int4"})
      for (const auto& layer : compress(source_of(model), counting_samples(60, 1),
                                        options_for(format_from_name(format)), {}, {})
                                   .layers)
        QVERIFY2(layer.error <= layer.plain_error, qPrintable(layer.name.c_str()));
  }

  void calibration_costs_less_than_none() {
    const auto model = trained_model(path("trained.safetensors"));
    const auto samples = counting_samples(60, 1);
    auto options = options_for({Storage::sparse_int8, 0.5});
    const auto ours = compress(source_of(model), samples, options, {}, {});
    options.layers.prune = PruneMethod::magnitude;
    options.layers.round = RoundMethod::nearest;
    const auto naive = compress(source_of(model), samples, options, {}, {});
    const double a = evaluate_loss(ours.model, samples, 1).mean(),
                 b = evaluate_loss(naive.model, samples, 1).mean();
    QVERIFY2(a < b, qPrintable(QString("%1 against %2").arg(a).arg(b)));
    const auto error = [](const Compressed& c) {
      double sum = 0;
      for (const LayerReport& layer : c.layers) sum += layer.error;
      return sum;
    };
    QVERIFY(error(ours) < error(naive));
  }

  void without_text_only_the_plain_methods_can_be_had() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = options_for({Storage::sparse_int8, 0.5});
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                             compress(source_of(model), {}, options, {}, {}));
    options.layers.prune = PruneMethod::magnitude;
    options.layers.round = RoundMethod::nearest;
    QVERIFY(compress(source_of(model), {}, options, {}, {}).model);
    const std::vector<TrainSample> empty(3);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             compress(source_of(model), empty, options, {}, {}));
    const std::vector<TrainSample> foreign{{{1, 2, 31}, 1}};
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                             compress(source_of(model), foreign, options, {}, {}));
  }

  void a_stopped_run_goes_on_and_ends_with_the_same_model() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto samples = counting_samples(60, 1);
    auto options = options_for({Storage::sparse_int8, 0.5});
    const auto whole = compress(source_of(model), samples, options, {}, {});
    options.folder = path("work");
    // Stopped inside the first block, inside the second, and at the end of each.
    std::vector<std::size_t> seen;
    for (const std::size_t at : {3u, 9u, 13u}) {
      std::stop_source stop;
      const auto stopped = compress(
          source_of(model), samples, options,
          [&](const CompressProgress& p) {
            seen.push_back(p.layer);
            if (p.layer == at) stop.request_stop();
          },
          stop.get_token());
      QVERIFY(!stopped.model);
    }
    const auto resumed = compress(source_of(model), samples, options,
                                  [&](const CompressProgress& p) { seen.push_back(p.layer); }, {});
    QCOMPARE(std::ranges::count(seen, 2u), 2);  // the first block was made once more, no oftener
    compare(*whole.model, *resumed.model);
    // Other options begin anew.
    options.format.sparsity = 0.6;
    const auto other = compress(source_of(model), samples, options, {}, {});
    QVERIFY(other.model->sparsity() > 0.55);
  }

  void smoothing_keeps_an_unquantised_model() {
    const auto model = trained_model(path("smooth.safetensors"));
    const auto samples = counting_samples(60, 1);
    auto options = options_for({Storage::f32, 0.0});
    options.smoothing = 0.8;
    const auto smoothed = compress(source_of(model), samples, options, {}, {});
    QVERIFY(std::abs(evaluate_loss(smoothed.model, samples, 1).mean() -
                     evaluate_loss(model, samples, 1).mean()) < 1e-5);
    QVERIFY(smoothed.model->layers()[0].input_layernorm[0] !=
            model->layers()[0].input_layernorm[0]);
  }

  void a_full_disk_is_said_and_leaves_no_model() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = options_for({Storage::sparse_int8, 0.5});
    options.folder = "/dev/full/work";
    QVERIFY_THROWS_EXCEPTION(std::exception,
                             compress(source_of(model), counting_samples(5, 1), options, {}, {}));
    ActivationFile file("/dev/full", 4);
    const std::vector<float> row(4);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, file.write(0, {row.data(), 1, 4}));
  }

  void weights_that_are_no_numbers_are_refused() {
    const auto model = Model::random(tiny_config(), {}, 3);
    ModelBuilder builder(model->config());
    for (const auto& name : linear_names(model->config()))
      builder.linear(name, linear_by_name(*model, name));
    for (const auto& name : norm_names(model->config()))
      builder.norm(name, norm_by_name(*model, name));
    auto w = dense(*linear_by_name(*model, "model.layers.1.mlp.up_proj"));
    w[5] = NAN;
    builder.linear("model.layers.1.mlp.up_proj", make_linear(Storage::f32, {w.data(), 24, 16}));
    const auto broken = builder.build();
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             compress(source_of(broken), counting_samples(5, 1),
                                      options_for({Storage::sparse_int8, 0.5}), {}, {}));
  }

  void a_damaged_block_is_refused() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = options_for({Storage::sparse_int8, 0.5});
    options.folder = path("damaged");
    QVERIFY(compress(source_of(model), counting_samples(5, 1), options, {}, {}).model);
    std::filesystem::resize_file(options.folder / "block-1.safetensors", 100);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             compress(source_of(model), counting_samples(5, 1), options, {}, {}));
  }
};

QTEST_APPLESS_MAIN(TestCompressModel)
#include "test_compress_model.moc"
