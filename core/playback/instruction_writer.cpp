#include "core/playback/instruction_writer.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "core/playback/shorthand.h"
#include "core/playback/speech_act.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

using Kind = SpeechAct::Kind;

/// Draws phrasings; the same seed draws the same.
class Chooser {
 public:
  explicit Chooser(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t count) {  // splitmix64
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<std::size_t>((z ^ (z >> 31)) % count);
  }
  std::string of(std::initializer_list<const char*> words) {
    return words.begin()[below(words.size())];
  }

 private:
  std::uint64_t state_;
};

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

bool contains_no_case(std::string_view text, std::string_view part) {
  return lower_case(text).find(lower_case(part)) != std::string::npos;
}

/// Runs of content words, the longest and most frequent first (after RAKE, Rose et al. 2010).
std::vector<std::string> key_phrases(const std::string& text, std::size_t count) {
  std::map<std::string, double> frequency;
  std::vector<std::vector<std::string>> runs(1);
  for (const auto& word : split_words(text)) {
    const auto stem = std::string(strip_punctuation(word));
    const auto low = lower_case(stem);
    const bool content = low.size() > 2 && !is_stop_word(low) && !low.ends_with("ly");
    if (content) {
      runs.back().push_back(stem);
      frequency[low] += 1;
    }
    if ((!content || word.size() > stem.size()) && !runs.back().empty()) runs.emplace_back();
  }
  std::vector<std::pair<double, std::string>> scored;
  for (auto& run : runs) {
    if (run.empty() || run.size() > 4) continue;
    double score = 0;
    for (const auto& word : run) score += frequency[lower_case(word)];
    scored.emplace_back(-score, join(run, " "));
  }
  std::ranges::stable_sort(scored, {}, &std::pair<double, std::string>::first);
  std::vector<std::string> phrases;
  for (const auto& [score, phrase] : scored) {
    if (phrases.size() == count) break;
    const bool telling = phrase.size() > 6 || is_upper(phrase);
    if (telling &&
        std::ranges::none_of(phrases, [&](const auto& p) { return contains_no_case(p, phrase); }))
      phrases.push_back(phrase);
  }
  return phrases;
}

std::string tone_of(const WrittenMail& mail, const MailParts& parts, Chooser& choose) {
  const auto low = " " + lower_case(mail.body) + " ";
  const auto has = [&](std::string_view words) { return low.find(words) != std::string::npos; };
  const std::size_t words = split_words(mail.body).size();
  std::vector<std::string> tone;
  if (words <= 25) tone.push_back(choose.of({"short", "brief", "quick", "one-liner"}));
  if (words > 140) tone.push_back(choose.of({"detailed", "long", "thorough"}));
  const bool formal = has("dear ") || has("sincerely") || has("regards") || has("respectfully");
  if (formal)
    tone.push_back(choose.of({"formal", "polite", "professional"}));
  else if (has("!") || has("haha") || has("love you"))
    tone.push_back(choose.of({"friendly", "warm", "cheerful"}));
  else if (has("plz") || has(" gonna ") || has("hey") || has(" yeah") || parts.greeting.empty())
    tone.push_back(choose.of({"casual", "informal", "direct"}));
  else if (has("please") || has("thank"))
    tone.push_back(choose.of({"polite", "courteous", "friendly"}));
  if (tone.empty()) tone.push_back(choose.of({"plain", "to the point", "neutral"}));
  return join(tone, ", ");
}

/// What the instruction has to say.
struct Brief {
  std::string name;  // of the recipient, may be empty
  bool reply = false;
  std::string about;  // the subject of a new mail, may be empty
  std::vector<SpeechAct> acts;
  std::vector<std::string> extra;  // facts and key phrases of what the acts leave out
};

std::string them(const Brief& brief) {
  return brief.name.empty() ? "them" : brief.name;
}

/// How much of a sentence a note keeps.
enum class Shorthand { full, telegraphic, key_words };

Shorthand draw_shorthand(Chooser& choose) {
  const auto draw = choose.below(8);
  return draw < 5 ? Shorthand::telegraphic : draw < 7 ? Shorthand::key_words : Shorthand::full;
}

