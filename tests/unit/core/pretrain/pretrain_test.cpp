#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <set>

#include "core/drafting/prompt.h"
#include "core/pretrain/corpus.h"
#include "core/pretrain/encoder_job.h"
#include "core/pretrain/encoder_pairs.h"
#include "core/pretrain/mail_cleaning.h"
#include "core/pretrain/pretrain_job.h"
#include "core/pretrain/pretrain_samples.h"
#include "core/pretrain/tokenizer_training.h"
#include "core/pretrain/xz_lines.h"
#include "engine/train/trainer.h"
#include "retrieval/hybrid_index.h"

using namespace sancho;
using namespace sancho::core;

class PretrainTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::filesystem::path path(const char* name) const {
    return folder_.filePath(name).toStdString();
  }
  void write(const char* name, const QByteArray& content) const {
    QFile file(folder_.filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
  }

 private slots:
  void initTestCase() {
    QByteArray sent, replies;
    for (int i = 0; i < 600; ++i) {
      const QByteArray author = "author" + QByteArray::number(i % 150) + ".smith@example.org";
      sent += "{\"from\":\"" + author +
              "\",\"x_from\":\"Ann Smith\",\"to\":\"bob.jones@example.org\"," +
              "\"subject\":\"Re: Report " + QByteArray::number(i) +
              "\",\"text\":\"Bob,\\n\\nThe report number " + QByteArray::number(i) +
              " is ready for the meeting on Friday.\\n\\nAnn\"}\n";
    }
    for (int i = 0; i < 40; ++i)
      replies +=
          "{\"from\":\"carl.smith@example.org\",\"in_from\":\"bob.jones@example.org\",\"subject\":"
          "\"x\","
          "\"incoming\":\"Is the plan number " +
          QByteArray::number(i) + " ready?\",\"reply\":\"Yes, the plan number " +
          QByteArray::number(i) + " is ready.\\n\\nCarl\"}\n";
    write("sent.jsonl", sent + sent.first(sent.indexOf('\n') + 1) + "not json\n");
    write("replies.jsonl", replies);
  }

  void cleaning_removes_quotes_footers_and_lost_line_breaks() {
    QCOMPARE(clean_mail("I will be there.?See you then.\n\nAnn\nEnron Corp.\n(713) 853-5620\n",
                        "Ann", 100),
             std::string("I will be there.\nSee you then.\n\nAnn"));
    QCOMPARE(clean_mail("Please see this one.\n\n-----Original Message-----\nFrom: x\n", "", 100),
             std::string("Please see this one."));
    QCOMPARE(normalise_text("caf\x65\xcc\x81 \xe2\x80\x9cok\xe2\x80\x9d\xff\r\n"),
             std::string("caf\xc3\xa9 \"ok\"\n"));
  }

  void tables_and_shouting_are_no_mail() {
    QVERIFY(clean_mail("1 2 3 4 5 6\n7 8 9 10 11 12\n13 14 15 16", "", 100).empty());
    QVERIFY(clean_mail("READ THIS NOW OR ELSE YOU WILL BE SORRY", "", 100).empty());
    QVERIFY(clean_mail("Hi.", "", 100).empty());
    QVERIFY(clean_mail(std::string(5000, 'a'), "", 100).empty());
  }

  void every_record_is_kept_or_dropped_for_a_counted_reason() {
    const auto corpus = read_corpus(folder_.path().toStdString());
    std::size_t read = 0, dropped = 0;
    for (const auto& [file, count] : corpus.read) read += count;
    for (const auto& [reason, count] : corpus.dropped) dropped += count;
    QCOMPARE(read, std::size_t(642));
    QCOMPARE(corpus.mails.size() + dropped, read);
    QCOMPARE(corpus.dropped.at("duplicate"), std::size_t(1));
    QCOMPARE(corpus.mails.back().from_name, std::string("Ann"));
    QCOMPARE(corpus.mails.back().to_name, std::string("Bob"));
  }

  void a_folder_without_a_corpus_is_named() {
    QTemporaryDir empty;
    QVERIFY_EXCEPTION_THROWN(read_corpus(empty.path().toStdString()), std::runtime_error);
  }

  void a_damaged_xz_file_is_an_error() {
    write("bad.xz", "this is not xz");
    QVERIFY_EXCEPTION_THROWN(read_lines(path("bad.xz"), [](const std::string&) { return true; }),
                             std::runtime_error);
  }

  void the_tokenizer_returns_every_text() {
    const auto corpus = read_corpus(folder_.path().toStdString());
    const auto tokenizer = train_tokenizer(tokenizer_texts(corpus, 1 << 20, 1), 420, 1);
    for (const std::string text :
         {"  two  spaces\n\nand lines\n", "¿Qué? 你好 \U0001F600", "12:30 <|mail|>"})
      QCOMPARE(tokenizer.decode(tokenizer.encode(text)), text);
    for (const auto& symbol : PromptLayout::control_symbols())
      QVERIFY(tokenizer.is_control(tokenizer.piece_id(symbol).value()));
  }

  void token_files_are_made_once_and_hold_valid_samples() {
    PretrainOptions options;
    options.corpus = folder_.path().toStdString();
    options.out = path("out");
    options.vocab_size = 420;
    options.threads = 1;
    make_token_files(options, {}, {});
    const auto written = std::filesystem::last_write_time(options.out / "train.tok");
    const auto tokenizer = engine::Tokenizer::load(options.out / "tokenizer.model");
    const auto train = engine::read_token_file(options.out / "train.tok");
    const auto heldout = engine::read_token_file(options.out / "heldout.tok");
    QVERIFY(train.size() > 400);
    QVERIFY(!heldout.empty());
    for (const auto& sample : train) {
      QVERIFY(sample.tokens.size() <= 512);
      QVERIFY(sample.loss_from < sample.tokens.size());
      QCOMPARE(sample.tokens.front(), tokenizer.bos_id());
    }
    make_token_files(options, {}, {});
    QCOMPARE(std::filesystem::last_write_time(options.out / "train.tok"), written);
  }

  void more_minutes_go_on_from_a_finished_model() {
    PretrainOptions options;
    options.corpus = folder_.path().toStdString();
    options.out = path("longer");
    options.vocab_size = 420;
    options.batch_tokens = 256;
    options.threads = 1;
    options.shape.hidden_size = 32;
    options.shape.intermediate_size = 32;
    options.shape.num_hidden_layers = 1;
    options.shape.num_attention_heads = options.shape.num_key_value_heads = 2;
    options.shape.head_dim = 16;
    make_token_files(options, {}, {});
    const auto steps_after = [&](double minutes) {
      options.minutes = minutes;
      std::size_t steps = 0;
      const auto watch = [&](const PretrainStatus& status) { steps = status.done; };
      if (!train_dense_model(options, watch, {})) qFatal("stopped");
      return steps;
    };
    const auto first = steps_after(0.01);
    QVERIFY(first > 0);
    QCOMPARE(steps_after(0.005), std::size_t(0));  // nothing to do
    QVERIFY(steps_after(0.05) > first);
  }

  void samples_repeat_and_cover_every_kind() {
    const auto corpus = read_corpus(folder_.path().toStdString());
    const auto tokenizer = train_tokenizer(tokenizer_texts(corpus, 1 << 20, 1), 420, 1);
    const auto a = make_pretrain_samples(corpus, tokenizer, {}, {}, {});
    const auto b = make_pretrain_samples(corpus, tokenizer, {}, {}, {});
    QCOMPARE(a.train.size(), b.train.size());
    for (std::size_t i = 0; i < a.train.size(); ++i) QCOMPARE(a.train[i].tokens, b.train[i].tokens);
    for (const char* kind :
         {"plain mail", "instruction", "reply", "facts swapped", "playback", "errand"})
      QVERIFY2(a.kinds.contains(kind), kind);
  }

  /// Half of them with the space that format=flowed leaves at the end of a broken line.
  void plain_mails_can_be_read_as_they_are_stored() {
    auto corpus = read_corpus(folder_.path().toStdString());
    const auto tokenizer = train_tokenizer(tokenizer_texts(corpus, 1 << 20, 1), 420, 1);
    const std::string first =
                          "The report number 7 is ready for the meeting on Friday, and the plan",
                      second = "is ready for Tuesday.";
    for (auto& mail : corpus.mails)
      mail.text = first + " " + second, mail.stored = "Bob,\n\n" + first + "\n" + second;
    SampleOptions options;
    options.stored_share = 1;
    std::map<std::string, int> forms;
    for (const auto& sample : make_pretrain_samples(corpus, tokenizer, options, {}, {}).train)
      if (sample.loss_from <= 1) ++forms[tokenizer.decode(std::span(sample.tokens).subspan(1))];
    const int whole = forms["Bob,\n\n" + first + "\n" + second],
              flowed = forms["Bob,\n\n" + first + " \n" + second];
    QVERIFY2(whole > 100 && flowed > 100,
             (std::to_string(whole) + " " + std::to_string(flowed)).c_str());
    QCOMPARE(forms.count(first + " " + second), std::size_t{0});
  }

  void pairs_are_two_texts_of_which_the_second_is_laid_out_as_in_the_index() {
    const auto corpus = read_corpus(folder_.path().toStdString());
    const auto tokenizer = train_tokenizer(tokenizer_texts(corpus, 1 << 20, 1), 420, 1);
    PairOptions options;
    options.heldout_percent = 10;
    options.max_tokens = 60;
    const auto pairs = make_encoder_pairs(corpus, tokenizer, options, {}, {});
    QVERIFY(pairs.kinds.at("reply") > 0 && pairs.kinds.at("instruction") > 0);
    QVERIFY(!pairs.heldout.empty() && pairs.train.size() > pairs.heldout.size());
    std::size_t replies = 0;
    for (const auto& pair : pairs.train) {
      const std::span tokens(pair.tokens);
      for (const auto text : {tokens.first(pair.loss_from), tokens.subspan(pair.loss_from)}) {
        QVERIFY(text.size() > 2 && text.size() <= options.max_tokens + 2);
        QCOMPARE(text.front(), tokenizer.bos_id());
        QCOMPARE(text.back(), tokenizer.eos_id());
      }
      const auto right = tokenizer.decode(tokens.subspan(pair.loss_from + 1));
      replies += right.starts_with("Bob\nx\nIs the plan number");
    }
    QCOMPARE(replies, pairs.kinds.at("reply"));
  }

  void an_encoder_is_made_in_pieces_and_embeds() {
    const auto corpus = read_corpus(folder_.path().toStdString());
    const auto tokenizer = train_tokenizer(tokenizer_texts(corpus, 1 << 20, 1), 420, 1);
    engine::ModelConfig shape;
    shape.vocab_size = tokenizer.vocab_size();
    shape.hidden_size = shape.intermediate_size = 32;
    shape.num_hidden_layers = shape.num_attention_heads = shape.num_key_value_heads = 2;
    shape.head_dim = 16;
    shape.max_position_embeddings = 256;
    shape.tie_word_embeddings = true;
    shape.bos_token_id = tokenizer.bos_id();
    shape.eos_token_id = tokenizer.eos_id();
    engine::make_initial_model(shape, tokenizer, 3)->save(path("decoder.safetensors"));
    EncoderOptions options;
    options.corpus = folder_.path().toStdString();
    options.out = path("encoder");
    options.start = path("decoder.safetensors");
    options.layers = 1;
    options.steps = 6;
    options.batch_tokens = 1024;
    options.threads = 1;
    std::stop_source stop;
    QVERIFY(!make_encoder(
        options,
        [&](const PretrainStatus& status) {
          if (status.phase == "training" && status.done == 2) stop.request_stop();
        },
        stop.get_token()));
    QVERIFY(!std::filesystem::exists(options.out / "encoder.safetensors"));
    const auto pairs_written = std::filesystem::last_write_time(options.out / "pairs.tok");
    QVERIFY(make_encoder(options, {}, {}));
    QCOMPARE(std::filesystem::last_write_time(options.out / "pairs.tok"), pairs_written);
    const auto model = engine::Model::load(options.out / "encoder.safetensors");
    QVERIFY(retrieval::is_encoder(*model));
    QVERIFY(!retrieval::is_encoder(*engine::Model::load(options.start)));
    QCOMPARE(model->layers().size(), std::size_t{1});
    retrieval::Embedder embedder(model, std::make_shared<engine::ThreadPool>(1));
    for (const std::string text : {"", "The report number 7 is ready."}) {
      double length = 0;
      for (const float x : embedder.embed(text)) length += static_cast<double>(x) * x;
      QVERIFY(std::abs(length - 1) < 1e-4);
    }
  }
};

QTEST_APPLESS_MAIN(PretrainTest)
#include "pretrain_test.moc"
