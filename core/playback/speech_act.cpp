#include "core/playback/speech_act.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

using Words = std::vector<std::string>;
using Kind = SpeechAct::Kind;
using Set = std::unordered_set<std::string>;

std::string bare(const std::string& word) {
  return lower_case(strip_punctuation(word));
}

/// True where the sentence opens with these words (lower case, separated by spaces).
bool opens_with(const Words& words, std::string_view phrase) {
  const auto wanted = split_words(phrase);
  if (words.size() < wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (bare(words[i]) != wanted[i]) return false;
  return true;
}

void drop_front(Words& words, std::size_t count) {
  words.erase(words.begin(),
              words.begin() + static_cast<std::ptrdiff_t>(std::min(count, words.size())));
}

/// Drops the longest of `phrases` the words open with; true where there was one.
bool drop_opening(Words& words, const std::vector<std::string_view>& phrases) {
  std::size_t best = 0;
  for (const auto phrase : phrases)
    if (opens_with(words, phrase)) best = std::max(best, split_words(phrase).size());
  drop_front(words, best);
  return best > 0;
}

void lower_first(Words& words) {
  if (words.empty()) return;
  auto& first = words.front();
  const auto low = lower_case(first);
  if (first.size() > 1 && is_upper(std::string_view(first).substr(1))) return;  // an acronym
  const auto stem = bare(first);
  const bool adverb =
      stem.size() > 4 && (stem.ends_with("ly") || stem.ends_with("ing") || stem.ends_with("ed"));
  if ((opens_sentences(stem) || adverb) && low != "i" && !low.starts_with("i'")) first = low;
}

const std::unordered_map<std::string, std::string>& contractions() {
  static const std::unordered_map<std::string, std::string> table{{"i'll", "I will"},
                                                                  {"i'm", "I am"},
                                                                  {"i've", "I have"},
                                                                  {"i'd", "I would"},
                                                                  {"we'll", "we will"},
                                                                  {"we're", "we are"},
                                                                  {"we've", "we have"},
                                                                  {"we'd", "we would"},
                                                                  {"you'll", "you will"},
                                                                  {"you're", "you are"},
                                                                  {"you've", "you have"},
                                                                  {"you'd", "you would"},
                                                                  {"they'll", "they will"},
                                                                  {"they're", "they are"},
                                                                  {"they've", "they have"},
                                                                  {"he'll", "he will"},
                                                                  {"she'll", "she will"},
                                                                  {"it'll", "it will"},
                                                                  {"that'll", "that will"},
                                                                  {"there's", "there is"},
                                                                  {"that's", "that is"},
                                                                  {"it's", "it is"},
                                                                  {"he's", "he is"},
                                                                  {"she's", "she is"},
                                                                  {"what's", "what is"},
                                                                  {"where's", "where is"},
                                                                  {"here's", "here is"},
                                                                  {"how's", "how is"},
                                                                  {"who's", "who is"},
                                                                  {"don't", "do not"},
                                                                  {"doesn't", "does not"},
                                                                  {"didn't", "did not"},
                                                                  {"isn't", "is not"},
                                                                  {"aren't", "are not"},
                                                                  {"wasn't", "was not"},
                                                                  {"weren't", "were not"},
                                                                  {"won't", "will not"},
                                                                  {"wouldn't", "would not"},
                                                                  {"can't", "cannot"},
                                                                  {"couldn't", "could not"},
                                                                  {"shouldn't", "should not"},
                                                                  {"haven't", "have not"},
                                                                  {"hasn't", "has not"},
                                                                  {"hadn't", "had not"},
                                                                  {"pls", "please"},
                                                                  {"plz", "please"},
                                                                  {"u", "you"},
                                                                  {"i", "I"}};
  return table;
}

Words expand(const Words& words) {
  Words out;
  for (const auto& word : words) {
    const auto stem = strip_punctuation(word);
    const auto low = lower_case(stem);
    const auto found = contractions().find(low);
    if (found == contractions().end()) {
      out.push_back(word);
      continue;
    }
    const auto at = static_cast<std::size_t>(stem.data() - word.data());
    auto parts = split_words(found->second);
    const auto next = &word == &words.back() ? std::string() : bare(*(&word + 1));
    if (parts.back() == "is" && (next == "been" || next == "got")) parts.back() = "has";
    parts.front() = word.substr(0, at) + parts.front();
    parts.back() += word.substr(at + stem.size());
    out.insert(out.end(), parts.begin(), parts.end());
  }
  return out;
}

const Set& auxiliaries() {
  static const Set words{"is",    "are",    "was",   "were", "will",  "would", "can",
                         "could", "should", "shall", "may",  "might", "has",   "have",
                         "had",   "do",     "does",  "did",  "am",    "must"};
  return words;
}

/// you → they/them, your → their.
void shift_reader(Words& words) {
  static const Set object_before{
      "to",      "for",    "with",      "from",    "of",      "at",      "on",     "about",
      "by",      "see",    "give",      "send",    "call",    "tell",    "ask",    "let",
      "get",     "help",   "thank",     "like",    "than",    "between", "and",    "meet",
      "show",    "told",   "sent",      "gave",    "copy",    "remind",  "keep",   "forward",
      "email",   "need",   "want",      "without", "after",   "before",  "behind", "near",
      "include", "advise", "contact",   "join",    "reach",   "love",    "miss",   "bother",
      "asked",   "called", "providing", "giving",  "sending", "seeing",  "make",   "cause",
      "owe",     "visit",  "fax",       "mail",    "page",    "pay",     "brief",  "update",
      "offer",   "bring",  "buy",       "hear",    "met",     "find"};
  static const Set subject_after{"are",  "will", "can",  "could",   "would", "should", "have",
                                 "had",  "need", "want", "know",    "think", "may",    "might",
                                 "were", "did",  "do",   "get",     "got",   "must",   "see",
                                 "said", "sent", "like", "guys",    "all",   "find",   "decide",
                                 "plan", "also", "just", "already", "wish",  "prefer"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto stem = strip_punctuation(words[i]);
    const auto low = lower_case(stem);
    std::string replacement;
    if (low == "you" && i > 0 && bare(words[i - 1]) == "thank") continue;
    if (low == "you") {
      const auto previous = i > 0 ? bare(words[i - 1]) : "";
      const auto next = i + 1 < words.size() ? bare(words[i + 1]) : "";
      const bool ends = words[i].size() > stem.size();
      const bool object =
          i > 0 && (object_before.contains(previous) || next.empty() || ends) &&
          !(subject_after.contains(next) && !ends && next != "all" && next != "like");
      replacement = object ? "them" : "they";
    } else if (low == "your") {
      replacement = "their";
    } else if (low == "yours") {
      replacement = "theirs";
    } else if (low == "yourself" || low == "yourselves") {
      replacement = "themselves";
    } else {
      continue;
    }
    words[i].replace(static_cast<std::size_t>(stem.data() - words[i].data()), stem.size(),
                     replacement);
  }
}

/// Without brackets, fillers and lone dashes.
Words without_fillers(const Words& words) {
  static const Set fillers{"just",   "really", "very",      "actually",   "basically",
                           "quite",  "simply", "certainly", "definitely", "obviously",
                           "indeed", "please", "kindly"};
  Words out;
  int depth = 0;
  for (const auto& word : words) {
    const auto opens = std::ranges::count(word, '('), closes = std::ranges::count(word, ')');
    const bool inside = depth > 0 || opens > 0;
    depth = std::max(0, depth + static_cast<int>(opens) - static_cast<int>(closes));
    if (inside) continue;
    if (strip_punctuation(word).empty() && word != "&" && word != "-" && word != "=" && word != "+")
      continue;
    if (fillers.contains(bare(word)) && word.find_first_of(",.;:") == std::string::npos) continue;
    out.push_back(word);
  }
  return out;
}

std::string finish(Words words) {
  std::string text = join(words, " ");
  std::erase(text, '"');
  std::erase(text, '*');
  std::erase(text, '_');
  while (!text.empty() && std::string_view(" .,;:!?-").find(text.back()) != std::string_view::npos)
    text.pop_back();
  while (!text.empty() &&
         std::string_view(" .,;:!?-)").find(text.front()) != std::string_view::npos)
    text.erase(text.begin());
  return text;
}

std::string reported(Words words) {
  words = expand(words);
  shift_reader(words);
  lower_first(words);
  return finish(without_fillers(words));
}

std::string past_tense(const std::string& verb) {
  static const std::unordered_map<std::string, std::string> irregular{{"get", "got"},
                                                                      {"have", "had"},
                                                                      {"see", "saw"},
                                                                      {"go", "went"},
                                                                      {"send", "sent"},
                                                                      {"find", "found"},
                                                                      {"hear", "heard"},
                                                                      {"make", "made"},
                                                                      {"know", "knew"},
                                                                      {"do", "did"},
                                                                      {"take", "took"},
                                                                      {"come", "came"},
                                                                      {"leave", "left"},
                                                                      {"write", "wrote"},
                                                                      {"read", "read"},
                                                                      {"buy", "bought"},
                                                                      {"pay", "paid"},
                                                                      {"tell", "told"},
                                                                      {"give", "gave"},
                                                                      {"speak", "spoke"},
                                                                      {"put", "put"},
                                                                      {"mean", "meant"},
                                                                      {"say", "said"},
                                                                      {"set", "set"},
                                                                      {"meet", "met"},
                                                                      {"think", "thought"},
                                                                      {"run", "ran"},
                                                                      {"lose", "lost"},
                                                                      {"win", "won"},
                                                                      {"sell", "sold"},
                                                                      {"bring", "brought"},
                                                                      {"forget", "forgot"},
                                                                      {"keep", "kept"},
                                                                      {"eat", "ate"},
                                                                      {"let", "let"},
                                                                      {"feel", "felt"},
                                                                      {"understand", "understood"},
                                                                      {"build", "built"},
                                                                      {"spend", "spent"}};
  const auto found = irregular.find(verb);
  if (found != irregular.end()) return found->second;
  if (verb.ends_with('e')) return verb + "d";
  if (verb.size() > 2 && verb.ends_with('y') &&
      std::string_view("aeiou").find(verb[verb.size() - 2]) == std::string_view::npos)
    return verb.substr(0, verb.size() - 1) + "ied";
  return verb + "ed";
}

const Set& subject_pronouns() {
  static const Set words{"i",         "we",      "you",        "he",       "she",
                         "it",        "they",    "this",       "that",     "there",
                         "these",     "those",   "anyone",     "everyone", "anybody",
                         "everybody", "someone", "everything", "anything"};
  return words;
}

/// "are you coming" → "you are coming", "did you get it" → "you got it"; false where the subject is
/// more than a pronoun.
bool uninvert(Words& words) {
  if (words.size() < 2) return false;
  const auto auxiliary = bare(words[0]);
  if (!auxiliaries().contains(auxiliary) || !subject_pronouns().contains(bare(words[1])))
    return false;
  const auto subject = lower_case(words[1]) == "i" ? std::string("I") : bare(words[1]);
  if (auxiliary == "did" && words.size() > 2) {
    const auto stem = bare(words[2]);
    if (is_stop_word(stem) && past_tense(stem) == stem + "ed") return false;
    const auto tail = words[2].substr(std::min(words[2].size(), stem.size()));
    words[2] = past_tense(stem) + tail;
    words.erase(words.begin());
    words[0] = subject;
  } else if ((auxiliary == "do" || auxiliary == "does") && words.size() > 2) {
    words.erase(words.begin());
    words[0] = subject;
    if (auxiliary == "does" && bare(words[1]) != "not") {
      const auto stem = bare(words[1]);
      const auto tail = words[1].substr(std::min(words[1].size(), stem.size()));
      words[1] = (stem == "have" ? "has" : stem.ends_with("s") ? stem + "es" : stem + "s") + tail;
    }
  } else {
    words[1] = auxiliary;
    words[0] = subject;
  }
  return true;
}

SpeechAct read_question(Words words) {
  static const Set wh{"what", "when", "where", "who", "why", "how", "which", "whose"};
  words = expand(words);
  lower_first(words);
  if (words.empty()) return {Kind::tell, ""};
  for (std::string_view modal : {"can", "could", "would", "will"})
    if (opens_with(words, std::string(modal) + " you")) {
      drop_front(words, 2);
      drop_opening(words, {"please", "also", "also please", "please also", "guys", "possibly",
                           "both", "kindly"});
      if (words.empty()) return {Kind::tell, ""};
      if (opens_with(words, "be able to")) drop_front(words, 3);
      if (modal == "will" || opens_with(words, "be") || opens_with(words, "like")) {
        return {Kind::ask, "if they " + std::string(modal) + " " + reported(words)};
      }
      return {Kind::request, reported(words)};
    }
  if (drop_opening(words, {"do you mind if", "would you mind if"}))
    return {Kind::ask, "if they mind if " + reported(words)};
  if (drop_opening(words, {"how about", "what about"})) return {Kind::suggest, reported(words)};
  if (drop_opening(words, {"why do not we", "why do not you"}))
    return {Kind::suggest, "that we " + reported(words)};
  const auto first = bare(words.front());
  if (wh.contains(first)) {
    Words tail(words.begin() + 1, words.end());
    if (uninvert(tail)) {
      tail.insert(tail.begin(), first);
      return {Kind::ask, reported(tail)};
    }
    if (tail.size() >= 2 && tail.size() <= 8 && (bare(tail[0]) == "is" || bare(tail[0]) == "are") &&
        (first == "what" || first == "where" || first == "who" || first == "when") &&
        (bare(tail[1]) == "the" || bare(tail[1]) == "your" || bare(tail[1]) == "my" ||
         bare(tail[1]) == "our")) {
      const auto verb = bare(tail[0]);
      tail.erase(tail.begin());
      tail.insert(tail.begin(), first);
      std::string text = reported(tail);
      return {Kind::ask, text + " " + verb};
    }
    if (first == "who" || first == "which" ||
        (first == "how" && tail.size() > 1 && bare(tail[0]) == "many"))
      return {Kind::ask, reported(words)};
    return {Kind::question, reported(words)};
  }
  if (uninvert(words)) return {Kind::ask, "if " + reported(words)};
  if (drop_opening(words, {"any"})) return {Kind::ask, "if there is any " + reported(words)};
  return {Kind::question, reported(words)};
}

bool is_imperative(const Words& words) {
  static const Set verbs{
      "call",       "send",     "forward",  "give",      "check",   "review", "print",
      "add",        "remove",   "make",     "take",      "bring",   "find",   "ask",
      "tell",       "confirm",  "contact",  "fax",       "email",   "e-mail", "copy",
      "set",        "schedule", "change",   "update",    "keep",    "use",    "look",
      "read",       "remember", "feel",     "note",      "see",     "put",    "get",
      "include",    "advise",   "respond",  "reply",     "sign",    "delete", "cancel",
      "book",       "order",    "arrange",  "prepare",   "provide", "handle", "follow",
      "coordinate", "work",     "talk",     "try",       "stop",    "go",     "come",
      "page",       "ensure",   "complete", "disregard", "ignore",  "plan",   "do",
      "don't",      "verify",   "let",      "attend",    "help",    "place",  "post",
      "submit",     "discuss",  "pick",     "leave"};
  if (words.size() < 2) return false;
  const auto first = bare(words[0]), second = bare(words[1]);
  if (!verbs.contains(first) || words[0].find_first_of(":;") != std::string::npos) return false;
  if (first == "let" && second != "me" && second != "us") return false;
  if (auxiliaries().contains(second) && first != "do") return false;
  return second != "you" || first != "see";
}

/// More than a heading, a name or a row of figures.
bool is_clause(const std::string& text) {
  const auto words = split_words(text);
  return std::ranges::count_if(words, [](const std::string& w) {
           return w[0] >= 'a' && w[0] <= 'z';
         }) >= (words.size() > 2 ? 2 : 1);
}

SpeechAct read_statement(Words words) {
  drop_opening(words, {"i just wanted to let you know that",
                       "i just wanted to let you know",
                       "i wanted to let you know that",
                       "i wanted to let you know",
                       "just wanted to let you know that",
                       "just wanted to let you know",
                       "just to let you know",
                       "please be advised that",
                       "please note that",
                       "please note",
                       "as you know",
                       "as you may know",
                       "as we discussed",
                       "per our conversation",
                       "per your request",
                       "for your information",
                       "fyi",
                       "it looks like",
                       "looks like",
                       "i think that",
                       "i believe that",
                       "just a note",
                       "for what it's worth",
                       "by the way",
                       "btw"});
  if (words.empty()) return {Kind::tell, ""};

  Words rest = words;
  if (drop_opening(rest,
                   {"thanks", "thank you", "thx", "many thanks", "thanks so much", "thanks a lot",
                    "thank you very much", "thank you so much", "thanks again", "thanks very much",
                    "thanks, again", "i appreciate", "i really appreciate", "we appreciate",
                    "appreciate", "i greatly appreciate"})) {
    if (opens_with(rest, "in advance")) drop_front(rest, 2);
    const bool mention = !rest.empty() && (bare(rest[0]) == "for" || bare(rest[0]) == "to");
    if (mention) return {Kind::thank, reported(rest)};
    if (!rest.empty() &&
        (bare(rest[0]) == "your" || bare(rest[0]) == "the" || bare(rest[0]) == "all"))
      return {Kind::thank, "for " + reported(rest)};
    return {Kind::thank, ""};
  }
  if (drop_opening(rest, {"sorry", "so sorry", "i am sorry", "i'm sorry", "i'm so sorry",
                          "my apologies", "apologies", "i apologize", "i do apologize"}))
    return {Kind::apologise, reported(rest)};
  if (drop_opening(rest, {"congratulations", "congrats"}))
    return {Kind::congratulate, reported(rest)};
  if (drop_opening(rest, {"have a", "have an"})) return {Kind::wish, "a " + reported(rest)};
  if (opens_with(rest, "have fun")) return {Kind::wish, reported({rest.begin() + 1, rest.end()})};
  if (opens_with(words, "happy") || opens_with(words, "merry") || opens_with(words, "good luck")) {
    return {Kind::wish, reported(words)};
  }
  if (drop_opening(rest, {"let's", "lets", "i suggest", "i would suggest", "i suggest that"}))
    return {Kind::suggest, opens_with(words, "let's") || opens_with(words, "lets")
                               ? "that we " + reported(rest)
                               : reported(rest)};
  if (drop_opening(rest,
                   {"attached is", "attached are", "attached please find", "please find attached",
                    "here is", "here's", "here are", "i have attached", "i've attached",
                    "attached for your review is", "please see the attached", "see attached",
                    "i am attaching", "i'm attaching", "attached you will find",
                    "attached for your review are", "please see attached", "enclosed is"})) {
    if (!rest.empty()) return {Kind::attach, reported(rest)};
  }
  if (drop_opening(rest, {"please", "pls", "plz", "can you please", "can you", "could you please",
                          "could you", "would you please", "would you", "kindly",
                          "if you could please", "i need you to", "i would like you to",
                          "i'd like you to", "also please", "please also", "and please"})) {
    drop_opening(rest, {"go ahead and"});
    if (!rest.empty()) return {Kind::request, reported(rest)};
  }
  if (is_imperative(words)) {
    rest = expand(words);
    if (opens_with(rest, "do not")) {
      drop_front(rest, 2);
      return {Kind::request, "not " + reported(rest)};
    }
    rest.front() = lower_case(rest.front());
    return {Kind::request, reported(rest)};
  }
  static const Set answers{"yes",     "yeah",      "yep",   "sure", "ok",     "okay",
                           "no",      "nope",      "great", "done", "agreed", "absolutely",
                           "perfect", "excellent", "good",  "cool", "fine"};
  const bool answer = answers.contains(bare(words[0]));
  if (answer && (words.size() <= 5 || words[0].back() == ',')) return {Kind::say, reported(words)};
  return {Kind::tell, reported(words)};
}

}  // namespace

