#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include "cli_runner.h"

/// Models on their way in and out: add, list, use, export.
class TestCliModels : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  QString at(const QString& name) const { return folder_.filePath(name); }

  CliResult cli(QStringList arguments) const {
    arguments << "--profile" << at("profile") << "--json";
    return run_cli(arguments);
  }

  QStringList model_names() const {
    QStringList names;
    for (const QJsonValue model : cli({"model", "list"}).json()["models"].toArray())
      names << model.toObject()["name"].toString();
    return names;
  }

#define QVERIFY_DONE(result, keys)                          \
  QVERIFY2((result).status == 0, (result).err.constData()); \
  for (const QString& key : QString(keys).split(' ')) QVERIFY2((result).json().contains(key), keys)

#define QVERIFY_REFUSED(result) \
  QCOMPARE((result).status, 1); \
  QVERIFY2((result).one_sentence(), (result).err.constData())

 private slots:
  void initTestCase() {
    if (!has_built_in_model()) QSKIP(no_model);
  }

  void a_model_is_exported_in_every_gguf_type() {
    qint64 last = 1ll << 40;
    for (const char* type : {"f32", "f16", "q8_0", "q4_0"}) {
      const CliResult result =
          cli({"model", "export", "built-in", "--to", "gguf", "--type", type, at("gguf")});
      QVERIFY_DONE(result, "files bytes");
      const QString file = result.json()["files"].toArray().first().toString();
      QCOMPARE(QFileInfo(file).size(), result.json()["bytes"].toInteger());
      QVERIFY(QFileInfo(file).size() < last);
      last = QFileInfo(file).size();
    }
  }

  void an_exported_model_comes_back_and_drafts() {
    const QString file = at("gguf/built-in.f16.gguf");
    const CliResult added = cli({"model", "add", file, "--name", "mine"});
    QVERIFY_DONE(added, "name parameters bytes seconds");
    QCOMPARE(added.json()["name"].toString(), "mine");
    QVERIFY(model_names().contains("mine"));
    QVERIFY_DONE(cli({"model", "info", "mine"}), "parameters formats");
    QVERIFY_DONE(cli({"model", "bench", "mine", "--prefill", "8", "--decode", "2"}),
                 "decode_tokens_per_second");
    const QStringList words = {"draft", "say yes to lunch on friday", "--seed", "1", "--base"};
    QVERIFY_DONE(cli({"model", "use", "mine"}), "name");
    QVERIFY_DONE(cli(words), "draft");
    QVERIFY_REFUSED(cli({"model", "remove", "mine"}));  // it is in use
    QVERIFY_DONE(cli({"model", "use", "built-in"}), "name");
    QVERIFY_DONE(cli(words), "draft");
    const CliResult removed = cli({"model", "remove", "mine"});
    QVERIFY_DONE(removed, "name");
    QVERIFY(!model_names().contains("mine"));
    QVERIFY_REFUSED(cli({"model", "remove", "built-in"}));
  }

  void a_hugging_face_folder_goes_out_and_comes_back() {
    const CliResult result = cli({"model", "export", "built-in", "--to", "hf", at("hf")});
    QVERIFY_DONE(result, "files bytes");
    for (const char* name : {"config.json", "model.safetensors", "tokenizer.model"})
      QVERIFY2(QFile::exists(at("hf/") + name), name);
    const CliResult added = cli({"model", "add", at("hf")});
    QVERIFY_DONE(added, "name");
    QCOMPARE(added.json()["name"].toString(), "hf");
  }

  void a_file_of_our_own_is_added_under_its_own_name() {
    QVERIFY(QFile::copy(resources() + "/models/built-in.safetensors", at("copy.safetensors")));
    const CliResult added = cli({"model", "add", at("copy.safetensors")});
    QVERIFY_DONE(added, "name");
    QVERIFY(model_names().contains("copy"));
  }

  void a_name_that_is_taken_or_no_name_is_refused() {
    const QString file = at("copy.safetensors");
    QVERIFY_REFUSED(cli({"model", "add", file}));
    QVERIFY_REFUSED(cli({"model", "add", file, "--name", "built-in"}));
    QVERIFY_REFUSED(cli({"model", "add", file, "--name", "../up"}));
    QVERIFY_REFUSED(cli({"model", "add", at("nothing.gguf")}));
    QVERIFY_REFUSED(cli({"model", "use", "nothing"}));
    QVERIFY_REFUSED(cli({"model", "export", "nothing", "--to", "gguf", at("out")}));
    QVERIFY_REFUSED(cli({"model", "export", "personal", "--to", "gguf", at("out")}));
  }

  void a_file_that_is_no_model_is_refused_and_leaves_nothing() {
    QFile file(at("broken.gguf"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("GGUF" + QByteArray(60, '\x7f'));
    file.close();
    QVERIFY_REFUSED(cli({"model", "add", at("broken.gguf")}));
    QVERIFY(!model_names().contains("broken"));
  }

  void words_that_make_no_sense_are_wrong_usage() {
    QCOMPARE(cli({"model", "export", "built-in", at("x")}).status, 2);
    QCOMPARE(cli({"model", "export", "built-in", "--to", "onnx", at("x")}).status, 2);
    QCOMPARE(cli({"model", "export", "--to", "gguf", at("x")}).status, 2);
    QCOMPARE(cli({"model", "export", "built-in", "--to", "gguf", "--type", "q2_k", at("x")}).status,
             2);
    QCOMPARE(cli({"model", "export", "--shape", "tiny", "--to", "gguf", at("x")}).status, 2);
    QVERIFY(!QFile::exists(at("x/built-in.f16.gguf")));
  }
};

QTEST_GUILESS_MAIN(TestCliModels)
#include "test_cli_models.moc"
