#include <iostream>

#include "app/cli/format.h"
#include "app/cli/hits.h"

namespace sancho::cli {

namespace {

class SearchVerb : public Verb {
 public:
  std::string name() const override { return "search"; }
  std::string summary() const override { return "find mail by words and by meaning"; }

  void declare(CLI::App& app) override {
    app.add_option("query", query_, "what to look for")->required()->type_name("QUERY");
    app.add_option("--limit", limit_, "how many hits at most")->check(CLI::Range(1, 1000));
  }

  Outcome run(const Context& context) override {
    core::Assistant assistant(context.profile);
    const core::SearchResult result = assistant.search(query_, limit_, context.stop);
    Json json;
    json["hits"] = hits_to_json(result.hits);
    json["milliseconds"] = result.milliseconds;
    return {json, {}};
  }

  void print(const Json& json) const override {
    for (const Json& hit : json["hits"])
      std::cout << hit["date"].get<std::string>().substr(0, 10) << "  "
                << hit["from"].get<std::string>() << "  " << hit["subject"].get<std::string>()
                << "\n            <" << hit["id"].get<std::string>() << ">\n";
    std::cout << json["hits"].size() << " found in "
              << number("%.0f ms", json["milliseconds"].get<double>()) << "\n";
  }

 private:
  std::string query_;
  std::size_t limit_ = 10;
};

}  // namespace

std::unique_ptr<Verb> make_search_verb() {
  return std::make_unique<SearchVerb>();
}

}  // namespace sancho::cli
