#include <iostream>

#include "app/cli/progress.h"
#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

class PlaybackVerb : public Verb {
 public:
  std::string name() const override { return "playback"; }
  std::string summary() const override { return "make training pairs from your own mail"; }
  void declare(CLI::App& app) override {
    app.add_option("--writer", writer_,
                   "who words the instructions, from now on: rules, or the model itself where it "
                   "loses no fact")
        ->check(CLI::IsMember({"rules", "model"}));
  }

  Outcome run(const Context& context) override {
    core::Assistant assistant(context.profile);
    ProgressLine line;
    const core::PlaybackReport report =
        assistant.playback(line.counter("mail"), context.stop, writer_);
    if (report.cancelled) throw std::runtime_error("Playback was stopped; the old pairs are kept.");
    Json json;
    json["own"] = report.own;
    json["usable"] = report.usable;
    json["pairs"] = report.pairs;
    json["train"] = report.train;
    json["heldout"] = report.heldout;
    json["by_model"] = report.by_model;
    json["rejected"] = Json(report.rejected);
    json["seconds"] = report.seconds;
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << json["pairs"] << " pairs from " << json["usable"] << " of your " << json["own"]
              << " mails: " << json["train"] << " to train on, " << json["heldout"]
              << " held out.\n";
    if (json["by_model"] > 0)
      std::cout << "  " << json["by_model"] << " of them are asked for in the model's words.\n";
    for (const auto& [reason, count] : json["rejected"].items())
      std::cout << "  left out: " << count << " (" << reason << ")\n";
  }

 private:
  std::string writer_;
};

}  // namespace

std::unique_ptr<Verb> make_playback_verb() {
  return std::make_unique<PlaybackVerb>();
}

}  // namespace sancho::cli
