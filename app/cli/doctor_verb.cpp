#include <iostream>

#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

class DoctorVerb : public Verb {
 public:
  std::string name() const override { return "doctor"; }
  std::string summary() const override {
    return "check processor, files, archive, index and space";
  }
  void declare(CLI::App&) override {}

  Outcome run(const Context& context) override {
    core::Assistant assistant(context.profile);
    Outcome outcome;
    outcome.json["checks"] = Json::array();
    for (const core::Check& check : assistant.doctor()) {
      outcome.json["checks"].push_back(
          {{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}});
      if (!check.ok && outcome.problem.empty())
        outcome.problem = "The check \"" + check.name + "\" failed: " + check.detail;
    }
    return outcome;
  }

  void print(const Json& json) const override {
    for (const Json& check : json["checks"])
      std::cout << (check["ok"].get<bool>() ? "ok      " : "FAILED  ")
                << check["name"].get<std::string>() << ": " << check["detail"].get<std::string>()
                << "\n";
  }
};

}  // namespace

std::unique_ptr<Verb> make_doctor_verb() {
  return std::make_unique<DoctorVerb>();
}

}  // namespace sancho::cli
