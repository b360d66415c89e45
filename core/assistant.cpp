#include "core/assistant.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>

#include "core/doctor.h"
#include "core/drafting/draft_session.h"
#include "core/drafting/eml.h"
#include "core/drafting/given_names.h"
#include "core/drafting/grounding.h"
#include "core/drafting/instruction_model.h"
#include "core/drafting/mail_index.h"
#include "core/drafting/subject_line.h"
#include "core/evaluate/evaluate_job.h"
#include "core/personal/training_job.h"
#include "core/personal/version_store.h"
#include "core/places.h"
#include "core/playback/names.h"
#include "core/playback/prompt_words.h"
#include "engine/checkpoint/atomic_file.h"

namespace sancho::core {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double index_seconds = 2;  // that one search may spend on mail not yet indexed

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

fs::path made_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw std::runtime_error("Cannot use the profile folder " + folder.string() + ": " +
                             error.message() + ".");
  return folder;
}

/// The first words of a text on one line.
std::string snippet_of(const std::string& text) {
  constexpr std::size_t longest = 160;
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    if (space && (line.empty() || line.back() == ' ')) continue;
    if (line.size() >= longest && (static_cast<unsigned char>(c) & 0xc0) != 0x80) {
      line += "…";
      break;
    }
    line += space ? ' ' : c;
  }
  return line;
}

SearchHit hit_of(const StoredMessage& stored, double score) {
  const Message& m = stored.message;
  const std::string from = m.from.name.empty() ? m.from.address : m.from.name;
  return {stored.key, m.message_id, m.subject, from, snippet_of(m.own.empty() ? m.body : m.own),
          m.date,     score};
}

/// "Ana Díaz <ana@example.org>", a bare address or a bare name.
Address address_from(const std::string& text) {
  const auto open = text.find('<'), close = text.find('>');
  const auto trimmed = [](std::string s) {
    while (!s.empty() && (s.back() == ' ' || s.back() == '"')) s.pop_back();
    s.erase(0, std::min(s.find_first_not_of(" \""), s.size()));
    return s;
  };
  if (open != std::string::npos && close != std::string::npos && open < close)
    return {trimmed(text.substr(0, open)), trimmed(text.substr(open + 1, close - open - 1))};
  if (text.find('@') != std::string::npos) return {"", trimmed(text)};
  return {trimmed(text), ""};
}

}  // namespace

struct Assistant::Impl {
  explicit Impl(const fs::path& folder)
      : profile(made_folder(folder.empty() ? find_default_profile() : folder)),
        archive(profile / "archive.sqlite"),
        versions(profile / "personal") {}

  fs::path profile;
  Archive archive;
  VersionStore versions;
  std::shared_ptr<engine::ThreadPool> threads;

  std::shared_ptr<const engine::Model> base_model, personal_model;
  fs::path base_model_path;
  std::string personal_name;
  std::string writer;
  std::int64_t writer_generation = -1;
  std::unique_ptr<MailIndex> mail_index;
  std::unique_ptr<DraftSession> draft_session;

  const std::shared_ptr<engine::ThreadPool>& pool() {
    if (!threads) threads = std::make_shared<engine::ThreadPool>();
    return threads;
  }

  fs::path models_folder() const { return profile / "models"; }

  fs::path base_path() const {
    return find_model(profile, archive.setting(setting_model, built_in_model));
  }

  std::shared_ptr<const engine::Model> base() {
    const fs::path path = base_path();
    if (!base_model || path != base_model_path) {
      draft_session.reset();
      mail_index.reset();
      personal_model.reset();
      base_model = engine::Model::load(path);
      base_model_path = path;
    }
    return base_model;
  }

  /// Null where no version is active.
  std::shared_ptr<const engine::Model> personal() {
    base();
    const std::string name = versions.active();
    if (name.empty()) {
      personal_model.reset();
    } else if (!personal_model || name != personal_name) {
      personal_model = versions.load(name, base_model);
    }
    personal_name = name;
    return personal_model;
  }

  /// What embeds mail: the encoder that comes with Sancho, else the model that writes.
  std::shared_ptr<const engine::Model> encoder() {
    const fs::path file = find_encoder();
    return file.empty() ? base() : engine::Model::load(file);
  }

  MailIndex& index() {
    base();
    if (!mail_index)
      mail_index =
          std::make_unique<MailIndex>(archive, encoder(), pool(), profile / "index.safetensors");
    return *mail_index;
  }

  DraftSession& session_for(const std::shared_ptr<const engine::Model>& model) {
    if (!draft_session || &draft_session->model() != model.get())
      draft_session = std::make_unique<DraftSession>(model, pool());
    return *draft_session;
  }