std::vector<SpeechAct> read_speech_acts(const std::vector<std::string>& sentences) {
  static const Set empty_words{"fyi",          "see below", "talk to you soon", "see you",
                               "see you soon", "take care", "thanks",           "i",
                               "note"};
  std::vector<SpeechAct> acts;
  for (const auto& sentence : sentences) {
    Words words = split_words(sentence);
    if (!words.empty() &&
        (strip_punctuation(words.front()).size() <= 2 && words.front().size() > 1 &&
         words.front().find_first_of("0123456789") == 0 &&
         words.front().find_first_of(".)") != std::string::npos))
      drop_front(words, 1);  // "1." of a list
    drop_opening(words,
                 {"also",      "and",      "but",         "so",           "well",      "oh",
                  "anyway",    "anyways",  "however",     "in addition",  "therefore", "then",
                  "basically", "actually", "again",       "plus",         "ok so",     "ok",
                  "p.s",       "ps",       "furthermore", "additionally", "finally"});
    if (words.empty()) {
      if (sentence.size() < 8) acts.push_back({Kind::say, lower_case(strip_punctuation(sentence))});
      continue;
    }
    const bool question =
        sentence.find('?') != std::string::npos && sentence.find('?') + 4 > sentence.size();
    static constexpr std::string_view modals[] = {"can", "could", "would", "will",
                                                  "do",  "did",   "are",   "have"};
    const bool unmarked = std::ranges::any_of(
        modals, [&](std::string_view m) { return opens_with(words, std::string(m) + " you"); });
    const bool polite = opens_with(words, "please") || opens_with(words, "pls");
    SpeechAct act =
        (question && !polite) || unmarked ? read_question(words) : read_statement(words);
    const bool may_be_empty =
        act.kind == Kind::thank || act.kind == Kind::apologise || act.kind == Kind::congratulate;
    if (act.text.empty() && !may_be_empty) continue;
    if (act.kind == Kind::thank && act.text.empty() && !acts.empty()) continue;
    if (sentences.size() > 1 && act.kind == Kind::tell && !is_clause(act.text)) continue;
    if (sentences.size() > 1 && empty_words.contains(lower_case(act.text))) continue;
    const bool repeated = std::ranges::any_of(
        acts, [&](const SpeechAct& a) { return a.kind == act.kind && a.text == act.text; });
    if (!repeated) acts.push_back(std::move(act));
  }
  return acts;
}

}  // namespace sancho::core
