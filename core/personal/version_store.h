#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/personal/training.h"
#include "engine/model/model.h"

namespace sancho::core {

/// What is known of one personal model: its report.json.
struct VersionReport : TrainFigures {
  std::string name;  // "v0003": its folder
  std::int64_t created = 0;
  std::string method, optimizer;
  std::string base;  // fingerprint of the model it was made from
};

/// The personal models of one user: a folder each, and the file `active` that names the one in use.
/// A folder appears whole, and a switch is one rename: a crash leaves what was there before.
class VersionStore {
 public:
  explicit VersionStore(std::filesystem::path folder);

  /// In order of age; folders without a readable report are left out.
  std::vector<VersionReport> list() const;
  /// Empty: none, the base model alone.
  std::string active() const;
  /// Throws std::runtime_error where there is no such version. Empty = none.
  void activate(const std::string& name);

  /// The name that the next version will get.
  std::string next_name() const;
  /// Makes version `report.name` from what `write` puts into the folder it is given.
  void publish(const VersionReport& report,
               const std::function<void(const std::filesystem::path& folder)>& write);
  bool contains(const std::string& name) const;
  /// Deletes a version. Throws std::runtime_error where there is none or it is the active one.
  void remove(const std::string& name);

  /// Loads a version. An adapter is laid over `base`, the model it was made from, whose weights it
  /// shares; throws std::runtime_error where it was made from another one.
  std::shared_ptr<const engine::Model> load(const std::string& name,
                                            std::shared_ptr<const engine::Model> base) const;

 private:
  std::filesystem::path folder_;
};

inline constexpr const char* version_model_file = "model.safetensors";
inline constexpr const char* version_adapter_file = "adapter.safetensors";
/// Key of an adapter's metadata: the fingerprint of the model it belongs to.
inline constexpr const char* adapter_base = "sancho.base";

}  // namespace sancho::core
