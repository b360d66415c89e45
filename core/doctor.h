#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/assistant.h"
#include "core/drafting/mail_index.h"
#include "core/personal/version_store.h"

namespace sancho::core {

/// What the doctor looks at. The functions may throw: what they say becomes the finding.
struct Patient {
  std::filesystem::path profile;
  Archive& archive;
  const VersionStore& versions;
  std::function<std::shared_ptr<const engine::Model>()> base;
  std::function<std::filesystem::path()> base_path;
  std::function<MailIndex&()> index;
};

std::vector<Check> examine(const Patient& patient);

}  // namespace sancho::core
