// What the engine foretells, for comparison with another program:
//   peer_tokens MODEL TEXT_FILE | random:COUNT | id,id,… [f32]   → one JSON object
// With `f32` the weights are those of the file but nothing is rounded while computing.
// `ids` are read at once (`top1`, and its `margin` over the next best, after each); the first
// `prompt` of them are also continued greedily by 64 tokens.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "engine/model/model_builder.h"
#include "engine/model/session.h"

using namespace sancho::engine;

namespace {

constexpr std::size_t greedy_tokens = 64, prompt_tokens = 16, longest = 400;

struct Input {
  std::vector<TokenId> ids;
  std::string text;  // empty: the ids come from elsewhere
  std::size_t text_tokens = 0;
};

Input read_input(const Model& model, const std::string& word) {
  Input input;
  if (word.starts_with("random:")) {
    std::mt19937 random(5);
    for (std::size_t i = std::stoul(word.substr(7)); i > 0; --i)
      input.ids.push_back(static_cast<TokenId>(random() % model.config().vocab_size));
  } else if (std::ifstream file(word, std::ios::binary); file) {
    input.text.assign(std::istreambuf_iterator<char>(file), {});
    auto ids = model.tokenizer().encode(input.text);
    input.ids.push_back(model.config().bos_token_id);
    input.text_tokens = ids.size();
    input.ids.insert(input.ids.end(), ids.begin(), ids.end());
  } else {
    std::istringstream list(word);
    for (std::string id; std::getline(list, id, ',');) input.ids.push_back(std::stoi(id));
  }
  return input;
}

/// The likeliest token and by how much its logit exceeds the next one's.
std::pair<TokenId, float> top(std::span<const float> logits) {
  const auto best = std::ranges::max_element(logits);
  float second = -1e30f;
  for (auto it = logits.begin(); it != logits.end(); ++it)
    if (it != best) second = std::max(second, *it);
  return {static_cast<TokenId>(best - logits.begin()), *best - second};
}

std::shared_ptr<const Model> in_f32(const Model& model) {
  ModelBuilder builder(model.config());
  if (model.has_tokenizer()) builder.tokenizer(model.tokenizer());
  for (const std::string& name : linear_names(model.config())) {
    const auto layer = linear_by_name(model, name);
    std::vector<float> w(layer->out_features() * layer->in_features());
    const MatrixView<float> dense(w.data(), layer->out_features(), layer->in_features());
    layer->to_dense(dense);
    builder.linear(name, make_linear(Storage::f32, dense));
  }
  for (const std::string& name : norm_names(model.config()))
    builder.norm(name, norm_by_name(model, name));
  return builder.build();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3 || argc > 4 || (argc == 4 && argv[3] != std::string("f32"))) {
    std::fputs("Usage: peer_tokens MODEL TEXT_FILE | random:COUNT | id,id,… [f32]\n", stderr);
    return 2;
  }
  auto model = Model::load(argv[1]);
  if (argc == 4) model = in_f32(*model);
  Input input = read_input(*model, argv[2]);
  const std::size_t room = model->config().max_position_embeddings;
  nlohmann::json json;
  if (input.text_tokens > 0) {
    json["text"] = input.text;
    json["text_tokens"] = input.text_tokens;
  }
  if (input.ids.size() > std::min(room, longest))
    throw std::runtime_error("The input is longer than " + std::to_string(std::min(room, longest)) +
                             " tokens.");
  Session session(model, std::make_shared<ThreadPool>(2), room, KvFormat::f16);  // as the peer
  std::vector<TokenId> top1, greedy;
  std::vector<float> margins;
  const auto logits = session.read_all(input.ids);
  for (std::size_t i = 0; i < input.ids.size(); ++i) {
    const auto [id, margin] = top(logits.row(i));
    top1.push_back(id);
    margins.push_back(margin);
  }
  const std::size_t prompt = std::min({prompt_tokens, input.ids.size(), room - greedy_tokens});
  session.truncate(0);
  float smallest = 1e30f;
  auto next = top(session.read(std::span(input.ids).first(prompt)));
  while (greedy.size() < greedy_tokens) {
    greedy.push_back(next.first);
    smallest = std::min(smallest, next.second);
    next = top(session.read(std::span(&greedy.back(), 1)));
  }
  json["ids"] = input.ids;
  json["top1"] = top1;
  json["margin"] = margins;
  json["prompt"] = prompt;
  json["greedy"] = greedy;
  json["greedy_smallest_margin"] = smallest;
  std::cout << json.dump() << "\n";
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
