#include "tiny_profile.h"

#include <fstream>

#include "core/pretrain/tokenizer_training.h"
#include "engine/train/trainer.h"

namespace {

const char* const topics[] = {"the turbine budget", "lunch with the auditors", "the office lease",
                              "our training plan",  "the Lisbon trip",         "the pump contract"};
const char* const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"};

std::string topic(int i) {
  return topics[i % 6];
}
std::string day(int i) {
  return days[i % 5];
}

std::string question(int i) {
  return "Hello Kit,\n\ncould you tell me what happens with " + topic(i) + " on " + day(i) +
         "? The number is " + std::to_string(1000 + 17 * i) + ".\n\nRegards\nAna";
}

std::string answer(int i) {
  return "Hey Ana!\n\nsure thing, " + topic(i) + " is settled for " + day(i + 1) + " and costs $" +
         std::to_string(200 + 13 * i) + ". Give me a ring if it has to move.\n\nCheers, Kit";
}

/// One day later for every `i`: "1 Jan 2022 9:00:00 +0000".
std::string date(int i, int hour) {
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun"};
  return std::to_string(1 + i % 28) + " " + months[i / 28 % 6] + " 2022 " + std::to_string(hour) +
         ":00:00 +0000";
}

}  // namespace

void write_tiny_model(const std::filesystem::path& folder) {
  std::vector<std::string> texts;
  for (int i = 0; i < 60; ++i) {
    texts.push_back(question(i));
    texts.push_back(answer(i));
  }
  const auto tokenizer = sancho::core::train_tokenizer(texts, 512, 1);
  sancho::engine::ModelConfig config;
  config.vocab_size = tokenizer.vocab_size();
  config.hidden_size = 32;
  config.intermediate_size = 64;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 4;
  config.num_key_value_heads = 2;
  config.head_dim = 8;
  config.max_position_embeddings = 384;
  config.tie_word_embeddings = true;
  config.bos_token_id = tokenizer.bos_id();
  config.eos_token_id = tokenizer.eos_id();
  std::filesystem::create_directories(folder / "models");
  sancho::engine::make_initial_model(config, tokenizer, 3)
      ->save(folder / "models" / "built-in.safetensors");
}

void write_tiny_mailbox(const std::filesystem::path& path, int own) {
  std::ofstream out(path);
  for (int i = 0; i < own; ++i) {
    const std::string n = std::to_string(i);
    out << "From ana@example.com Mon Jan  3 10:00:00 2022\n"
        << "From: Ana Ruiz <ana@example.com>\nTo: Kit Malone <kit@example.org>\n"
        << "Message-ID: <q" << n << "@example.com>\nSubject: About " << topic(i) << "\n"
        << "Date: " << date(i, 9) << "\n\n"
        << question(i) << "\n\n"
        << "From kit@example.org Mon Jan  3 11:00:00 2022\n"
        << "From: Kit Malone <kit@example.org>\nTo: Ana Ruiz <ana@example.com>\n"
        << "Message-ID: <a" << n << "@example.org>\nIn-Reply-To: <q" << n << "@example.com>\n"
        << "Subject: Re: About " << topic(i) << "\nDate: " << date(i, 15) << "\n\n"
        << answer(i) << "\n\n";
  }
}
