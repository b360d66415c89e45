#include "core/playback/training_pair.h"
#include "engine/checkpoint/atomic_file.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sancho::core {

namespace {

using nlohmann::json;

std::runtime_error failure(const std::filesystem::path& path, const std::string& what) {
  return std::runtime_error("The training pairs " + path.string() + " " + what + ".");
}

}  // namespace

void write_pairs(const std::filesystem::path& path, const std::vector<TrainingPair>& pairs) {
  std::string lines;
  for (const auto& pair : pairs) {
    const json line{{"message", pair.message},
                    {"date", pair.date},
                    {"heldout", pair.heldout},
                    {"style", pair.style},
                    {"instruction", pair.instruction},
                    {"from_name", pair.from_name},
                    {"to_name", pair.to_name},
                    {"subject", pair.subject},
                    {"incoming", pair.incoming},
                    {"related", pair.related},
                    {"mail", pair.mail}};
    lines += line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  }
  engine::replace_file(path, lines);
}

std::vector<TrainingPair> read_pairs(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw failure(path, "cannot be opened; run playback first");
  std::vector<TrainingPair> pairs;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    try {
      const json record = json::parse(line);
      TrainingPair pair;
      pair.message = record.at("message");
      pair.date = record.at("date");
      pair.heldout = record.at("heldout");
      pair.style = record.at("style");
      pair.instruction = record.at("instruction");
      pair.from_name = record.at("from_name");
      pair.to_name = record.at("to_name");
      pair.subject = record.at("subject");
      pair.incoming = record.at("incoming");
      pair.related = record.at("related").get<std::vector<std::string>>();
      pair.mail = record.at("mail");
      pairs.push_back(std::move(pair));
    } catch (const json::exception&) {
      throw failure(path, "are damaged in line " + std::to_string(number) + "; run playback again");
    }
  }
  if (file.bad()) throw failure(path, "cannot be read to the end");
  return pairs;
}

}  // namespace sancho::core
