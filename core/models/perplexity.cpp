#include "core/models/perplexity.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "engine/model/likelihood.h"

namespace sancho::core {

namespace {

using engine::TokenId;

std::string document_of_line(const std::string& line, const std::string& where) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  for (const char* field : {"text", "own", "body", "email", "mail", "reply"})
    if (json.is_object() && json.contains(field) && json[field].is_string())
      return json[field].get<std::string>();
  throw std::runtime_error(where +
                           " is not a JSON object with a text, own, body, email, mail or "
                           "reply field.");
}

}  // namespace

std::vector<std::string> read_documents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  if (std::filesystem::is_directory(file) || !in)
    throw std::runtime_error("The file \"" + file.string() + "\" cannot be read.");
  std::vector<std::string> documents;
  if (in.peek() == '{') {
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      std::string text =
          document_of_line(line, "Line " + std::to_string(number) + " of " + file.string());
      if (!text.empty()) documents.push_back(std::move(text));
    }
  } else {
    content << in.rdbuf();
    if (!content.str().empty()) documents.push_back(content.str());
  }
  if (in.bad()) throw std::runtime_error("Reading \"" + file.string() + "\" failed.");
  if (documents.empty())
    throw std::runtime_error("There is no text in \"" + file.string() + "\" to measure.");
  return documents;
}

PerplexityResult measure_perplexity(
    std::shared_ptr<const engine::Model> model, std::span<const std::string> documents,
    unsigned threads, const std::function<void(std::size_t, std::size_t)>& on_progress,
    std::stop_token stop) {
  const engine::Tokenizer& tokenizer = model->tokenizer();
  const std::size_t context = model->config().max_position_embeddings;
  if (context < 4) throw std::runtime_error("The model's context is too short to measure with.");
  engine::Session session(model, std::make_shared<engine::ThreadPool>(threads), context);

  PerplexityResult result;
  for (std::size_t index = 0; index < documents.size() && !stop.stop_requested(); ++index) {
    std::vector<TokenId> tokens = {tokenizer.bos_id()};
    const auto text = tokenizer.encode(documents[index]);
    tokens.insert(tokens.end(), text.begin(), text.end());
    std::size_t counted = 1;
    for (std::size_t begin = 0; counted < tokens.size(); begin += context / 2) {
      const auto window =
          std::span(tokens).subspan(begin, std::min(context, tokens.size() - begin));
      result.nll -= engine::log_likelihood(session, window, counted - begin, stop);
      counted = begin + window.size();
    }
    result.tokens += text.size();
    result.bytes += documents[index].size();
    if (on_progress) on_progress(index + 1, documents.size());
  }
  return result;
}

}  // namespace sancho::core