  /// Message-ID or key. Throws where there is no such mail.
  StoredMessage find(const std::string& id) const {
    std::string bare = id;
    if (bare.size() > 1 && bare.front() == '<' && bare.back() == '>')
      bare = bare.substr(1, bare.size() - 2);
    if (auto found = archive.message_by_id(bare)) return *found;
    if (!bare.empty() && bare.size() < 19 &&
        std::all_of(bare.begin(), bare.end(), [](char c) { return c >= '0' && c <= '9'; }))
      if (auto found = archive.message(std::stoll(bare))) return *found;
    throw std::runtime_error("There is no mail \"" + id + "\" in the archive.");
  }

  Address me() const {
    Address address;
    for (const auto& guess : archive.identities())
      if (guess.confirmed) {
        address = guess.address;
        break;
      }
    address.name = archive.setting(setting_display_name, address.name);
    return address;
  }

  /// As prompts name the user: what they say in the settings, else how they sign; kept until the
  /// archive changes.
  std::string writer_name() {
    if (const auto name = archive.setting(setting_display_name); !name.empty()) return name;
    if (writer_generation != archive.generation()) {
      writer = core::writer_name(archive);
      writer_generation = archive.generation();
    }
    return writer;
  }

  std::vector<MailIndex::Related> related_to(const DraftRequest& request,
                                             const std::optional<StoredMessage>& parent,
                                             std::stop_token stop) {
    MailIndex& mail = index();
    mail.update(true, {}, {}, stop);
    MailIndex::RelatedQuery query;
    query.text = related_query_text(request.instruction, parent ? parent->message.own : "");
    if (parent)  // what the user has already answered is no source for the answer
      for (const auto& reply : archive.thread_of(parent->key))
        if (reply.message.date >= parent->message.date) query.without.insert(reply.key);
    return mail.related(query);
  }

  PlaybackResult pairs(const std::function<void(std::size_t, std::size_t)>& on_progress,
                       std::stop_token stop) {
    PlaybackOptions options;
    if (archive.setting(setting_playback_writer) == "model") {
      const auto writer = std::make_shared<InstructionModel>(base(), pool());
      options.reword = [=, count = options.phrasings](const TrainingPair& pair,
                                                      std::uint64_t seed) {
        return writer->write(pair.mail, pair.instruction, pair.from_name + "\n" + pair.to_name,
                             count, seed, stop);
      };
    }
    return make_pairs(archive, options, on_progress, stop);
  }
};

Assistant::Assistant(const fs::path& profile) : impl_(std::make_unique<Impl>(profile)) {}
Assistant::~Assistant() = default;

fs::path Assistant::default_profile() {
  return find_default_profile();
}
fs::path Assistant::resource_dir() {
  return find_resources();
}
const fs::path& Assistant::profile() const {
  return impl_->profile;
}
Archive& Assistant::archive() {
  return impl_->archive;
}

ImportReport Assistant::import(const std::vector<fs::path>& paths,
                               const std::vector<std::string>& me,
                               const std::function<void(const ImportProgress&)>& on_progress,
                               std::stop_token stop) {
  return import_mailboxes(impl_->archive, paths, me, on_progress, stop);
}

PlaybackReport Assistant::playback(const std::function<void(std::size_t, std::size_t)>& on_progress,
                                   std::stop_token stop, const std::string& writer) {
  if (!writer.empty()) impl_->archive.set_setting(setting_playback_writer, writer);
  const auto result = impl_->pairs(on_progress, stop);
  if (!result.report.cancelled) write_pairs(impl_->profile / "pairs.jsonl", result.pairs);
  return result.report;
}

TrainResult Assistant::train(const TrainRequest& request,
                             const std::function<void(const TrainStatus&)>& on_progress,
                             std::stop_token stop) {
  TrainingPlace place;
  place.folder = impl_->profile / "personal";
  place.base = impl_->base();
  place.make_pairs = [&] { return impl_->pairs({}, stop).pairs; };
  place.index = [&]() -> MailIndex& {
    impl_->index().update(true, {}, {}, stop);
    return impl_->index();
  };
  return run_training(place, request, on_progress, stop);
}

void Assistant::pause_training(bool pause) {
  request_pause(impl_->profile / "personal", pause);
}

bool Assistant::can_resume_training() const {
  return training_waits(impl_->profile / "personal");
}

