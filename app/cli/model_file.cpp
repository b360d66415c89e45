#include "app/cli/model_file.h"

#include "core/assistant.h"

namespace sancho::cli {

std::filesystem::path model_file(const std::string& name_or_path, const Context& context) {
  if (std::filesystem::exists(name_or_path)) return name_or_path;
  for (const core::ModelEntry& model : core::Assistant(context.profile).models()) {
    if (model.name != name_or_path) continue;
    if (!model.usable) throw std::runtime_error(model.problem);
    return model.path;
  }
  throw std::runtime_error("There is no model called \"" + name_or_path +
                           "\" and no such file; `sancho-cli model list` names the models.");
}

std::shared_ptr<const engine::Model> load_model(const std::string& name_or_path,
                                                const Context& context) {
  if (std::filesystem::exists(name_or_path)) return engine::Model::load(name_or_path);
  return core::Assistant(context.profile).load_model(name_or_path);
}

}  // namespace sancho::cli
