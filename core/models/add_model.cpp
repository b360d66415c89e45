#include "core/models/add_model.h"

#include <algorithm>
#include <stdexcept>

#include "engine/model/model.h"

namespace sancho::core {

namespace fs = std::filesystem;

namespace {

/// "mail-1.1b" for "…/mail-1.1b.gguf" and "…/mail-1.1b/".
std::string name_of(const fs::path& source) {
  const fs::path path = fs::weakly_canonical(source);
  return fs::is_directory(path) ? path.filename().string() : path.stem().string();
}

bool is_model_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) || c == '.' || c == '-' || c == '_';
         });
}

}  // namespace

AddedModel add_model(const fs::path& source, const fs::path& models, std::string name,
                     const std::vector<std::string>& taken) {
  if (name.empty()) name = name_of(source);
  if (!is_model_name(name))
    throw std::runtime_error("\"" + name +
                             "\" cannot name a model; choose a name of letters, digits, dots and "
                             "dashes.");
  const fs::path file = models / (name + ".safetensors");
  if (fs::exists(file) || std::ranges::count(taken, name) != 0)
    throw std::runtime_error("There is a model called " + name + " already; choose another name.");
  const auto model = engine::Model::load(source);
  fs::create_directories(models);
  model->save(file);
  return {name, engine::parameter_count(model->config()), model->bytes(), model->has_tokenizer()};
}

}  // namespace sancho::core