Draft Assistant::draft(const DraftRequest& request,
                       const std::function<void(const std::string&)>& on_text,
                       std::stop_token stop) {
  if (request.instruction.find_first_not_of(" \t\r\n") == std::string::npos)
    throw std::runtime_error("Say in a few words what the mail should say.");
  std::optional<StoredMessage> parent;
  if (!request.reply_to.empty()) parent = impl_->find(request.reply_to);
  const auto personal = request.use_personal ? impl_->personal() : nullptr;
  DraftSession& session = impl_->session_for(personal ? personal : impl_->base());

  std::vector<MailIndex::Related> related;
  if (request.use_retrieval) related = impl_->related_to(request, parent, stop);

  PromptParts parts;
  const std::string about_me = impl_->archive.setting(setting_about_me);
  parts.me = impl_->writer_name() + (about_me.empty() ? "" : "\n" + about_me);
  for (const auto& mail : related) parts.related.push_back(mail.text);
  Address to = address_from(request.to);
  parts.incoming = request.incoming;
  if (parent) {
    parts.incoming = incoming_words(parent->message);
    if (request.to.empty()) to = parent->message.from;
  }
  parts.to_name = first_name(to);
  if (request.to.empty() && !parent) parts.to_name = reader_named_in(request.instruction);
  parts.instruction = request.instruction;

  WritingOptions writing;
  writing.sampler.temperature = static_cast<float>(request.temperature);
  writing.sampler.seed = request.seed;
  writing.max_tokens = request.max_tokens;
  writing.with_subject = !parent && request.incoming.empty();
  writing.candidates = request.candidates;
  if (!personal) {  // a personal model knows how its owner opens and signs
    if (!parts.to_name.empty()) writing.opening = parts.to_name + ",";
    writing.signature = impl_->writer_name();
  }
  writing.also_known = request.to + "\n" + (parent ? parent->message.from.name : "");
  const auto written = session.write(parts, writing, on_text, stop);

  Draft draft;
  draft.body = written.body;
  draft.subject =
      parent ? reply_subject(parent->message.subject)
             : new_subject(written.subject, written.body, request.instruction, parts.to_name);
  std::vector<FactSource> facts{
      {"instruction", request.instruction + "\n" + request.to},
      {"incoming", (parent ? parent->message.from.name + "\n" : "") + parts.incoming}};
  for (std::size_t i = 0; i < written.related_used; ++i)
    if (const auto stored = impl_->archive.message(related[i].key)) {
      draft.sources.push_back(hit_of(*stored, static_cast<double>(related[i].cosine)));
      facts.push_back({"related:" + stored->message.message_id, related[i].text});
    }
  facts.push_back({"me", parts.me});
  for (auto& [fact, source] : ground_facts(draft.body, facts))
    draft.grounding.push_back({fact.text, fact.kind, source});
  draft.prompt_tokens = written.prompt_tokens;
  draft.tokens = written.tokens;
  draft.first_token_ms = written.first_token_seconds * 1000;
  draft.tokens_per_second = written.tokens_per_second;
  draft.seed = request.seed;
  draft.cancelled = written.cancelled;
  draft.model_version = personal ? impl_->personal_name : built_in_model;
  return draft;
}

FactCoverage Assistant::evaluate_facts(
    const fs::path& file, const DraftRequest& how,
    const std::function<void(std::size_t, std::size_t)>& on_progress, std::stop_token stop) {
  DraftRequest request = how;
  const auto write = [&](const FactCase& one) {
    request.instruction = one.instruction;
    request.to = one.to;
    request.incoming = one.incoming;
    const Draft written = draft(request, {}, stop);
    ++request.seed;
    CheckedDraft checked{written.body, {}};
    for (const Grounding& piece : written.grounding)
      if (piece.source == "none") checked.invented.push_back(piece.text);
    return checked;
  };
  return measure_fact_coverage(read_fact_cases(file), write, on_progress, stop);
}

void Assistant::save_eml(const Draft& draft, const DraftRequest& request, const fs::path& path) {
  UnsentMail mail;
  mail.from = impl_->me();
  mail.subject = draft.subject;
  mail.body = draft.body;
  mail.date = now();
  if (const Address to = address_from(request.to); !to.address.empty()) mail.to.push_back(to);
  if (!request.reply_to.empty()) {
    const Message parent = impl_->find(request.reply_to).message;
    if (mail.to.empty()) mail.to.push_back(parent.from);
    mail.in_reply_to = parent.message_id;
    mail.references = parent.references;
  }
  engine::AtomicFile file(path);
  file.write(format_eml(mail));
  file.commit();
}

SearchResult Assistant::search(const std::string& query, std::size_t limit, std::stop_token stop) {
  impl_->index().update(false, index_seconds, {}, stop);
  const auto start = Clock::now();
  SearchResult result;
  for (const auto& hit : impl_->index().search(query, limit))
    if (const auto stored = impl_->archive.message(hit.id))
      result.hits.push_back(hit_of(*stored, hit.score));
  result.milliseconds = milliseconds_since(start);
  return result;
}

