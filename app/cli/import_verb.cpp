#include <algorithm>
#include <iostream>

#include "app/cli/format.h"
#include "app/cli/process.h"
#include "app/cli/progress.h"
#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

Json to_json(const core::ImportReport& report) {
  Json json;
  json["read"] = report.read;
  json["stored"] = report.stored;
  json["duplicates"] = report.duplicates;
  json["damaged"] = report.damaged;
  json["own"] = report.own;
  json["seconds"] = report.seconds;
  json["messages_per_second"] =
      report.seconds > 0 ? static_cast<double>(report.read) / report.seconds : 0.0;
  json["peak_rss_mb"] = peak_rss_mb();
  json["identities"] = Json::array();
  for (const core::IdentityGuess& guess : report.identities)
    json["identities"].push_back({{"address", guess.address.address},
                                  {"name", guess.address.name},
                                  {"sent", guess.sent},
                                  {"confirmed", guess.confirmed}});
  json["damage"] = Json::array();
  for (const auto& damage : report.damage)
    json["damage"].push_back(
        {{"file", damage.file}, {"offset", damage.offset}, {"what", damage.what}});
  json["passed_over"] = Json::array();
  for (const auto& [file, reason] : report.passed_over)
    json["passed_over"].push_back({{"file", file}, {"reason", reason}});
  return json;
}

class ImportVerb : public Verb {
 public:
  std::string name() const override { return "import"; }
  std::string summary() const override {
    return "read mailboxes into the archive; again = only what is new";
  }

  void declare(CLI::App& app) override {
    app.add_option("paths", paths_, "mbox files, Maildirs, .eml files or folders of them")
        ->required()
        ->type_name("PATH");
    app.add_option("--me", me_, "your addresses")->type_name("ADDR");
  }

  Outcome run(const Context& context) override {
    core::Assistant assistant(context.profile);
    core::ImportReport report;
    {
      ProgressLine line;
      report = assistant.import(
          paths_, me_,
          [&](const core::ImportProgress& progress) {
            line.show(progress.file + ": " + human_bytes(static_cast<double>(progress.bytes_read)) +
                      " of " + human_bytes(static_cast<double>(progress.bytes_total)) + ", " +
                      std::to_string(progress.read) + " messages");
          },
          context.stop);
    }
    Outcome outcome{to_json(report), {}};
    if (report.cancelled)
      outcome.problem = "The import was stopped; the same command goes on where it stopped.";
    else if (const auto* refused = named_but_not_read(report))
      outcome.problem = "\"" + refused->first + "\" was not read: " + refused->second + ".";
    else if (assistant.archive().message_count() == 0)
      outcome.problem = "No mail was found there: name an mbox file, a Maildir or .eml files.";
    return outcome;
  }

  void print(const Json& json) const override {
    std::cout << "Read " << json["read"] << " messages in "
              << human_seconds(json["seconds"].get<double>()) << ": " << json["stored"]
              << " stored, " << json["duplicates"] << " already there, " << json["damaged"]
              << " damaged. " << json["own"] << " mails in the archive are yours.\n";
    for (const Json& damage : json["damage"])
      std::cout << "  damaged: " << text(damage, "file") << " at byte " << damage["offset"] << ": "
                << text(damage, "what") << "\n";
    for (const Json& file : json["passed_over"])
      std::cout << "  passed over: " << text(file, "file") << " (" << text(file, "reason") << ")\n";
    for (const Json& identity : json["identities"])
      if (identity["confirmed"].get<bool>())
        std::cout << "  you are " << text(identity, "address") << "\n";
  }

 private:
  using PassedOver = std::pair<std::string, std::string>;

  /// In a folder much may be passed over, but a file that was asked for by name must be mail.
  const PassedOver* named_but_not_read(const core::ImportReport& report) const {
    for (const PassedOver& file : report.passed_over)
      if (std::find(paths_.begin(), paths_.end(), file.first) != paths_.end()) return &file;
    return nullptr;
  }

  static std::string text(const Json& object, const char* key) {
    return object[key].get<std::string>();
  }

  std::vector<std::filesystem::path> paths_;
  std::vector<std::string> me_;
};

}  // namespace

std::unique_ptr<Verb> make_import_verb() {
  return std::make_unique<ImportVerb>();
}

}  // namespace sancho::cli
