#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace sancho::core {

/// One raw message found in a mailbox.
struct RawMessage {
  std::string raw;           // headers and body, mboxrd quoting undone
  std::uint64_t offset = 0;  // of its first byte in the file
  std::string defect;        // empty, or why this is only part of a message ("cut short", …)
};

/// What lies at a path.
enum class MailboxKind { mbox, maildir, eml, not_mail };
MailboxKind mailbox_kind(const std::filesystem::path& path);

/// Reads every message of an mbox (RFC 4155, mboxo/mboxrd), a Maildir or an .eml file in order, in
/// constant memory. `on_message` returns false to stop. `on_bytes` hears how far the file has been
/// read. `start` is where reading of an mbox begins, the offset of a message. Messages over 64 MiB
/// are cut. Throws std::runtime_error (one sentence) where the path cannot be read at all.
void read_mailbox(const std::filesystem::path& path,
                  const std::function<bool(RawMessage&&)>& on_message,
                  const std::function<void(std::uint64_t)>& on_bytes = {},
                  std::stop_token stop = {}, std::uint64_t start = 0);

/// Whether the mbox at `path` has a message beginning at `offset`.
bool message_begins_at(const std::filesystem::path& path, std::uint64_t offset);

/// Every mailbox below the paths (a folder is walked), in name order, and what was passed over
/// with the reason.
struct MailboxList {
  std::vector<std::filesystem::path> mailboxes;
  std::vector<std::pair<std::filesystem::path, std::string>> passed_over;
};
/// Throws std::runtime_error where one of `paths` does not exist or cannot be read.
MailboxList find_mailboxes(const std::vector<std::filesystem::path>& paths);

}  // namespace sancho::core
