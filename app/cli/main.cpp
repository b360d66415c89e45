#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "app/cli/process.h"
#include "app/cli/verb.h"
#include "core/personal/resources_check.h"
#include "engine/kernels/isa.h"

namespace {

using namespace sancho::cli;

enum ExitStatus { done = 0, failed = 1, wrong_usage = 2 };

/// One whole sentence on one line.
void complain(std::string sentence) {
  std::replace(sentence.begin(), sentence.end(), '\n', ' ');
  if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z')
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  if (!sentence.ends_with('.')) sentence += '.';
  std::cout.flush();
  std::fprintf(stderr, "%s\n", sentence.c_str());
}

void add_verbs(CLI::App& app, const Verbs& verbs, Verb*& chosen) {
  app.require_subcommand(1);
  for (const auto& verb : verbs) {
    CLI::App* command = app.add_subcommand(verb->name(), verb->summary())->fallthrough();
    verb->declare(*command);
    command->final_callback([&chosen, verb = verb.get()] { chosen = verb; });
  }
}

/// Ends the process, without the libraries' own clean-up, where they cannot work at all.
void require_address_space() {
  const std::uint64_t limit = address_space_limit(), needed = libraries_address_space();
  if (limit >= needed) return;
  complain("The limit on this process's address space is " + sancho::core::size_words(limit) +
           " and the libraries alone map " + sancho::core::size_words(needed) +
           ": raise it (ulimit -v) and try again.");
  std::_Exit(failed);
}

int run(Verb& verb, const Context& context) {
  const Outcome outcome = verb.run(context);
  if (context.json)
    std::cout << outcome.json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
  else
    verb.print(outcome.json);
  std::cout.flush();
  if (!std::cout) throw std::runtime_error("The result could not be written to standard output.");
  if (outcome.problem.empty()) return done;
  complain(outcome.problem);
  return failed;
}

}  // namespace

int main(int argc, char** argv) {
  require_address_space();
  CLI::App app("Sancho drafts e-mail in its owner's voice, on this machine alone.", "sancho-cli");
  app.set_version_flag("--version", SANCHO_VERSION);
  Context context;
  context.command = "sancho-cli";
  for (int i = 1; i < argc; ++i) context.command += std::string(" ") + argv[i];
  std::string isa;
  app.add_option("--profile", context.profile, "folder that holds everything of one user")
      ->type_name("DIR");
  app.add_option("--isa", isa, "cap the instruction set")
      ->check(CLI::IsMember({"scalar", "avx2", "avx512"}));
  app.add_option("--threads", context.threads, "processors to use at most")
      ->check(CLI::Range(1u, 1024u));
  app.add_flag("--json", context.json, "print exactly one JSON object");

  Verb* chosen = nullptr;
  const Verbs verbs = make_verbs(), model_verbs = make_model_verbs();
  add_verbs(app, verbs, chosen);
  CLI::App* model = app.add_subcommand("model", "look at, measure and make models")->fallthrough();
  add_verbs(*model, model_verbs, chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> unknown = app.remaining(true);
    const bool no_verb = error.get_name() == "RequiredError" && !unknown.empty();
    complain(no_verb ? "There is no verb called \"" + unknown.front() + "\"" : error.what());
    std::fprintf(stderr,
                 "Usage: sancho-cli VERB …; `sancho-cli --help` lists the verbs, "
                 "`sancho-cli VERB --help` a verb's options.\n");
    return wrong_usage;
  }

  try {
    if (!isa.empty()) sancho::engine::cap_isa(sancho::engine::isa_from_name(isa));
    if (context.threads > 0) limit_processors(context.threads);
    const StopOnSignal signals;
    context.stop = signals.token();
    return run(*chosen, context);
  } catch (const UsageError& error) {
    complain(error.what());
    return wrong_usage;
  } catch (const std::bad_alloc&) {
    complain("There is not enough memory for this.");
  } catch (const std::exception& error) {
    complain(error.what());
  }
  return failed;
}
