#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <set>

#include "core/models/compression.h"
#include "core/models/description.h"

using namespace sancho;
using core::CompressionRequest;

namespace {

const std::filesystem::path built_in =
    std::filesystem::path(SANCHO_SOURCE_DIR) / "resources/models/built-in.safetensors";

std::vector<std::string> letters() {
  std::vector<std::string> texts;
  for (int i = 0; i < 60; ++i)
    texts.push_back("Dear " + std::string(i % 2 ? "Anna" : "Ben") + ",\n\nthe meeting number " +
                    std::to_string(i) + " is moved to Thursday. Please bring the report.\n\nCarl");
  return texts;
}

QByteArray bytes_of(const std::filesystem::path& file) {
  QFile in(QString::fromStdString(file.string()));
  return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

}  // namespace

class TestCompression : public QObject {
  Q_OBJECT
  QTemporaryDir dir_;

  CompressionRequest request(const char* name, const char* format = "sparse50-int8") const {
    CompressionRequest request;
    request.model = built_in;
    request.out = std::filesystem::path(dir_.path().toStdString()) / name;
    request.options.folder = request.out.string() + ".work";
    request.options.format = engine::format_from_name(format);
    request.options.calibration_tokens = 1000;
    request.options.threads = 1;
    request.options.layers.refine = 1;
    request.texts = letters();
    request.instructions = {"tell Anna that the report is late", "thank Ben for lunch"};
    return request;
  }

 private slots:
  void the_report_lies_in_the_file_and_can_be_read_back() {
    auto asked = request("report.safetensors", "int4");
    asked.command = "model compress x";
    const auto made = core::compress_model(asked, {}, {});
    QVERIFY(made.finished);
    QVERIFY(!std::filesystem::exists(asked.options.folder));
    const auto read = core::describe_model(asked.out).compression;
    QVERIFY(read);
    QCOMPARE(read->command, asked.command);
    QCOMPARE(read->bytes_before, made.bytes_before);
    QCOMPARE(read->bytes_after, made.bytes_after);
    QVERIFY(read->bytes_after > 0);
    QVERIFY(read->ppl_before > 1 && read->ppl_after > 1);
    QCOMPARE(read->ppl_after, made.ppl_after);
    QVERIFY(read->divergence > 0);
    QVERIFY(read->decode_tokens_per_second > 0);
    QCOMPARE(read->drafts.drafts, std::size_t{2});
    QVERIFY(read->drafts.rouge_l > 0 && read->drafts.rouge_l <= 1);
    QVERIFY(read->drafts.similarity > 0 && read->drafts.similarity < 1.0001);
    QCOMPARE(read->layers.size(), made.layers.size());
    QCOMPARE(read->layers.back().name, made.layers.back().name);
    QCOMPARE(read->layers.back().error, made.layers.back().error);
    QVERIFY(!core::compression_report_from_json("[]"));
    QVERIFY(!core::compression_report_from_json("{\"bytes_before\": \"many\"}"));
  }

  void a_model_agrees_with_itself() {
    const auto model = engine::Model::load(built_in);
    const auto same =
        core::compare_drafts(model, model, model, core::agreement_instructions().first(2),
                             std::make_shared<engine::ThreadPool>(1), {});
    QCOMPARE(same.drafts, std::size_t{2});
    QCOMPARE(same.rouge_l, 1.0);
    QVERIFY(std::abs(same.similarity - 1) < 1e-5);
  }

  /// As any program reads safetensors: eight bytes of length, JSON, tensors without gaps.
  void a_generic_reader_understands_the_file() {
    const std::map<QString, qint64> sizes{{"F32", 4}, {"F16", 2}, {"I64", 8},
                                          {"I8", 1},  {"U8", 1},  {"F8_E4M3", 1}};
    const std::map<std::string, std::set<QString>> suffixes{
        {"fp8", {"weight", "weight_scale"}},
        {"int4", {"weight_packed", "weight_scale", "weight_shape"}},
        {"sparse50-int8", {"bitmask", "compressed", "row_offsets", "shape", "weight_scale"}}};
    for (const auto& [format, expected] : suffixes) {
      auto asked = request((format + ".safetensors").c_str(), format.c_str());
      asked.measured_tokens = 0;
      QVERIFY(core::compress_model(asked, {}, {}).finished);
      const QByteArray file = bytes_of(asked.out);
      quint64 length = 0;
      std::memcpy(&length, file.constData(), sizeof length);
      const auto header =
          QJsonDocument::fromJson(file.mid(8, static_cast<qsizetype>(length))).object();
      std::map<qint64, qint64> ranges;
      std::set<QString> seen;
      for (auto it = header.begin(); it != header.end(); ++it) {
        if (it.key() == "__metadata__") {
          for (const auto value : it.value().toObject()) QVERIFY(value.isString());
          continue;
        }
        const auto tensor = it.value().toObject();
        qint64 count = 1;
        for (const auto dimension : tensor["shape"].toArray()) count *= dimension.toInteger();
        const auto offsets = tensor["data_offsets"].toArray();
        QVERIFY2(sizes.contains(tensor["dtype"].toString()), qPrintable(it.key()));
        QCOMPARE(offsets[1].toInteger() - offsets[0].toInteger(),
                 count * sizes.at(tensor["dtype"].toString()));
        ranges[offsets[0].toInteger()] = offsets[1].toInteger();
        if (it.key().startsWith("model.layers.0.mlp.up_proj."))
          seen.insert(it.key().section('.', -1));
      }
      qint64 at = 0;
      for (const auto& [begin, end] : ranges) {
        QCOMPARE(begin, at);
        at = end;
      }
      QCOMPARE(at, file.size() - 8 - static_cast<qint64>(length));
      QVERIFY2(seen == expected, format.c_str());
    }
  }

  void stopped_at_any_moment_it_leaves_no_file_and_goes_on_to_the_same_one() {
    auto whole = request("whole.safetensors");
    whole.measured_tokens = 0;
    QVERIFY(core::compress_model(whole, {}, {}).finished);
    auto asked = request("stopped.safetensors");
    asked.measured_tokens = 0;
    for (const std::size_t at : {0u, 5u, 17u, 30u, 41u}) {
      std::stop_source stop;
      const auto report = core::compress_model(
          asked,
          [&](const core::CompressionStatus& status) {
            if (status.done >= at) stop.request_stop();
          },
          stop.get_token());
      QVERIFY(!report.finished);
      QVERIFY(!std::filesystem::exists(asked.out));
    }
    QVERIFY(core::compress_model(asked, {}, {}).finished);
    const auto a = engine::Model::load(whole.out), b = engine::Model::load(asked.out);
    std::vector<float> x, y;
    for (std::size_t l = 0; l < a->layers().size(); ++l) {
      const auto &p = *a->layers()[l].down_proj, &q = *b->layers()[l].down_proj;
      x.resize(p.out_features() * p.in_features());
      y.resize(x.size());
      p.to_dense({x.data(), p.out_features(), p.in_features()});
      q.to_dense({y.data(), q.out_features(), q.in_features()});
      QVERIFY(x == y);
    }
  }

  void a_text_too_short_is_said() {
    auto asked = request("short.safetensors");
    asked.texts = {};
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, core::compress_model(asked, {}, {}));
    QVERIFY(!std::filesystem::exists(asked.out));
    asked.texts = {"Hi"};
    QVERIFY(core::compress_model(asked, {}, {}).finished);
  }
};

QTEST_APPLESS_MAIN(TestCompression)
#include "test_compression.moc"
