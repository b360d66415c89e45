#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include "cli_runner.h"

/// The command line's promises: keys, exit statuses, exactly one JSON object.
class TestCliContract : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString profile_ = folder_.filePath("profile");

  CliResult cli(QStringList arguments) {
    arguments << "--profile" << profile_ << "--json";
    return run_cli(arguments);
  }

  static QStringList absent(const QJsonObject& json, const QString& keys) {
    QStringList missing;
    for (const QString& key : keys.split(' '))
      if (!json.contains(key)) missing << key;
    return missing;
  }

#define QVERIFY_DONE(result, keys)                                \
  QVERIFY2((result).status == 0, (result).err.constData());       \
  QVERIFY2(!(result).json().isEmpty(), (result).out.constData()); \
  QCOMPARE(absent((result).json(), keys), QStringList{})

 private slots:
  void first_import_stores_every_sample_mail_and_knows_its_owner() {
    const CliResult result = cli({"import", sample_mailbox()});
    QVERIFY_DONE(result,
                 "read stored duplicates damaged own seconds messages_per_second peak_rss_mb "
                 "identities");
    const QJsonObject json = result.json();
    QCOMPARE(json["stored"].toInt(), 259);
    QCOMPARE(json["damaged"].toInt(), 0);
    QCOMPARE(json["own"].toInt(), 172);
    const QJsonObject first = json["identities"].toArray().first().toObject();
    QCOMPARE(first["address"].toString(), "mara@tworivers.example.com");
    QCOMPARE(first["confirmed"].toBool(), true);
  }

  void second_import_stores_nothing() {
    const CliResult result = cli({"import", sample_mailbox()});
    QVERIFY_DONE(result, "stored");
    QCOMPARE(result.json()["stored"].toInt(), 0);
    QCOMPARE(result.json()["own"].toInt(), 172);
  }

  void playback_accounts_for_every_own_mail() {
    const CliResult result = cli({"playback"});
    QVERIFY_DONE(result, "own usable pairs train heldout rejected seconds");
    const QJsonObject json = result.json();
    int rejected = 0;
    for (const QJsonValue count : json["rejected"].toObject()) rejected += count.toInt();
    QCOMPARE(json["usable"].toInt() + rejected, json["own"].toInt());
    QCOMPARE(json["train"].toInt() + json["heldout"].toInt(), json["usable"].toInt());
    QVERIFY(json["usable"].toInt() > 120);
    QVERIFY(json["pairs"].toInt() >= json["usable"].toInt());
  }

  void search_finds_a_mail_by_its_words() {
    if (!has_built_in_model()) QSKIP(no_model);
    const CliResult result = cli({"search", "gutter fell down", "--limit", "5"});
    QVERIFY_DONE(result, "hits milliseconds");
    const QJsonArray hits = result.json()["hits"].toArray();
    QVERIFY(!hits.isEmpty() && hits.size() <= 5);
    QCOMPARE(absent(hits[0].toObject(), "id subject from date score"), QStringList{});
    bool found = false;
    for (const QJsonValue hit : hits)
      found |= hit.toObject()["subject"].toString().contains("gutter");
    QVERIFY(found);
  }

  void a_query_may_be_the_name_of_a_verb() {
    if (!has_built_in_model()) QSKIP(no_model);
    QVERIFY_DONE(cli({"search", "model"}), "hits milliseconds");
    QVERIFY_DONE(cli({"search", "import"}), "hits milliseconds");
  }

  void draft_answers_a_mail_and_the_same_seed_repeats_it() {
    if (!has_built_in_model()) QSKIP(no_model);
    const QStringList words = {
        "draft", "thank him, tuesday is fine", "--to", "Dev Patel", "--seed", "7", "--base"};
    const CliResult result = cli(words);
    QVERIFY_DONE(result,
                 "draft subject sources grounding prompt_tokens tokens first_token_ms "
                 "tokens_per_second seed");
    QVERIFY(!result.json()["draft"].toString().trimmed().isEmpty());
    QCOMPARE(result.json()["seed"].toInt(), 7);
    QCOMPARE(cli(words).json()["draft"].toString(), result.json()["draft"].toString());
  }

  void an_instruction_may_be_a_list_with_dashes() {
    if (!has_built_in_model()) QSKIP(no_model);
    QVERIFY_DONE(cli({"draft", "- thank for the proofs\n- ask for the date", "--max-tokens", "5"}),
                 "draft");
  }

  void draft_without_json_puts_the_mail_alone_on_standard_output() {
    if (!has_built_in_model()) QSKIP(no_model);
    const QString eml = folder_.filePath("draft.eml");
    const QStringList words = {"draft", "say yes to lunch on friday", "--seed", "3"};
    const CliResult text = run_cli(words + QStringList{"--profile", profile_, "--eml", eml});
    QCOMPARE(text.status, 0);
    QCOMPARE(QString::fromUtf8(text.out).trimmed(),
             cli(words).json()["draft"].toString().trimmed());
    QVERIFY(text.err.contains("Subject: "));
    QFile file(eml);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains("X-Unsent: 1"));
  }

  void evaluate_scores_four_systems() {
    if (!has_built_in_model()) QSKIP(no_model);
    const CliResult result = cli({"evaluate", "--limit", "3"});
    QVERIFY_DONE(result, "systems");
    const QJsonObject systems = result.json()["systems"].toObject();
    QVERIFY(systems.contains("base") && systems.contains("base+retrieval"));
    for (const QJsonValue scores : systems)
      QCOMPARE(absent(scores.toObject(), "bleu rouge1 rouge2 rougeL mauve style_match ppl n"),
               QStringList{});
  }

  void doctor_names_every_check() {
    const CliResult result = cli({"doctor"});
    const QJsonArray checks = result.json()["checks"].toArray();
    QVERIFY(!checks.isEmpty());
    bool all_ok = true;
    for (const QJsonValue check : checks) {
      QCOMPARE(absent(check.toObject(), "name ok detail"), QStringList{});
      all_ok &= check.toObject()["ok"].toBool();
    }
    QCOMPARE(result.status, all_ok ? 0 : 1);
    QVERIFY2(all_ok || !has_built_in_model(), result.out.constData());
  }

  void models_can_be_listed_described_and_measured() {
    if (!has_built_in_model()) QSKIP(no_model);
    const CliResult list = cli({"model", "list"});
    QVERIFY_DONE(list, "models");
    QCOMPARE(list.json()["models"].toArray().first().toObject()["name"].toString(), "built-in");
    QVERIFY_DONE(cli({"model", "info", "built-in"}),
                 "architecture parameters bytes sparsity formats");
    QVERIFY_DONE(cli({"model", "info", resources() + "/models/built-in.safetensors"}),
                 "architecture parameters bytes sparsity formats");
    const QString text = folder_.filePath("text.txt");
    QFile file(text);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("Thank you for the update, see you on Tuesday at noon.\n");
    file.close();
    const CliResult perplexity = cli({"model", "perplexity", "built-in", text});
    QVERIFY_DONE(perplexity, "tokens bytes nll bits_per_byte ppl");
    QCOMPARE(perplexity.json()["bytes"].toInt(), 54);
    // Unwrapped, it has no line end to foretell.
    const CliResult unwrapped = cli({"model", "perplexity", "built-in", text, "--unwrap"});
    QVERIFY_DONE(unwrapped, "tokens bytes nll bits_per_byte ppl");
    QCOMPARE(unwrapped.json()["bytes"].toInt(), 53);
  }

  void bench_measures_random_weights_of_a_shape() {
    const CliResult result = cli({"model", "bench", "--shape", "built-in", "--format", "int8",
                                  "--prefill", "32", "--decode", "4", "--threads", "1"});
    QVERIFY_DONE(result,
                 "prefill_tokens_per_second decode_tokens_per_second model_bytes bytes_per_token "
                 "peak_rss_mb threads isa");
    QCOMPARE(result.json()["threads"].toInt(), 1);
    QVERIFY(result.json()["decode_tokens_per_second"].toDouble() > 0);
  }

  void isa_can_be_capped_anywhere() {
    const CliResult result = cli({"--isa", "scalar", "model", "bench", "--shape", "built-in",
                                  "--prefill", "8", "--decode", "2"});
    QVERIFY_DONE(result, "isa");
    QCOMPARE(result.json()["isa"].toString(), "scalar");
  }

  void wrong_usage_is_status_2_with_help_data() {
    QTest::addColumn<QStringList>("words");
    QTest::newRow("no verb") << QStringList{};
    QTest::newRow("unknown verb") << QStringList{"imprt", "x"};
    QTest::newRow("no path") << QStringList{"import"};
    QTest::newRow("no instruction") << QStringList{"draft"};
    QTest::newRow("unknown option") << QStringList{"playback", "--fast"};
    QTest::newRow("not a number") << QStringList{"search", "x", "--limit", "many"};
    QTest::newRow("unknown method") << QStringList{"train", "--method", "magic"};
    QTest::newRow("unknown instruction set") << QStringList{"doctor", "--isa", "sse2"};
    QTest::newRow("model without a verb") << QStringList{"model"};
    QTest::newRow("unknown model verb") << QStringList{"model", "shrink", "built-in"};
    QTest::newRow("unknown shape") << QStringList{"model", "bench", "--shape", "llama-9000b"};
    QTest::newRow("unknown format")
        << QStringList{"model", "bench", "--shape", "built-in", "--format", "int3"};
  }

  void wrong_usage_is_status_2_with_help() {
    QFETCH(QStringList, words);
    const CliResult result = cli(words);
    QCOMPARE(result.status, 2);
    QVERIFY(result.out.isEmpty());
    QVERIFY(!result.err.isEmpty());
  }

  void help_and_version_are_status_0() {
    QVERIFY(run_cli({"--help"}).out.contains("draft"));
    QCOMPARE(run_cli({"draft", "--help"}).status, 0);
    QCOMPARE(run_cli({"model", "--help"}).status, 0);
    QCOMPARE(run_cli({"--version"}).status, 0);
  }
};

QTEST_GUILESS_MAIN(TestCliContract)
#include "test_cli_contract.moc"
