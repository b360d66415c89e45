#pragma once

#include <filesystem>
#include <string>

#include "app/cli/progress.h"
#include "app/cli/verb.h"
#include "core/pretrain/pretrain_job.h"

namespace sancho::cli {

/// The options that `model corpus` and `model pretrain` share.
void declare_pretraining(CLI::App& app, core::PretrainOptions& options);

/// Shows a pretraining job on a line.
core::PretrainSink pretraining_progress(ProgressLine& line);

/// The JSON object in `file`; an empty one where there is none.
Json read_report(const std::filesystem::path& file);

}  // namespace sancho::cli
