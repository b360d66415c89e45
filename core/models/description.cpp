#include "core/models/description.h"

namespace sancho::core {

ModelDescription describe_model(const std::filesystem::path& path) {
  return describe_model(*engine::Model::load(path));
}

ModelDescription describe_model(const engine::Model& model) {
  ModelDescription description;
  description.architecture = "LlamaForCausalLM";
  description.parameters = engine::parameter_count(model.config());
  description.bytes = model.bytes();
  description.sparsity = model.sparsity();
  description.formats = model.formats();
  description.config = model.config();
  description.has_tokenizer = model.has_tokenizer();
  const auto report = model.metadata().find(compression_key);
  if (report != model.metadata().end()) {
    description.compression_json = report->second;
    description.compression = compression_report_from_json(report->second);
  }
  return description;
}

}  // namespace sancho::core
