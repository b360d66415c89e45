#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <fstream>

#include "core/assistant.h"
#include "core/mail/message.h"
#include "core/playback/training_pair.h"
#include "tiny_profile.h"

using namespace sancho::core;
namespace fs = std::filesystem;

namespace {

constexpr int own_mails = 60;

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

DraftRequest short_request() {
  DraftRequest request;
  request.instruction = "tell Ana the Lisbon trip is settled for Friday and costs $731";
  request.seed = 5;
  request.max_tokens = 24;
  return request;
}

TrainRequest short_training() {
  TrainRequest request;
  request.epochs = 4;
  request.threads = 1;
  return request;
}

const Check& named(const std::vector<Check>& checks, const std::string& name) {
  return *std::find_if(checks.begin(), checks.end(), [&](const auto& c) { return c.name == name; });
}

}  // namespace

/// The whole assistant over a mailbox of a few dozen mails and a model of random weights.
class TestAssistant : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    const fs::path place = shared_.path().toStdString();
    write_tiny_model(place);
    write_tiny_mailbox(place / "mail.mbox", own_mails);
    qputenv("SANCHO_RESOURCES", shared_.path().toUtf8());
    Assistant(place / "imported").import({place / "mail.mbox"}, {"kit@example.org"});
  }

  /// Every test has its own copy of the profile with the imported mail.
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    profile_ = fs::path(folder_->path().toStdString()) / "profile";
    fs::copy(fs::path(shared_.path().toStdString()) / "imported", profile_,
             fs::copy_options::recursive);
  }

  void imported_mail_is_there() {
    Assistant assistant(profile_);
    QCOMPARE(assistant.archive().message_count(), std::size_t{2 * own_mails});
    QCOMPARE(assistant.archive().own_count(), std::size_t{own_mails});
  }

  void a_draft_streams_what_it_returns() {
    Assistant assistant(profile_);
    std::string streamed;
    const Draft draft =
        assistant.draft(short_request(), [&](const std::string& text) { streamed += text; });
    QVERIFY(draft.tokens > 0 && draft.tokens <= 24);
    QVERIFY(draft.prompt_tokens > 0);
    QVERIFY(!draft.subject.empty());
    QCOMPARE(draft.model_version, std::string("built-in"));
    QCOMPARE(QString::fromStdString(streamed).trimmed(),
             QString::fromStdString(draft.body).trimmed());
  }

  void the_same_seed_gives_the_same_draft() {
    Assistant assistant(profile_);
    const Draft first = assistant.draft(short_request());
    const Draft again = assistant.draft(short_request());
    QCOMPARE(again.body, first.body);
    DraftRequest other = short_request();
    other.seed = 6;
    QVERIFY(assistant.draft(other).body != first.body);
    QCOMPARE(Assistant(profile_).draft(short_request()).body, first.body);
  }

  void a_reply_keeps_the_subject_and_knows_its_mail() {
    Assistant assistant(profile_);
    DraftRequest request = short_request();
    request.reply_to = "q4@example.com";
    const Draft draft = assistant.draft(request);
    QCOMPARE(draft.subject, std::string("Re: About the Lisbon trip"));
    request.reply_to = "<q4@example.com>";
    QCOMPARE(assistant.draft(request).body, draft.body);
    request.reply_to = "nobody@example.com";
    QVERIFY(error_of([&] { assistant.draft(request); }).find("nobody@example.com") !=
            std::string::npos);
  }

  void the_users_own_answer_is_never_a_source_of_the_same_answer() {
    Assistant assistant(profile_);
    DraftRequest request = short_request();
    request.reply_to = "q4@example.com";
    for (const auto& source : assistant.draft(request).sources)
      QVERIFY(source.id != "a4@example.org");
  }

  void sources_are_the_users_own_mails() {
    Assistant assistant(profile_);
    const Draft draft = assistant.draft(short_request());
    for (const auto& source : draft.sources) QVERIFY(assistant.archive().message(source.key)->own);
    DraftRequest without = short_request();
    without.use_retrieval = false;
    QVERIFY(assistant.draft(without).sources.empty());
  }

  void retrieval_is_measured_over_the_mail_received() {
    Assistant assistant(profile_);
    const auto scores = assistant.evaluate_retrieval({});
    QCOMPARE(scores.queries, std::size_t{own_mails});
    QCOMPARE(scores.received, std::size_t{own_mails});
    double expected = 0;
    for (const MessageKey key : assistant.archive().own_keys()) {
      const auto answer = assistant.archive().message(key);
      const auto answered = assistant.archive().parent_of(key);
      double rank = 0;
      for (const auto& [hit, score] : assistant.archive().search_words(answer->message.own, 200)) {
        if (assistant.archive().message(hit)->own) continue;
        if (++rank <= 10 && hit == answered->key) expected += 1 / rank;
      }
    }
    QVERIFY(expected > 0);
    QVERIFY(std::abs(scores.words - expected / own_mails) < 1e-9);

    const fs::path file = profile_ / "answers.jsonl";
    std::ofstream(file) << R"({"reply_id":"<a3@example.org>","in_id":"<q3@example.com>"})"
                        << "\n"
                        << R"({"reply_id":"<a4@example.org>","in_id":"<nobody@example.com>"})";
    QCOMPARE(assistant.evaluate_retrieval(file).queries, std::size_t{1});
    std::ofstream(file) << "[]\n";
    QVERIFY(error_of([&] { assistant.evaluate_retrieval(file); }).find("answers.jsonl") !=
            std::string::npos);
    QVERIFY(!error_of([&] { assistant.evaluate_retrieval(profile_ / "absent"); }).empty());
  }

  void a_models_instructions_keep_every_fact_and_leave_held_out_mail_alone() {
    Assistant assistant(profile_);
    assistant.playback();
    const auto by_rules = read_pairs(profile_ / "pairs.jsonl");
    const auto report = assistant.playback({}, {}, "model");
    const auto by_model = read_pairs(profile_ / "pairs.jsonl");
    QCOMPARE(assistant.archive().setting(setting_playback_writer), std::string("model"));
    QCOMPARE(by_model.size(), by_rules.size());
    std::size_t reworded = 0;
    for (std::size_t i = 0; i < by_model.size(); ++i) {
      if (by_model[i].style == "model") {
        ++reworded;
        QVERIFY(!by_model[i].heldout);
      } else {
        QCOMPARE(by_model[i].instruction, by_rules[i].instruction);
      }
    }
    QCOMPARE(report.by_model, reworded);
  }

  void an_empty_instruction_is_refused() {
    DraftRequest request;
    request.instruction = " \n";
    QVERIFY(!error_of([&] { Assistant(profile_).draft(request); }).empty());
  }

  void a_stopped_draft_says_so() {
    Assistant assistant(profile_);
    std::stop_source stop;
    stop.request_stop();
    const Draft draft = assistant.draft(short_request(), {}, stop.get_token());
    QVERIFY(draft.cancelled);
  }

  void a_saved_draft_opens_as_a_mail() {
    Assistant assistant(profile_);
    DraftRequest request = short_request();
    request.reply_to = "q4@example.com";
    Draft draft;
    draft.subject = "Re: About the Lisbon trip";
    draft.body = "Olá Ana,\nFriday it is.\nKit";
    const fs::path file = profile_ / "draft.eml";
    assistant.save_eml(draft, request, file);
    const Message mail = parse_message(bytes_of(file));
    QCOMPARE(mail.from.address, std::string("kit@example.org"));
    QCOMPARE(mail.to.front().address, std::string("ana@example.com"));
    QCOMPARE(mail.in_reply_to, std::string("q4@example.com"));
    QCOMPARE(mail.subject, draft.subject);
    QVERIFY(mail.body.find("Olá Ana") != std::string::npos);
    QVERIFY(!error_of([&] {
               assistant.save_eml(draft, request, profile_ / "no" / "such" / "folder");
             }).empty());
  }

  void search_finds_words() {
    Assistant assistant(profile_);
    const auto result = assistant.search("Lisbon", 5);
    QCOMPARE(result.hits.size(), std::size_t{5});
    QVERIFY(std::any_of(result.hits.begin(), result.hits.end(), [](const auto& hit) {
      return hit.subject.find("Lisbon") != std::string::npos;
    }));
  }

  void a_deleted_or_damaged_index_is_made_anew() {
    std::vector<std::string> ids;
    const auto search = [&] {
      std::vector<std::string> found;
      for (const auto& hit : Assistant(profile_).search("the Lisbon trip", 8).hits)
        found.push_back(hit.id);
      return found;
    };
    const auto whole = search();
    const fs::path index = profile_ / "index.safetensors";
    QVERIFY(fs::exists(index));
    fs::remove(index);
    QCOMPARE(search(), whole);
    std::ofstream(index) << "rubbish";
    QVERIFY(!named(Assistant(profile_).doctor(), "index").ok);
    QCOMPARE(search(), whole);
    QVERIFY(named(Assistant(profile_).doctor(), "index").ok);
  }

  void the_index_follows_the_archive() {
    Assistant assistant(profile_);
    assistant.update_index();
    const fs::path more = profile_ / "more.mbox";
    std::ofstream(more) << "From kit@example.org Mon Jan  3 11:00:00 2022\nFrom: kit@example.org\n"
                           "Message-ID: <zebra@example.org>\nDate: 1 Jul 2022 10:00:00 +0000\n"
                           "Subject: zebra\n\nThe zebra has left the zoo at noon.\n";
    assistant.import({more}, {});
    QCOMPARE(assistant.search("zebra", 1).hits.front().id, std::string("zebra@example.org"));
    QVERIFY(named(assistant.doctor(), "index").detail.find(std::to_string(2 * own_mails + 1)) !=
            std::string::npos);
  }

  void training_makes_an_active_version_that_drafts() {
    Assistant assistant(profile_);
    std::vector<std::string> phases;
    const auto result = assistant.train(short_training(), [&](const TrainStatus& status) {
      if (phases.empty() || phases.back() != status.phase) phases.push_back(status.phase);
    });
    QVERIFY(result.finished);
    QCOMPARE(result.version, std::string("v0001"));
    QVERIFY(result.pairs >= 20);
    QVERIFY(result.steps > 0);
    QVERIFY(result.loss_last < result.loss_first);
    QCOMPARE(phases, (std::vector<std::string>{"playback", "retrieval", "training", "saving"}));
    QVERIFY(!assistant.can_resume_training());

    const Draft personal = assistant.draft(short_request());
    QCOMPARE(personal.model_version, std::string("v0001"));
    DraftRequest base = short_request();
    base.use_personal = false;
    QCOMPARE(assistant.draft(base).model_version, std::string("built-in"));

    assistant.activate_version("");
    QCOMPARE(assistant.draft(short_request()).model_version, std::string("built-in"));
    QVERIFY(!assistant.personal_versions().front().active);
    assistant.activate_version("v0001");
    QCOMPARE(assistant.draft(short_request()).body, personal.body);
    QVERIFY(named(assistant.doctor(), "personal model").ok);
  }

  void a_stopped_training_resumes() {
    Assistant assistant(profile_);
    std::stop_source stop;
    TrainRequest request = short_training();
    request.epochs = 5;
    const auto stopped = assistant.train(
        request,
        [&](const TrainStatus& status) {
          if (status.phase == "training" && status.step >= 2) stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!stopped.finished);
    QVERIFY(stopped.version.empty());
    QVERIFY(assistant.can_resume_training());
    QVERIFY(assistant.personal_versions().empty());

    request = {};
    request.resume = true;
    const auto finished = Assistant(profile_).train(request);
    QVERIFY(finished.finished);
    QVERIFY(finished.steps > stopped.steps);
    QCOMPARE(Assistant(profile_).personal_versions().size(), std::size_t{1});
    QVERIFY(!Assistant(profile_).can_resume_training());
  }

  void there_is_nothing_to_resume_at_first() {
    TrainRequest request;
    request.resume = true;
    QVERIFY(!error_of([&] { Assistant(profile_).train(request); }).empty());
  }

  void unknown_methods_are_refused_before_anything_is_written() {
    Assistant assistant(profile_);
    TrainRequest request;
    request.method = "dense";
    QVERIFY(error_of([&] { assistant.train(request); }).find("sparse") != std::string::npos);
    QVERIFY(!fs::exists(profile_ / "personal"));
  }

  void too_few_mails_are_refused() {
    const fs::path other = profile_ / "other";
    write_tiny_mailbox(profile_ / "few.mbox", 5);
    Assistant assistant(other);
    assistant.import({profile_ / "few.mbox"}, {"kit@example.org"});
    QVERIFY(error_of([&] { assistant.train(short_training()); }).find("at least") !=
            std::string::npos);
    QVERIFY(!assistant.can_resume_training());
  }

  void evaluation_measures_four_systems() {
    Assistant assistant(profile_);
    QCOMPARE(assistant.evaluate(3).size(), std::size_t{2});
    assistant.train(short_training());
    std::size_t last = 0, total = 0;
    const auto systems = assistant.evaluate(4, [&](std::size_t done, std::size_t all) {
      last = done;
      total = all;
    });
    QCOMPARE(systems.size(), std::size_t{4});
    QCOMPARE(last, total);
    for (const char* name : {"base", "base+retrieval", "personal", "personal+retrieval"}) {
      const auto& scores = systems.at(name);
      QCOMPARE(scores.n, std::size_t{4});
      QVERIFY(scores.ppl > 1);
      QVERIFY(scores.bleu >= 0 && scores.bleu <= 1);
      QVERIFY(scores.style_reference > 0.7);
      QVERIFY(scores.style_accuracy > 0.7 && scores.style_accuracy <= 1);
    }
    QVERIFY(systems.at("personal").ppl < systems.at("base").ppl);
    QCOMPARE(assistant.evaluate(4).at("personal").bleu, systems.at("personal").bleu);
  }

  void a_healthy_profile_passes_every_check() {
    Assistant assistant(profile_);
    for (const auto& check : assistant.doctor())
      QVERIFY2(check.ok, (check.name + ": " + check.detail).c_str());
  }

  void a_missing_model_is_one_sentence() {
    Assistant assistant(profile_);
    assistant.archive().set_setting(setting_model, "nowhere");
    QVERIFY(error_of([&] { assistant.draft(short_request()); }).find("nowhere") !=
            std::string::npos);
    QVERIFY(!named(assistant.doctor(), "model").ok);
  }

  void models_are_listed_with_what_is_wrong_with_them() {
    fs::create_directories(profile_ / "models");
    std::ofstream(profile_ / "models" / "broken.safetensors") << "no model";
    const auto models = Assistant(profile_).models();
    QCOMPARE(models.size(), std::size_t{2});
    QCOMPARE(models[0].name, std::string("built-in"));
    QVERIFY(models[0].usable && models[0].bytes > 0);
    QCOMPARE(models[1].name, std::string("broken"));
    QVERIFY(!models[1].usable && !models[1].problem.empty());
  }

  void a_profile_that_is_a_file_is_refused() {
    std::ofstream(profile_ / "file") << "x";
    QVERIFY(error_of([&] { Assistant assistant(profile_ / "file"); }).find("file") !=
            std::string::npos);
    QVERIFY(!error_of([&] { Assistant assistant(profile_ / "file" / "below"); }).empty());
  }

 private:
  QTemporaryDir shared_;
  std::unique_ptr<QTemporaryDir> folder_;
  fs::path profile_;
};

QTEST_GUILESS_MAIN(TestAssistant)
#include "test_assistant.moc"
