#include "app/cli/hits.h"

#include "app/cli/format.h"

namespace sancho::cli {

Json hits_to_json(const std::vector<core::SearchHit>& hits) {
  Json json = Json::array();
  for (const core::SearchHit& hit : hits)
    json.push_back({{"id", hit.id},
                    {"subject", hit.subject},
                    {"from", hit.from},
                    {"date", iso_date(hit.date)},
                    {"score", hit.score},
                    {"snippet", hit.snippet}});
  return json;
}

}  // namespace sancho::cli
