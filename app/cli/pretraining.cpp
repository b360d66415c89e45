#include "app/cli/pretraining.h"

#include <fstream>

#include "app/cli/format.h"

namespace sancho::cli {

void declare_pretraining(CLI::App& app, core::PretrainOptions& options) {
  app.add_option("--corpus", options.corpus, "folder of sent, replies, lists and prose .jsonl[.xz]")
      ->type_name("DIR");
  app.add_option("--out", options.out, "folder that keeps everything made on the way")
      ->required()
      ->type_name("DIR");
  app.add_option("--vocabulary", options.vocab_size, "pieces of the tokenizer")
      ->check(CLI::Range(512, 65536));
  app.add_option("--start", options.start,
                 "a model to start from (a file, or a folder as `model export --to hf` writes), "
                 "its tokenizer included")
      ->type_name("FILE")
      ->check(CLI::ExistingPath);
  app.add_option("--prose", options.prose_share, "share of the corpus's prose to read")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--plain", options.plain_share, "share of the mails to read without a prompt")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--stored", options.stored_share,
                 "share of these that keep the line ends of the mail program")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--errands", options.errand_share, "errands made up per mail of the corpus")
      ->check(CLI::Range(0.0, 10.0));
  app.add_option("--passes", options.passes, "over the mails, each time worded anew")
      ->check(CLI::Range(1, 100));
  app.add_option("--seed", options.seed, "the same seed gives the same model");
  app.add_flag("!--anew", options.resume, "start again instead of going on from what is in --out");
}

core::PretrainSink pretraining_progress(ProgressLine& line) {
  return [&line](const core::PretrainStatus& status) {
    std::string text = status.phase;
    if (status.total > 0)
      text += " " + std::to_string(status.done) + "/" + std::to_string(status.total);
    if (status.loss > 0) text += number("  loss %.3f", status.loss);
    if (status.heldout_loss) text += number("  held-out %.3f", *status.heldout_loss);
    if (status.tokens_per_second > 0) text += number("  %.0f tokens/s", status.tokens_per_second);
    if (status.seconds_left > 0) text += "  " + human_seconds(status.seconds_left) + " left";
    line.show(text);
  };
}

Json read_report(const std::filesystem::path& file) {
  std::ifstream in(file);
  Json report = Json::parse(in, nullptr, false);
  return report.is_object() ? report : Json::object();
}

}  // namespace sancho::cli