/// The act as a phrase that follows "- " or stands in a row of notes; the first of a row keeps the
/// plain verb, which the reader's name may be put to.
std::string note_of(const SpeechAct& act, Shorthand how, bool first, Chooser& choose) {
  const std::string text = how == Shorthand::telegraphic ? telegraphic(act.text)
                           : how == Shorthand::key_words ? key_words(act.text)
                                                         : act.text;
  const auto lead = [&](const char* plain, std::initializer_list<const char*> others) {
    const std::string word = first || choose.below(2) == 0 ? plain : choose.of(others);
    return text.empty() ? word : word + " " + text;
  };
  switch (act.kind) {
    case Kind::tell:
      return first || choose.below(4) > 0 ? text
                                          : choose.of({"say", "mention", "tell them", "add that",
                                                       "let them know", "confirm"}) +
                                                " " + text;
    case Kind::request:
      return lead("ask to", {"ask them to", "get them to", "they should", "please"});
    case Kind::ask:
      return lead("ask", {"find out", "need to know", "check"});
    case Kind::question:
      return lead("ask:", {"question:"}) + "?";
    case Kind::thank:
      return text.empty() ? "say thanks" : lead("thank", {"thanks", "say thanks", "thank them"});
    case Kind::apologise:
      return lead("say sorry", {"apologize", "sorry", "apologise"});
    case Kind::congratulate:
      return lead("congratulate", {"congrats"});
    case Kind::suggest:
      return lead("suggest", {"propose", "how about"});
    case Kind::wish:
      return lead("wish", {"wish them"});
    case Kind::say:
      return lead("say", {"answer"});
    case Kind::attach:
      return lead("attach", {"send", "attaching", "enclose"});
  }
  return text;
}

/// The act as an imperative sentence without its full stop; `who` is a name or "them".
std::string sentence_of(const SpeechAct& act, const std::string& who, bool first, Chooser& choose) {
  const auto& text = act.text;
  const auto with = [&](const std::string& lead) {
    return text.empty() ? lead : lead + " " + text;
  };
  switch (act.kind) {
    case Kind::tell:
      if (first)
        return choose.of({"Tell ", "Let "}) == "Tell " ? "Tell " + who + " that " + text
                                                       : "Let " + who + " know that " + text;
      return choose.of({"Say that", "Tell them that", "Add that", "Mention that"}) + " " + text;
    case Kind::request:
      return with("Ask " + who + " to");
    case Kind::ask:
      return with("Ask " + who);
    case Kind::question:
      return "Ask " + who + ": " + text + "?";
    case Kind::thank:
      return with("Thank " + who);
    case Kind::apologise:
      return with(first ? "Apologize to " + who : "Apologize");
    case Kind::congratulate:
      return with("Congratulate " + who);
    case Kind::suggest:
      return with("Suggest");
    case Kind::wish:
      return with("Wish " + who);
    case Kind::say:
      return first ? "Say " + text + " to " + who : "Say " + text;
    case Kind::attach:
      return choose.of({"Send", "Attach"}) + " " + text;
  }
  return text;
}

/// The opening that names the reader in a row of notes: "tell bob", "reply to bob:".
std::string terse_of(const Brief& brief, Chooser& choose) {
  std::vector<std::string> notes;
  const auto shorthand = draw_shorthand(choose);
  for (const auto& act : brief.acts)
    notes.push_back(note_of(act, shorthand, notes.empty(), choose));
  for (const auto& extra : brief.extra) notes.push_back(extra);
  if (notes.empty()) return {};
  const auto row = [&] { return join(notes, choose.of({", ", ", ", "; ", ". ", " - "})); };
  if (brief.name.empty()) return row();
  const auto kind = brief.acts.empty() ? Kind::tell : brief.acts.front().kind;
  if (choose.below(3) == 0)
    return (brief.reply ? choose.of({"reply to ", "answer ", "re ", "to ", "reply ", ""})
                        : choose.of({"mail ", "email ", "note to ", "to ", "write to ", "msg to ",
                                     "quick note to ", ""})) +
           brief.name + choose.of({": ", ": ", " - ", ", "}) + row();
  const auto after = [&](std::string_view verb, std::string_view lead) {
    notes.front() = std::string(verb) + " " + brief.name + notes.front().substr(lead.size());
  };
  switch (kind) {
    case Kind::tell:
      notes.front() = choose.below(3) == 0 ? "let " + brief.name + " know " + notes.front()
                                           : "tell " + brief.name + " " + notes.front();
      break;
    case Kind::request:
    case Kind::ask:
    case Kind::question:
      after("ask", "ask");
      break;
    case Kind::thank:
      if (brief.acts.front().text.empty())
        notes.front() = "thank " + brief.name;
      else
        after("thank", "thank");
      break;
    case Kind::congratulate:
      after("congratulate", "congratulate");
      break;
    case Kind::wish:
      after("wish", "wish");
      break;
    case Kind::apologise:
      after("tell", "say");
      break;
    case Kind::say:
      after("tell", "say");
      break;
    case Kind::attach:
      after("send", "attach");
      break;
    case Kind::suggest:
      after("suggest to", "suggest");
      break;
  }
  return row();
}

