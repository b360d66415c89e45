#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/archive/import_job.h"
#include "core/evaluate/fact_coverage.h"
#include "core/evaluate/retrieval_quality.h"
#include "core/evaluate/scores.h"
#include "core/models/add_model.h"
#include "core/models/description.h"
#include "core/personal/training.h"
#include "core/playback/playback_job.h"
#include "engine/model/model.h"

namespace sancho::core {

/// One mail found for a query or used for a draft.
struct SearchHit {
  MessageKey key = 0;
  std::string id;  // Message-ID
  std::string subject, from, snippet;
  std::int64_t date = 0;
  double score = 0;
};

struct SearchResult {
  std::vector<SearchHit> hits;
  double milliseconds = 0;
};

struct DraftRequest {
  std::string instruction;
  std::string reply_to;  // Message-ID or key; empty = a new mail
  std::string incoming;  // the mail answered where it is not in the archive
  std::string to;        // address or name
  std::uint64_t seed = 0;
  double temperature = 0.4;
  bool use_personal = true;
  bool use_retrieval = true;
  std::size_t max_tokens = 400;
  unsigned candidates = 4;  // drafts written, of which the best is kept
};

/// A piece of a draft and where it comes from: "instruction", "incoming", "related:<Message-ID>",
/// "me", or "none" — nobody said it, so the reader must check it.
struct Grounding {
  std::string text, kind, source;
};

struct Draft {
  std::string body, subject;
  std::vector<SearchHit> sources;
  std::vector<Grounding> grounding;
  std::size_t prompt_tokens = 0, tokens = 0;
  double first_token_ms = 0, tokens_per_second = 0;
  std::uint64_t seed = 0;
  bool cancelled = false;
  std::string model_version;  // "built-in" or the personal version
};

struct PersonalVersion : TrainFigures {
  std::string name;  // "v0003"
  std::int64_t created = 0;
  std::string method, optimizer;
  bool active = false;
};

struct ModelEntry {
  std::string name, path;
  std::uint64_t bytes = 0;
  bool usable = true;
  std::string problem;     // why not, where it is not
  bool shipped = false;    // comes with Sancho: it cannot be removed
  bool in_use = false;     // drafts and training start from it
  ModelDescription about;  // of a usable one
};

struct Check {
  std::string name;
  bool ok = false;
  std::string detail;
};

/// Names of the archive's settings that the assistant reads.
inline constexpr const char* setting_display_name = "display_name";  // default: as the mail has it
inline constexpr const char* setting_about_me = "about_me";          // facts a draft may use
inline constexpr const char* setting_playback_writer = "playback_writer";  // default: "rules"
inline constexpr const char* setting_model = "model";                      // default: "built-in"

/// Everything Sancho can do for one user, without a window. Both front ends use only this. Methods
/// throw std::runtime_error with one sentence for the user. Calls on one Assistant must not
/// overlap, except from inside their callbacks; a front end gives each long job its own Assistant
/// on its own thread (the archive is safe for that).
class Assistant {
 public:
  /// The folder that holds everything of one user; made if missing. Empty: the XDG data folder.
  explicit Assistant(const std::filesystem::path& profile = {});
  ~Assistant();

  static std::filesystem::path default_profile();
  /// Where icons, sample mail and the built-in model lie: $SANCHO_RESOURCES, beside the program, or
  /// where it was installed.
  static std::filesystem::path resource_dir();

  const std::filesystem::path& profile() const;
  Archive& archive();

  ImportReport import(const std::vector<std::filesystem::path>& paths,
                      const std::vector<std::string>& me,
                      const std::function<void(const ImportProgress&)>& on_progress = {},
                      std::stop_token stop = {});

  /// `writer`: who words the instructions of training pairs from now on, "rules" or "model" (the
  /// one that drafts; see core/drafting/instruction_model.h); empty: as before.
  PlaybackReport playback(const std::function<void(std::size_t, std::size_t)>& on_progress = {},
                          std::stop_token stop = {}, const std::string& writer = {});

  /// Runs on this thread. Front ends run it in a child process at low priority.
  TrainResult train(const TrainRequest& request,
                    const std::function<void(const TrainStatus&)>& on_progress = {},
                    std::stop_token stop = {});
  /// Asks a training that runs for this profile, in whatever process, to wait after the step in
  /// progress, or to go on. Its progress says so.
  void pause_training(bool pause);
  /// A stopped training run waits in the profile.
  bool can_resume_training() const;

  /// `on_text` gets the body as it is written, whole characters only.
  Draft draft(const DraftRequest& request,
              const std::function<void(const std::string&)>& on_text = {},
              std::stop_token stop = {});
  /// An RFC 5322 file of a draft.
  void save_eml(const Draft& draft, const DraftRequest& request, const std::filesystem::path& path);

  SearchResult search(const std::string& query, std::size_t limit, std::stop_token stop = {});
  /// Brings the index up to date with the archive; search and draft do it by themselves.
  void update_index(const std::function<void(std::size_t, std::size_t)>& on_progress = {},
                    std::stop_token stop = {});

  /// Names: "base", "base+retrieval", and where a personal model is active "personal",
  /// "personal+retrieval". `limit` 0 = every held-out mail. Stopped: empty.
  std::map<std::string, SystemScores> evaluate(
      std::size_t limit, const std::function<void(std::size_t, std::size_t)>& on_progress = {},
      std::stop_token stop = {});

  /// Drafts the instructions of a file (see core/evaluate/fact_coverage.h) and counts which of
  /// their facts the drafts say, and which drafts say what nobody told them. `how` gives seed,
  /// number of candidates and the like.
  FactCoverage evaluate_facts(const std::filesystem::path& file, const DraftRequest& how,
                              const std::function<void(std::size_t, std::size_t)>& on_progress = {},
                              std::stop_token stop = {});

  /// Finds the mails that the user answered by the words of the answers. `answers` is a file (see
  /// core/evaluate/retrieval_quality.h); empty: those that the archive knows.
  RetrievalScores evaluate_retrieval(
      const std::filesystem::path& answers,
      const std::function<void(std::size_t, std::size_t)>& on_progress = {},
      std::stop_token stop = {});

  std::vector<PersonalVersion> personal_versions() const;
  /// Switches to a version; empty = the built-in model alone.
  void activate_version(const std::string& name);

  std::vector<ModelEntry> models() const;
  /// A model of `models()` by its name, or a personal version by its ("v0003", "personal" for the
  /// active one) together with the model that it was made from.
  std::shared_ptr<const engine::Model> load_model(const std::string& name) const;
  /// Drafts are written by that model of `models()` alone from now on, and training starts from it;
  /// or a personal version is made the active one.
  void use_model(const std::string& name);
  /// See core/models/add_model.h; the copy is called `name`, or as its source.
  AddedModel add_model(const std::filesystem::path& source, const std::string& name = {});
  /// Deletes a model or a personal version. Throws where it is in use or comes with Sancho.
  void remove_model(const std::string& name);
  std::vector<Check> doctor();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::core
