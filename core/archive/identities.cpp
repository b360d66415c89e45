#include <algorithm>
#include <map>

#include "core/archive/archive_impl.h"
#include "core/archive/record.h"

// Whose mailbox is this? A user writes much of it and receives much of it; a colleague or a robot
// does at most one of the two as often.

namespace sancho::core {
namespace {

constexpr std::size_t kMostGuesses = 20;

struct Candidate {
  IdentityGuess guess;
  double score = 0;
  std::string person;
};

}  // namespace

void Archive::Impl::flush_correspondents() {
  for (const auto& [address, counts] : tally) {
    if (address.empty()) continue;
    auto& row = prepared(
        "INSERT INTO correspondent(address, name, sent, received) VALUES(?1, ?2, ?3, ?4) "
        "ON CONFLICT(address) DO UPDATE SET sent = sent + ?3, received = received + ?4, "
        "name = CASE WHEN ?2 <> '' THEN ?2 ELSE name END");
    row.bind(1, address);
    row.bind(2, counts.name);
    row.bind(3, counts.sent);
    row.bind(4, counts.received);
    row.exec();
  }
  tally.clear();
}

void Archive::Impl::load_identities() {
  identities.clear();
  auto& rows = prepared("SELECT address FROM identity");
  while (rows.executeStep()) identities.insert(rows.getColumn(0).getString());
}

std::vector<IdentityGuess> Archive::identities() const {
  Impl& impl = *impl_;
  return impl.guarded([&] {
    if (impl.batch_open) impl.flush_correspondents();
    impl.load_identities();
    std::vector<Candidate> candidates;
    auto& rows = impl.prepared(
        "SELECT address, name, sent, received FROM correspondent WHERE sent > 0 "
        "UNION SELECT address, '', 0, 0 FROM identity WHERE address NOT IN "
        "(SELECT address FROM correspondent WHERE sent > 0)");
    while (rows.executeStep()) {
      Candidate candidate;
      candidate.guess.address = {rows.getColumn(1).getString(), rows.getColumn(0).getString()};
      candidate.guess.sent = static_cast<std::size_t>(rows.getColumn(2).getInt64());
      candidate.guess.confirmed = impl.identities.contains(candidate.guess.address.address);
      candidate.score = rows.getColumn(2).getDouble() * (rows.getColumn(3).getDouble() + 1);
      candidate.person = person_key(candidate.guess.address.name);
      candidates.push_back(std::move(candidate));
    }
    // Addresses of one person stand together, at the place of the strongest of them.
    std::map<std::string, double> best;
    for (const Candidate& c : candidates)
      if (!c.person.empty()) best[c.person] = std::max(best[c.person], c.score);
    const auto group = [&](const Candidate& c) {
      return c.person.empty() ? c.score : best[c.person];
    };
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](const Candidate& a, const Candidate& b) {
                       if (a.guess.confirmed != b.guess.confirmed) return a.guess.confirmed;
                       if (group(a) != group(b)) return group(a) > group(b);
                       if (a.person != b.person) return a.person < b.person;
                       return a.score > b.score;
                     });
    std::vector<IdentityGuess> out;
    for (Candidate& c : candidates)
      if (c.guess.confirmed || out.size() < kMostGuesses) out.push_back(std::move(c.guess));
    return out;
  });
}

void Archive::set_identities(const std::vector<std::string>& addresses) {
  Impl& impl = *impl_;
  impl.guarded([&] {
    impl.begin_batch();
    impl.db.exec("DELETE FROM identity");
    for (std::string address : addresses) {
      for (char& c : address)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      auto& row = impl.prepared("INSERT INTO identity(address) VALUES(?) ON CONFLICT DO NOTHING");
      row.bind(1, address);
      row.exec();
    }
    impl.db.exec(
        "UPDATE message SET own = from_address IN (SELECT address FROM identity) "
        "WHERE own <> (from_address IN (SELECT address FROM identity))");
    impl.batch_changed = true;
    impl.commit_batch();
    impl.load_identities();
  });
}

}  // namespace sancho::core