void Assistant::update_index(const std::function<void(std::size_t, std::size_t)>& on_progress,
                             std::stop_token stop) {
  impl_->index().update(false, {}, on_progress, stop);
}

std::map<std::string, SystemScores> Assistant::evaluate(
    std::size_t limit, const std::function<void(std::size_t, std::size_t)>& on_progress,
    std::stop_token stop) {
  impl_->index().update(true, {}, {}, stop);
  const EvaluationPlace place{impl_->archive, impl_->index(), impl_->base(), impl_->personal(),
                              impl_->pool()};
  const auto pairs = make_pairs(impl_->archive, PlaybackOptions{}, {}, stop).pairs;
  if (stop.stop_requested()) return {};
  return evaluate_drafts(place, pairs, limit, on_progress, stop);
}

RetrievalScores Assistant::evaluate_retrieval(
    const fs::path& answers, const std::function<void(std::size_t, std::size_t)>& on_progress,
    std::stop_token stop) {
  MailIndex& index = impl_->index();
  index.update(false, {}, on_progress, stop);
  const Archive& archive = impl_->archive;
  return measure_retrieval(
      archive, index,
      answers.empty() ? find_answered_mail(archive) : read_answered_mail(archive, answers),
      on_progress, stop);
}

std::vector<PersonalVersion> Assistant::personal_versions() const {
  const std::string active = impl_->versions.active();
  std::vector<PersonalVersion> versions;
  for (const auto& report : impl_->versions.list())
    versions.push_back({report, report.name, report.created, report.method, report.optimizer,
                        report.name == active});
  return versions;
}

void Assistant::activate_version(const std::string& name) {
  impl_->versions.activate(name);
}

std::vector<ModelEntry> Assistant::models() const {
  const std::string in_use = impl_->archive.setting(setting_model, built_in_model);
  std::vector<ModelEntry> models;
  for (const auto& path : find_models(impl_->profile)) {
    ModelEntry entry;
    entry.name = path.stem().string();
    entry.path = path.string();
    entry.shipped = path.parent_path() != impl_->models_folder();
    entry.in_use = entry.name == in_use;
    try {
      const auto model = engine::Model::load(path);
      entry.about = describe_model(*model);
      entry.bytes = entry.about.bytes;
      entry.usable = !retrieval::is_encoder(*model);
      if (!entry.usable) entry.problem = "it finds mail and does not write";
    } catch (const std::exception& error) {
      entry.usable = false;
      entry.problem = error.what();
    }
    models.push_back(std::move(entry));
  }
  return models;
}

std::shared_ptr<const engine::Model> Assistant::load_model(const std::string& name) const {
  const std::string version = name == "personal" ? impl_->versions.active() : name;
  if (name == "personal" && version.empty())
    throw std::runtime_error("No personal model is active; `train` makes one.");
  if (impl_->versions.contains(version)) return impl_->versions.load(version, impl_->base());
  return engine::Model::load(find_model(impl_->profile, name));
}

void Assistant::use_model(const std::string& name) {
  if (impl_->versions.contains(name)) return impl_->versions.activate(name);
  const auto model = engine::Model::load(find_model(impl_->profile, name));
  if (retrieval::is_encoder(*model))
    throw std::runtime_error("The model " + name + " finds mail and does not write.");
  if (!model->has_tokenizer())
    throw std::runtime_error("The model " + name + " has no tokenizer, so it cannot write mail.");
  impl_->versions.activate("");
  impl_->archive.set_setting(setting_model, name);
}

AddedModel Assistant::add_model(const fs::path& source, const std::string& name) {
  std::vector<std::string> taken;
  for (const auto& path : find_models(impl_->profile)) taken.push_back(path.stem());
  return core::add_model(source, impl_->models_folder(), name, taken);
}

void Assistant::remove_model(const std::string& name) {
  if (impl_->versions.contains(name)) return impl_->versions.remove(name);
  const fs::path path = find_model(impl_->profile, name);
  if (path.parent_path() != impl_->models_folder())
    throw std::runtime_error("The model " + name + " comes with Sancho and cannot be removed.");
  if (name == impl_->archive.setting(setting_model, built_in_model))
    throw std::runtime_error("The model " + name + " is in use; choose another one first.");
  fs::remove_all(path);
}

std::vector<Check> Assistant::doctor() {
  return examine({impl_->profile, impl_->archive, impl_->versions, [&] { return impl_->base(); },
                  [&] { return impl_->base_path(); },
                  [&]() -> MailIndex& { return impl_->index(); }});
}

}  // namespace sancho::core
