#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace sancho::cli {

/// Keeps its keys in the order of the command-line contract.
using Json = nlohmann::ordered_json;

/// What every verb is told besides its own options.
struct Context {
  std::filesystem::path profile;  // empty: the XDG data folder
  unsigned threads = 0;           // 0 = all processors
  bool json = false;
  std::string command;   // as typed
  std::stop_token stop;  // SIGINT and SIGTERM
};

/// Words that parse but make no sense together: exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a verb did. `problem` is the sentence that goes with exit status 1; where it is empty the
/// verb succeeded.
struct Outcome {
  Json json;
  std::string problem;
};

/// One verb of the command line.
class Verb {
 public:
  virtual ~Verb() = default;
  virtual std::string name() const = 0;
  virtual std::string summary() const = 0;
  virtual void declare(CLI::App& app) = 0;
  /// Throws std::exception with one sentence where it cannot do its work.
  virtual Outcome run(const Context& context) = 0;
  /// The result for a reader, on standard output.
  virtual void print(const Json& json) const = 0;
};

using Verbs = std::vector<std::unique_ptr<Verb>>;

/// `sancho-cli VERB` and `sancho-cli model VERB`.
Verbs make_verbs();
Verbs make_model_verbs();

std::unique_ptr<Verb> make_import_verb();
std::unique_ptr<Verb> make_playback_verb();
std::unique_ptr<Verb> make_train_verb();
std::unique_ptr<Verb> make_draft_verb();
std::unique_ptr<Verb> make_search_verb();
std::unique_ptr<Verb> make_evaluate_verb();
std::unique_ptr<Verb> make_doctor_verb();
std::unique_ptr<Verb> make_model_list_verb();
std::unique_ptr<Verb> make_model_info_verb();
std::unique_ptr<Verb> make_model_add_verb();
std::unique_ptr<Verb> make_model_compress_verb();
std::unique_ptr<Verb> make_model_export_verb();
std::unique_ptr<Verb> make_model_use_verb();
std::unique_ptr<Verb> make_model_remove_verb();
std::unique_ptr<Verb> make_model_bench_verb();
std::unique_ptr<Verb> make_model_perplexity_verb();
std::unique_ptr<Verb> make_model_corpus_verb();
std::unique_ptr<Verb> make_model_pretrain_verb();
std::unique_ptr<Verb> make_model_encoder_verb();

}  // namespace sancho::cli