std::string bullets_of(const Brief& brief, Chooser& choose) {
  std::string out;
  if (!brief.name.empty() && choose.below(2) == 0)
    out = (brief.reply ? choose.of({"reply to ", "answer "}) : choose.of({"to ", "mail to "})) +
          brief.name + ":\n";
  const std::string mark = choose.of({"- ", "- ", "* ", ""});
  for (bool first = true; const auto& act : brief.acts) {
    out += mark + note_of(act, draw_shorthand(choose), first, choose) + "\n";
    first = false;
  }
  if (!brief.extra.empty()) out += mark + join(brief.extra, ", ") + "\n";
  if (!out.empty()) out.pop_back();
  return out;
}

std::string sentences_of(const Brief& brief, Chooser& choose) {
  std::string out;
  const auto add = [&](const std::string& sentence) {
    if (sentence.empty()) return;
    if (!out.empty()) out += ' ';
    out += sentence;
    if (out.back() != '?' && out.back() != '.' && out.back() != '!') out += '.';
  };
  const auto& acts = brief.acts;
  std::size_t next = 0;
  bool first = true;
  if (!brief.name.empty() && !acts.empty() && acts[0].kind == Kind::tell && choose.below(2) == 0) {
    add((brief.reply ? choose.of({"Reply to ", "Answer ", "Write back to "})
                     : choose.of({"Write to ", "Email ", "Send a note to "})) +
        brief.name + (brief.about.empty() ? "" : " about " + brief.about) +
        (brief.about.empty() ? " that " : " and say that ") + acts[0].text);
    next = 1;
    first = false;
  } else if (!brief.about.empty() && !brief.name.empty()) {
    add(choose.of({"Write to ", "Email "}) + brief.name + " about " + brief.about);
    first = false;
  }
  for (; next < acts.size(); ++next) {
    add(sentence_of(acts[next], first ? them(brief) : "them", first, choose));
    first = false;
  }
  if (!brief.extra.empty())
    add(choose.of({"Mention ", "Also cover ", "Include "}) + join(brief.extra, ", "));
  return out;
}

/// Acts worth telling, at most `limit`, in their order.
std::vector<SpeechAct> choose_acts(const std::vector<SpeechAct>& acts, std::size_t limit) {
  if (acts.size() <= limit) return acts;
  std::vector<std::pair<double, std::size_t>> scored;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    const auto& act = acts[i];
    double score = 0.5 * static_cast<double>(std::min<std::size_t>(find_facts(act.text).size(), 4));
    if (act.kind == Kind::request || act.kind == Kind::ask || act.kind == Kind::question)
      score += 1.5;
    if (act.kind == Kind::attach || act.kind == Kind::suggest || act.kind == Kind::apologise)
      score += 1;
    if (i == 0) score += 1;
    if (split_words(act.text).size() < 3) score -= 1;
    scored.emplace_back(-score, i);
  }
  std::ranges::stable_sort(scored);
  scored.resize(limit);
  std::ranges::sort(scored, {}, &std::pair<double, std::size_t>::second);
  std::vector<SpeechAct> chosen;
  for (const auto& [score, i] : scored) chosen.push_back(acts[i]);
  return chosen;
}

/// The longest run of words that both texts have.
std::size_t longest_shared_run(std::string_view a, std::string_view b) {
  const auto normalised = [](std::string_view text) {
    std::vector<std::string> words;
    for (const auto& word : split_words(text)) words.push_back(lower_case(strip_punctuation(word)));
    return words;
  };
  const auto x = normalised(a), y = normalised(b);
  std::vector<std::size_t> row(y.size() + 1, 0);
  std::size_t best = 0;
  for (const auto& word : x)
    for (std::size_t j = y.size(); j-- > 0;) {
      row[j + 1] = word == y[j] ? row[j] + 1 : 0;
      best = std::max(best, row[j + 1]);
    }
  return best;
}

