#include "core/archive/import_job.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "core/archive/record.h"
#include "core/mail/mailbox_reader.h"

namespace sancho::core {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatchMessages = 500;
constexpr auto kBatchTime = std::chrono::seconds(1);
constexpr auto kProgressTime = std::chrono::milliseconds(100);
constexpr std::size_t kMostDamage = 1000;

struct FileState {
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
};

FileState state_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {static_cast<std::uint64_t>(info.st_size),
          static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec};
}

std::string_view domain(const IdentityGuess& guess) {
  const std::string_view address = guess.address.address;
  return address.substr(std::min(address.find('@'), address.size()));
}

class Import {
 public:
  Import(Archive& archive, const std::function<void(const ImportProgress&)>& on_progress,
         std::stop_token stop)
      : archive_(archive), on_progress_(on_progress), stop_(std::move(stop)) {}

  ImportReport run(const std::vector<fs::path>& paths, const std::vector<std::string>& me) {
    const MailboxList found = find_mailboxes(paths);
    for (const auto& [path, reason] : found.passed_over)
      report_.passed_over.emplace_back(path.string(), reason);
    for (const fs::path& path : found.mailboxes)
      if (fs::is_regular_file(path)) progress_.bytes_total += state_of(path).size;
    for (const fs::path& path : found.mailboxes) {
      if (stop_.stop_requested()) break;
      try {
        read(path);
      } catch (const ArchiveError&) {
        throw;
      } catch (const std::exception& error) {
        report_.passed_over.emplace_back(path.string(), error.what());
      }
    }
    archive_.commit();
    report_.cancelled = stop_.stop_requested();
    confirm(me);
    report_.own = archive_.own_count();
    report_.identities = archive_.identities();
    show_progress(true);
    return std::move(report_);
  }

 private:
  void read(const fs::path& path) {
    std::error_code error;
    const fs::path full = fs::canonical(path, error);
    source_ = (error ? path : full).string();
    state_ = state_of(path);
    progress_.file = path.string();
    const MailboxKind kind = mailbox_kind(path);
    const std::uint64_t start = kind == MailboxKind::maildir ? 0 : resume_at(path, kind);
    bytes_before_ = progress_.bytes_read;
    if (start < state_.size || kind == MailboxKind::maildir) {
      position_ = start;
      read_mailbox(
          path, [&](RawMessage&& raw) { return take(std::move(raw)); },
          [&](std::uint64_t bytes) {
            if (kind != MailboxKind::maildir) progress_.bytes_read = bytes_before_ + bytes;
            show_progress(false);
          },
          stop_, start);
      if (!stop_.stop_requested() && !last_cut_short_) position_ = state_.size;
      end_batch();
    }
    if (!stop_.stop_requested() && kind != MailboxKind::maildir)
      progress_.bytes_read = bytes_before_ + state_.size;
    last_cut_short_ = false;
  }

  /// Where to go on in a file that was read before: at its old end, if it only grew.
  std::uint64_t resume_at(const fs::path& path, MailboxKind kind) const {
    const auto known = archive_.source_position(source_);
    if (!known) return 0;
    const bool untouched = known->size == state_.size && known->mtime == state_.mtime;
    if (untouched && known->position >= state_.size) return state_.size;
    if (kind != MailboxKind::mbox || state_.size < known->size) return 0;
    if (!untouched && state_.size == known->size) return 0;
    return message_begins_at(path, known->position) ? known->position : 0;
  }

  bool take(RawMessage&& raw) {
    if (stop_.stop_requested()) return false;
    if (in_batch_ >= kBatchMessages || Clock::now() - batch_began_ >= kBatchTime) {
      position_ = raw.offset;
      end_batch();
    }
    ++in_batch_;
    ++report_.read;
    last_cut_short_ = raw.defect.starts_with("the file ends");
    if (last_cut_short_) position_ = raw.offset;
    std::string damage = raw.defect;
    try {
      Message message = parse_message(raw.raw);
      if (!raw.defect.empty()) message.damage.insert(message.damage.begin(), raw.defect);
      const bool stored = archive_.add(message, source_, raw.offset) == AddResult::stored;
      ++(stored ? report_.stored : report_.duplicates);
      for (const std::string& what : message.damage)
        if (what != raw.defect) damage += (damage.empty() ? "" : "; ") + what;
    } catch (const ArchiveError&) {
      throw;
    } catch (const std::exception& error) {
      damage += (damage.empty() ? "" : "; ") + std::string("not stored: ") + error.what();
    }
    if (!damage.empty()) {
      ++report_.damaged;
      if (report_.damage.size() < kMostDamage)
        report_.damage.push_back({progress_.file, raw.offset, damage});
    }
    show_progress(false);
    return true;
  }

  void end_batch() {
    archive_.set_source_position(source_, state_.size, state_.mtime, position_);
    archive_.commit();
    in_batch_ = 0;
    batch_began_ = Clock::now();
  }

  /// Confirms the given addresses beside those known; without any, the clear favourite.
  void confirm(const std::vector<std::string>& me) {
    std::set<std::string> addresses(me.begin(), me.end());
    const auto guesses = archive_.identities();
    for (const IdentityGuess& guess : guesses)
      if (guess.confirmed) addresses.insert(guess.address.address);
    if (me.empty()) {
      if (!addresses.empty() || guesses.empty()) return;
      const std::string person = person_key(guesses.front().address.name);
      std::size_t sent = 0;
      for (const IdentityGuess& guess : guesses) {
        const bool same = &guess == &guesses.front() ||
                          (!person.empty() && person_key(guess.address.name) == person &&
                           domain(guess) == domain(guesses.front()));
        if (!same) continue;
        addresses.insert(guess.address.address);
        sent += guess.sent;
      }
      constexpr std::size_t kShare = 10;  // fewer than a tenth of the mail is no favourite
      if (sent * kShare < archive_.message_count()) return;
    }
    archive_.set_identities({addresses.begin(), addresses.end()});
  }

  void show_progress(bool always) {
    if (!on_progress_) return;
    const auto now = Clock::now();
    if (!always && now - shown_ < kProgressTime) return;
    shown_ = now;
    progress_.read = report_.read;
    progress_.stored = report_.stored;
    progress_.duplicates = report_.duplicates;
    progress_.damaged = report_.damaged;
    on_progress_(progress_);
  }

  Archive& archive_;
  const std::function<void(const ImportProgress&)>& on_progress_;
  std::stop_token stop_;
  ImportReport report_;
  ImportProgress progress_;
  std::string source_;  // full path of the mailbox being read
  FileState state_;
  std::uint64_t position_ = 0;  // everything before it is stored
  std::uint64_t bytes_before_ = 0;
  bool last_cut_short_ = false;  // it may still be growing: read it again next time
  std::size_t in_batch_ = 0;
  Clock::time_point batch_began_ = Clock::now(), shown_{};
};

}  // namespace

ImportReport import_mailboxes(Archive& archive, const std::vector<fs::path>& paths,
                              const std::vector<std::string>& me,
                              const std::function<void(const ImportProgress&)>& on_progress,
                              std::stop_token stop) {
  const auto began = Clock::now();
  ImportReport report = Import(archive, on_progress, std::move(stop)).run(paths, me);
  report.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return report;
}

}  // namespace sancho::core
