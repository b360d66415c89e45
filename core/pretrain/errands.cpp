#include "core/pretrain/errands.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string_view>

#include "core/playback/shorthand.h"
#include "core/playback/text_words.h"
#include "core/pretrain/errand_phrases.h"

namespace sancho::core {

namespace {

using Random = std::mt19937_64;
/// Slots and what they stand for: in the note, in the mail.
using Slots = std::map<std::string, std::pair<std::string, std::string>, std::less<>>;

std::size_t below(Random& random, std::size_t count) {
  return static_cast<std::size_t>(random() % count);
}

std::string of(Random& random, const Phrases& phrases) {
  return std::string(phrases[below(random, phrases.size())]);
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string upper_first(const std::string& text) {
  return text.empty() ? text : upper(text[0]) + text.substr(1);
}

enum class Side { note, mail };

/// A phrase of a slot, of the tables or of the corpus; "do2" and "do3" are further draws of "do".
std::string_view phrase_of(std::string_view name, const CorpusClauses& corpus, Random& random) {
  if ((name.ends_with('2') || name.ends_with('3')) && !clause_slots().contains(name) &&
      !noun_slots().contains(name))
    name.remove_suffix(1);
  const auto& met = corpus.of(name);
  if (!met.empty() && below(random, 5) < 3) return met[below(random, met.size())];
  const auto clauses = clause_slots().find(name);
  const Phrases& all = clauses != clause_slots().end() ? clauses->second : noun_slots().at(name);
  return all[below(random, all.size())];
}

const std::vector<Matter>& errand_matters() {
  static const std::vector<Matter> all = [] {
    std::vector<Matter> joined = single_matters();
    joined.insert(joined.end(), compound_matters().begin(), compound_matters().end());
    joined.insert(joined.end(), answer_matters().begin(), answer_matters().end());
    joined.insert(joined.end(), terse_matters().begin(), terse_matters().end());
    joined.insert(joined.end(), everyday_matters().begin(), everyday_matters().end());
    return joined;
  }();
  return all;
}

/// The phrase with its slots filled, phrases for them drawn where they are met first.
std::string filled(std::string_view phrase, Side side, Slots& slots, const CorpusClauses& corpus,
                   Random& random) {
  std::string out;
  while (!phrase.empty()) {
    const auto open = phrase.find('{');
    out += phrase.substr(0, open);
    if (open == phrase.npos) break;
    const auto close = phrase.find('}', open);
    const auto name = phrase.substr(open + 1, close - open - 1);
    phrase.remove_prefix(close + 1);
    auto slot = slots.find(name);
    if (slot == slots.end()) {
      const std::string drawn(phrase_of(name, corpus, random));
      const auto bar = drawn.find('|');
      const auto mail = bar == drawn.npos ? drawn : drawn.substr(bar + 1);
      slot = slots.emplace(name, std::pair(drawn.substr(0, bar), mail)).first;
    }
    const std::string content = side == Side::note ? slot->second.first : slot->second.second;
    out += filled(content, side, slots, corpus, random);
  }
  return out;
}

bool all_told(std::string_view sentence, const std::string& note) {
  for (auto open = sentence.find('{'); open != sentence.npos; open = sentence.find('{', open + 1))
    if (note.find(sentence.substr(open, sentence.find('}', open) + 1 - open)) == note.npos)
      return false;
  return true;
}

std::string time_of(Random& random) {
  static const Phrases minutes{":00", ":15", ":30", ":45", ":30"};
  const std::string hour = std::to_string(1 + below(random, 12));
  switch (below(random, 5)) {
    case 0:
      return hour + of(random, {"am", "pm", "pm"});
    case 1:
      return hour + of(random, {" am", " pm"});
    case 2:
      return hour + of(random, minutes) + of(random, {" am", " pm", "pm"});
    case 3:
      return std::to_string(8 + below(random, 12)) + of(random, minutes);
    default:
      return hour + of(random, minutes);
  }
}

std::string date_of(Random& random) {
  static const Phrases months{"January",   "February", "March",    "April",
                              "May",       "June",     "July",     "August",
                              "September", "October",  "November", "December"};
  const std::size_t day = 1 + below(random, 30);
  const std::string number = std::to_string(day), month = of(random, months);
  switch (below(random, 5)) {
    case 0:
    case 1:
      return number + " " + month;
    case 2:
    case 3:
      return month + " " + number;
    default:
      return std::to_string(1 + below(random, 12)) + "/" + number;
  }
}

std::string digits(Random& random, std::size_t count) {
  std::string out(1, static_cast<char>('1' + below(random, 9)));
  while (out.size() < count) out += static_cast<char>('0' + below(random, 10));
  return out;
}

std::string money_of(Random& random) {
  switch (below(random, 5)) {
    case 0:
      return "$" + digits(random, 1 + below(random, 3)) + "," + digits(random, 3);
    case 1:
      return "$" + digits(random, 1 + below(random, 2)) + " million";
    case 2:
      return digits(random, 2 + below(random, 3)) + of(random, {" euros", " dollars", " EUR"});
    case 3:
      return "$" + digits(random, 2) + "." + digits(random, 2);
    default:
      return "$" + digits(random, 2 + below(random, 3));
  }
}

std::string phone_of(Random& random) {
  switch (below(random, 3)) {
    case 0:
      return digits(random, 3) + "-" + digits(random, 4);
    case 1:
      return digits(random, 3) + "-" + digits(random, 3) + "-" + digits(random, 4);
    default:
      return "x" + digits(random, 4 + below(random, 2));
  }
}

Slots draw_slots(const EntitySwap& names, Random& random) {
  static const Phrases days{"Monday", "Tuesday",  "Wednesday", "Thursday",
                            "Friday", "Saturday", "Sunday"};
  static const Phrases things{"sheets", "chairs",  "brochures", "badges", "laptops", "copies",
                              "boxes",  "tickets", "samples",   "pages",  "units",   "folders",
                              "cables", "posters", "licences",  "mugs",   "desks",   "bottles"};
  static const Phrases topics{
      "Q1",    "Q2",    "Q3", "Q4", "May", "June", "October", "2023", "second quarter",
      "sales", "travel"};
  Slots slots;
  const auto set = [&](const char* name, const std::string& text) { slots[name] = {text, text}; };
  const auto set_two = [&](const char* name, const char* other, const auto& draw) {
    const std::string first = draw();
    std::string second = draw();
    while (second == first) second = draw();
    set(name, first);
    set(other, second);
  };
  const auto number_to = [&](std::size_t last) { return std::to_string(2 + below(random, last)); };
  set_two("day", "day2", [&] { return of(random, days); });
  set_two("time", "time2", [&] { return time_of(random); });
  set_two("date", "date2", [&] { return date_of(random); });
  set_two("money", "money2", [&] { return money_of(random); });
  set_two("topic", "topic2", [&] { return of(random, topics); });
  set_two("count", "count3", [&] { return number_to(std::size_t(1) << (3 + below(random, 8))); });
  set_two("count2", "count4", [&] { return number_to(24); });
  set_two("small", "small2", [&] { return std::to_string(1 + below(random, 99)); });
  set_two("percent", "percent2", [&] { return digits(random, 1 + below(random, 2)) + "%"; });
  set_two("place", "place2",
          [&] { return below(random, 3) ? names.thing(random) : "room " + digits(random, 3); });
  const auto somebody = [&] {
    const std::string title = below(random, 8) ? "" : of(random, {"Mr. ", "Mrs. ", "Ms. ", "Dr. "});
    if (!title.empty()) return title + names.family(random);
    return names.person(random) + (below(random, 4) ? "" : " " + names.family(random));
  };
  set_two("name", "name2", somebody);
  set("things", of(random, things));
  set("file", names.file(random));
  set("link", names.link(random));
  set("number", (below(random, 2) ? std::string() : of(random, {"INV-", "A", "#"})) +
                    digits(random, 3 + below(random, 4)));
  set("phone", phone_of(random));
  set("email", lower_case(names.person(random)) + "@" + lower_case(names.family(random)) +
                   of(random, {".com", ".org", ".net"}));
  set("version", digits(random, 1) + "." + digits(random, 1) + of(random, {"", ".1", ".2", ".7"}));
  set("flight",
      of(random, {"BA", "LH", "AA", "UA", "KL", "AF"}) + digits(random, 3 + below(random, 2)));
  std::string project = of(random, {"project ", "the ", ""}) + names.thing(random) +
                        of(random, {"", "", " project", " launch", " report"});
  if (project.starts_with("the ") && !project.ends_with("t")) project += " report";
  set("project", project);
  return slots;
}

/// How the note speaks of its reader.
struct Reader {
  std::string name, he, him, his;
  bool plural = false;
};

Reader draw_reader(const std::string& name, Random& random) {
  switch (below(random, 3)) {
    case 0:
      return {name, "he", "him", "his"};
    case 1:
      return {name, "she", "her", "her"};
    default:
      return {name, "they", "them", "their", true};
  }
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// The mail speaks to the reader.
std::string spoken_to(std::string text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> words{
      {{"<he>", "you"},
       {"<him>", "you"},
       {"<his>", "your"},
       {"<is>", "are"},
       {"<has>", "have"},
       {"<was>", "were"},
       {"<does>", "do"},
       {"<s>", ""}}};
  for (const auto& [mark, word] : words) replace_all(text, mark, word);
  if (text.starts_with("i ")) text[0] = 'I';
  replace_all(text, " i ", " I ");
  for (std::size_t i = 2; i < text.size(); ++i)
    if (text[i - 1] == ' ' && std::string_view(".!?").find(text[i - 2]) != std::string_view::npos)
      text[i] = upper(text[i]);
  return upper_first(text);
}

/// True where the word before stands before an object: "ask <to>", "from <to>".
bool takes_object(std::string_view before) {
  static constexpr std::array<std::string_view, 19> words{
      "ask", "tell", "remind", "thank",   "invite", "send", "to",    "from",   "with",   "get",
      "let", "wish", "for",    "forward", "give",   "on",   "write", "inform", "promise"};
  const auto space = before.find_last_of(' ', before.size() - 2);
  const auto word = before.substr(space == before.npos ? 0 : space + 1);
  return std::ranges::any_of(words, [&](auto w) { return word == std::string(w) + " "; });
}

/// The note speaks of the reader: by name first, unless `named` already.
std::string spoken_of(std::string text, const Reader& reader, bool named, Random& random) {
  if (!named && text.find("<to>") == text.npos && below(random, 5) < 2)
    if (const auto at = text.find("<his>"); at != text.npos)
      text.replace(at, 5, reader.name + of(random, {"'s", "s", "'s"}));
  if (const auto at = text.find("<to>"); at != text.npos) {
    const bool pronoun = named && at > 1 && takes_object(std::string_view(text).substr(0, at));
    text.replace(at, 4, pronoun ? reader.him : reader.name);
  }
  const bool plural = reader.plural;
  const std::array<std::pair<std::string_view, std::string_view>, 8> words{
      {{"<he>", reader.he},
       {"<him>", reader.him},
       {"<his>", reader.his},
       {"<is>", plural ? "are" : "is"},
       {"<has>", plural ? "have" : "has"},
       {"<was>", plural ? "were" : "was"},
       {"<does>", plural ? "do" : "does"},
       {"<s>", plural ? "" : "s"}}};
  for (const auto& [mark, word] : words) replace_all(text, mark, word);
  return text;
}

/// The note as typed: some days shortened, at times all small letters or abbreviated.
std::string typed(std::string note, Random& random) {
  static constexpr std::array<std::string_view, 7> days{
      "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  if (below(random, 5) == 0)
    for (const auto day : days)
      if (const auto at = note.find(day); at != note.npos)
        note.replace(at, day.size(), day.substr(0, 3));
  if (below(random, 4) == 0) note = abbreviated(note, random());
  return below(random, 2) ? lower_case(note) : note;
}

struct Tone {
  Phrases words, greetings, closings;
};

const std::array<Tone, 4>& tones() {
  static const std::array<Tone, 4> all{
      {{{""},
        {"{to},", "Hi {to},", "{to} -", "Hello {to},", ""},
        {"Thanks,", "", "Regards,", "Best,", "Thank you,"}},
       {{"friendly", "warm", "short & friendly", "cheerful"},
        {"Hi {to},", "Hi {to}!", "Hey {to},"},
        {"Cheers,", "Best,", "Take care,"}},
       {{"formal", "polite", "professional"},
        {"Dear {to},", "Good morning {to},"},
        {"Kind regards,", "Best regards,", "Sincerely,"}},
       {{"short", "brief", "quick", "to the point"}, {"{to},", "{to} -", ""}, {"", "Thanks,"}}}};
  return all;
}

}  // namespace

Errand make_errand(const EntitySwap& names, const CorpusClauses& clauses, std::mt19937_64& random) {
  Errand errand;
  errand.from_name = names.person(random);
  errand.to_name = names.person(random);
  const bool lower_name = below(random, 2) == 0;
  const Reader reader =
      draw_reader(lower_name ? lower_case(errand.to_name) : errand.to_name, random);
  // The reader's name is in the note, in the prompt, or in both.
  const bool by_name = below(random, 4) > 0;

  std::vector<std::string> notes, sentences;
  std::vector<const Matter*> used;
  bool named = !by_name;
  const std::array<std::size_t, 6> counts{1, 1, 1, 2, 2, 3};
  const std::size_t wanted = counts[below(random, counts.size())];
  while (notes.size() < wanted) {
    const auto& matters = below(random, 3) ? errand_matters() : clause_matters();
    const Matter& matter = matters[below(random, matters.size())];
    const bool answer = !matter.incoming.empty();
    const auto note = of(random, matter.notes), sentence = of(random, matter.sentences);
    const auto incoming = answer ? of(random, matter.incoming) : std::string();
    if (std::ranges::find(used, &matter) != used.end() || (answer && !notes.empty()) ||
        !all_told(sentence, note + incoming) || !all_told(note, sentence))
      continue;
    used.push_back(&matter);
    Slots slots = draw_slots(names, random);
    if (answer)
      errand.incoming =
          upper_first(spoken_to(filled(incoming, Side::mail, slots, clauses, random)));
    else if (notes.empty() && !matter.subjects.empty()) {
      const auto subject = of(random, matter.subjects);
      if (all_told(subject, note))
        errand.subject = spoken_to(filled(subject, Side::mail, slots, clauses, random));
    }
    const std::string filled_note = filled(note, Side::note, slots, clauses, random);
    const bool has_name = filled_note.find("<to>") != std::string::npos;
    notes.push_back(spoken_of(filled_note, reader, named, random));
    named = named || has_name;
    sentences.push_back(spoken_to(filled(sentence, Side::mail, slots, clauses, random)));
  }

  Slots reader_slot{{"to", {errand.to_name, errand.to_name}}};
  const auto with_reader = [&](const std::string& phrase) {
    return filled(phrase, Side::mail, reader_slot, clauses, random);
  };
  const Tone& tone = tones()[below(random, 2) ? 0 : below(random, 4)];
  const auto greeting = with_reader(of(random, tone.greetings)),
             closing = of(random, tone.closings);
  errand.mail = (greeting.empty() ? "" : greeting + "\n\n") +
                join(sentences, below(random, 3) ? " " : "\n\n") + "\n\n" +
                (closing.empty() ? "" : closing + "\n") + errand.from_name;
  if (!errand.incoming.empty()) {
    if (below(random, 2)) errand.incoming = errand.from_name + ",\n\n" + errand.incoming;
    if (below(random, 3))
      errand.incoming += "\n\n" + of(random, {"Thanks,\n", "", "Best,\n"}) + errand.to_name;
  }

  const bool bullets = below(random, 5) == 0;
  std::string note = bullets
                         ? "- " + join(notes, "\n- ")
                         : join(notes, of(random, {", ", "; ", ". ", " - ", " and ", ", also "}));
  if (!bullets) note = typed(note, random);
  const auto words = of(random, tone.words);
  static const Phrases leads{
      "tell {to} ",      "{to}: ",         "email {to}: ", "write {to} - ", "to {to}: ",
      "let {to} know: ", "mail to {to}: ", "{to} - ",      "msg {to}, "};
  const bool in_note = lower_case(note).find(lower_case(errand.to_name)) != std::string::npos;
  if (by_name && !in_note && errand.incoming.empty()) {
    reader_slot["to"] = {reader.name, reader.name};
    const auto lead = with_reader(of(random, leads));
    note = bullets ? std::string(trim(lead)) + "\n" + note : lead + note;
  }
  if (by_name && errand.incoming.empty() && below(random, 3)) errand.to_name.clear();
  errand.instruction = words.empty() ? note : words + ": " + note;
  return errand;
}

}  // namespace sancho::core