std::string clean_subject(std::string_view subject) {
  std::string text(trim(subject));
  const auto low = lower_case(text);
  if (low.starts_with("re:") || low.starts_with("fw:") || low.starts_with("fwd:")) return {};
  const auto words = split_words(text);
  if (words.empty() || words.size() > 7) return {};
  return text;
}

}  // namespace

Instruction write_instruction(const WrittenMail& mail, std::uint64_t variant,
                              const InstructionLimits& limits) {
  static constexpr const char* styles[] = {"sentence", "terse", "bullets", "toned"};
  constexpr std::size_t short_mail = 25;  // words
  constexpr std::size_t max_extra = 10;

  const MailParts parts = split_mail(mail.body, mail.from_name, mail.to_name);
  auto acts = read_speech_acts(parts.sentences);
  if (acts.empty() && !parts.sign_off.empty() && parts.sentences.empty())
    acts = read_speech_acts({parts.sign_off.substr(0, parts.sign_off.find('\n'))});
  if (acts.empty()) return {};

  Chooser choose(fnv1a(mail.body) + variant * 0x9e3779b97f4a7c15u);
  Instruction instruction;
  instruction.style = styles[variant % 4];
  const bool terse = instruction.style == "terse";
  const bool bullets = instruction.style == "bullets";
  const bool toned = instruction.style == "toned";

  Brief brief;
  const auto name_words = split_words(mail.to_name);
  if (!name_words.empty()) brief.name = choose.below(5) == 0 ? mail.to_name : name_words.front();
  brief.reply = !trim(mail.incoming).empty();
  if (!brief.reply && choose.below(3) == 0) brief.about = clean_subject(mail.subject);

  const std::size_t limit = bullets ? 6 : terse ? 4 : 5;
  const auto chosen = choose_acts(acts, limit);
  const std::string content = join(parts.sentences, " ");
  const auto facts = find_facts(join(parts.sentences, "\n"));
  const bool is_short = split_words(mail.body).size() <= short_mail;
  const std::string tone = toned ? tone_of(mail, parts, choose) : "";
  const bool hurried = (terse || bullets) && choose.below(3) == 0;
  const std::uint64_t abbreviations = fnv1a(mail.body) ^ (variant * 0x9e3779b97f4a7c15u);
  const Chooser start = choose;

  for (std::size_t words = limits.act_words; words >= 8; words -= 2) {
    choose = start;
    brief.acts = chosen;
    brief.extra.clear();
    std::string said = brief.name + " " + brief.about;
    for (auto& act : brief.acts) {
      act.text = shorten(act.text, words);
      if (hurried) act.text = abbreviated(act.text, abbreviations);
      said += " " + act.text;
    }
    for (const auto& fact : facts)
      if (brief.extra.size() < max_extra && !contains_no_case(said, fact.text) &&
          !(fact.kind == "name" && contains_no_case(mail.to_name, fact.text)))
        brief.extra.push_back(fact.text);
    if (chosen.size() < acts.size() && brief.extra.size() < 3) {
      std::string rest;
      for (const auto& act : acts)
        if (std::ranges::none_of(chosen, [&](const auto& c) { return c.text == act.text; }))
          rest += act.text + " . ";
      for (const auto& phrase : key_phrases(rest, 3))
        if (!contains_no_case(said, phrase)) brief.extra.push_back(phrase);
    }

    if (terse)
      instruction.text = terse_of(brief, choose);
    else if (bullets)
      instruction.text = bullets_of(brief, choose);
    else if (toned)
      instruction.text =
          tone + ": " +
          (choose.below(2) == 0 ? terse_of(brief, choose) : sentences_of(brief, choose));
    else
      instruction.text = sentences_of(brief, choose);
    if (is_short || longest_shared_run(instruction.text, content) <= limits.shared_run) break;
  }
  if ((terse || bullets) && choose.below(3) == 0) instruction.text = lower_case(instruction.text);
  return instruction;
}

}  // namespace sancho::core
