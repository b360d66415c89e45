#include "core/pretrain/errands.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string_view>

#include "core/playback/shorthand.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

using Random = std::mt19937_64;
using Phrases = std::vector<std::string_view>;
using Slots = std::map<std::string, std::string, std::less<>>;

/// What is noted and what is then written; {slots} are the same in both.
struct Matter {
  Phrases subjects, notes, sentences;
};

const std::vector<Matter>& matters() {
  static const std::vector<Matter> all{
      {{"Lunch on {day}", "Lunch"},
       {"lunch {day} {time} works", "{day} {time} for lunch is fine",
        "yes to lunch on {day} at {time}"},
       {"Lunch on {day} at {time} works for me.", "{day} at {time} is fine for lunch.",
        "Yes, lunch on {day} at {time} sounds good."}},
      {{"Meeting on {day}", "Meeting"},
       {"can't make {day}, suggest {day2} {time}", "decline {day}, propose {day2} at {time}",
        "not free {day} - how about {day2} {time}"},
       {"I am afraid I can't make {day}. Would {day2} at {time} work for you?",
        "Unfortunately {day} does not work for me. Could we meet on {day2} at {time} instead?",
        "Sorry, I am not free on {day}. How about {day2} at {time}?"}},
      {{"{day2} instead"},
       {"decline politely, suggest {day2} {time}", "say no politely, offer {day2} {time} instead"},
       {"Thank you for the invitation. Unfortunately I won't be able to make it. Would {day2} at "
        "{time} work instead?",
        "Thanks for asking, but I can't make it then. Could we do {day2} at {time}?"}},
      {{"{count} {things}", "Order"},
       {"ask for {count} {things} by {date}", "need {count} {things} by {date}",
        "order {count} {things}, must be here by {date}"},
       {"Could you please send us {count} {things} by {date}?",
        "We need {count} {things} by {date}. Can you arrange that?",
        "Please order {count} {things}. They have to be here by {date}."}},
      {{"{file}"},
       {"attach {file}, ask for comments by {day}", "send {file} - want comments by {day}",
        "here's {file}, feedback by {day} please"},
       {"I have attached {file}. Please send me your comments by {day}.",
        "Attached is {file}. Could you let me have your comments by {day}?",
        "Please find attached {file}. I would like your feedback by {day}."}},
      {{"{file}"},
       {"ask where {file} is, need it by {time}",
        "haven't got {file} yet, need before {time} {day}"},
       {"I have not received {file} yet. Could you send it to me by {time}?",
        "Could you send me {file}? I need it by {time}."}},
      {{"Invoice {number}"},
       {"invoice {number} for {money} still not paid, due {date}",
        "remind about invoice {number} ({money}), was due {date}",
        "chase payment of {money}, invoice {number}, due {date}"},
       {"Invoice {number} for {money} was due on {date} and has not been paid yet. Could you "
        "please "
        "look into it?",
        "This is a reminder that invoice {number} over {money} was due on {date}. Please let me "
        "know "
        "when we can expect the payment."}},
      {{"Budget", "Budget for {project}"},
       {"budget for {project} approved, {money}", "{project} gets {money}, approved",
        "tell them {money} is approved for {project}"},
       {"The budget for {project} has been approved: {money}.",
        "Good news: {money} has been approved for {project}."}},
      {{"Call me"},
       {"call me on {phone} after {time}", "ask to call {phone} {day} after {time}",
        "my number is {phone}, best after {time}"},
       {"Please call me on {phone} after {time}.",
        "You can reach me on {phone}, best after {time}."}},
      {{"Report"},
       {"thank for report, ask about {topic} numbers",
        "thanks for the report - need {topic} figures",
        "say thanks for report; ask if {topic} numbers are final"},
       {"Thank you for the report. Could you also send me the {topic} numbers?",
        "Thanks for the report. Are the {topic} figures final?",
        "Many thanks for the report. I still need the {topic} figures."}},
      {{"{place} on {day}", "Meeting in {place}"},
       {"meet {day} {time} in {place}", "meeting {day} at {time}, {place}",
        "let's meet in {place}, {day} {time}"},
       {"Let's meet on {day} at {time} in {place}.",
        "The meeting is on {day} at {time} in {place}."}},
      {{"Moved to {day2}"},
       {"meeting moved from {day} to {day2} {time}", "moved: {day} -> {day2} {time}",
        "tell them the {day} meeting is now {day2} at {time}"},
       {"The meeting on {day} has been moved to {day2} at {time}.",
        "Please note that our {day} meeting is now on {day2} at {time}."}},
      {{"{date}", "Out of the office"},
       {"out of office from {date}, {name} covers", "on vacation from {date}, ask {name} if urgent",
        "away starting {date}. {name} takes over"},
       {"I will be out of the office from {date}. Please contact {name} if anything is urgent.",
        "I am away from {date}. {name} will take over while I am gone."}},
      {{"{link}"},
       {"send link {link}", "link: {link}, ask to register by {date}", "point to {link}"},
       {"Here is the link: {link}", "You will find it here: {link}"}},
      {{"Introduction"},
       {"introduce {name} who runs {project}", "meet {name}, new lead of {project}",
        "{name} starts {date}, will lead {project}"},
       {"I would like to introduce {name}, who leads {project}.",
        "Please meet {name}, who now runs {project}."}},
      {{"Trip to {place}"},
       {"flight to {place} {date} at {time}", "i land in {place} {date} {time}",
        "travel to {place} on {date}, arrive {time}"},
       {"I am flying to {place} on {date} and arrive at {time}.",
        "I arrive in {place} on {date} at {time}."}},
      {{"Delay"},
       {"sorry for delay, {things} ship {date}", "apologise, {things} late, now {date}",
        "{things} delayed until {date}, say sorry"},
       {"I am sorry for the delay. The {things} will ship on {date}.",
        "My apologies: the {things} are late and will now be with you on {date}."}},
      {{"Quote"},
       {"offer {count} {things} for {money}", "quote: {money} for {count} {things}",
        "price for {count} {things} is {money}, valid till {date}"},
       {"We can offer you {count} {things} for {money}.",
        "Our price for {count} {things} is {money}."}},
      {{"{project}"},
       {"ask {name2} status of {project}, due {date}", "where are we on {project}? due {date}",
        "status {project} please, deadline {date}"},
       {"Could you tell me where we are with {project}? It is due on {date}.",
        "What is the status of {project}? The deadline is {date}."}},
      {{"Deadline"},
       {"deadline for {project} is {date}, no extension", "remind: {project} due {date}",
        "{project} must be done by {date}"},
       {"Please remember that the deadline for {project} is {date}.",
        "Just a reminder that {project} is due on {date}."}},
      {{"Congratulations"},
       {"congratulate on {project}", "well done with {project}", "congrats {project} going live"},
       {"Congratulations on {project}!", "Well done on {project}!"}},
      {{"Contract"},
       {"contract ok except section {small}, change to {percent}",
        "section {small} should say {percent}",
        "fix section {small}: {percent} not what we agreed"},
       {"The contract looks fine, but section {small} should say {percent}.",
        "Please change section {small} to {percent}; the rest is fine."}},
      {{"Interview"},
       {"interview with {name} {day} {time} in room {small}",
        "interview {name}, {day} {time}, room {small}"},
       {"The interview with {name} is on {day} at {time} in room {small}.",
        "We will interview {name} on {day} at {time} in room {small}."}},
      {{"Thank you"},
       {"thank for help with {project}", "say thanks for {project} work",
        "thanks for {day}, great help"},
       {"Thank you very much for your help.",
        "Many thanks for your help, I really appreciate it."}},
      {{"Dinner"},
       {"dinner {day} {time} at {place}, bring {name}",
        "invite to dinner {day} {time}, {place}, {name} too"},
       {"Would you like to come to dinner on {day} at {time}? We will be at {place}, and {name} is "
        "welcome too.",
        "Let's have dinner on {day} at {time} at {place}. Please bring {name} along."}},
      {{"Copy {name}"},
       {"ask to copy {name} on everything about {project}", "cc {name} from now on re {project}"},
       {"Please copy {name} on everything about {project}.",
        "From now on, please copy {name} on mails about {project}."}},
      {{"{count} people"},
       {"{count} people coming {day}, book room for {time}",
        "book a room {day} {time} for {count} people"},
       {"Could you book a room for {day} at {time}? We will be {count} people.",
        "{count} people are coming. Please book a room for {day} at {time}."}},
      {{"Numbers"},
       {"sales up {percent}, {money} in {topic}", "{topic}: {money}, up {percent}"},
       {"In {topic} we sold {money}, which is up {percent}.",
        "Sales in {topic} were {money}, up {percent}."}}};
  return all;
}

std::size_t below(Random& random, std::size_t count) {
  return static_cast<std::size_t>(random() % count);
}

std::string of(Random& random, const Phrases& phrases) {
  return std::string(phrases[below(random, phrases.size())]);
}

std::string filled(std::string_view phrase, const Slots& slots) {
  std::string out;
  while (!phrase.empty()) {
    const auto open = phrase.find('{');
    out += phrase.substr(0, open);
    if (open == phrase.npos) break;
    const auto close = phrase.find('}', open);
    out += slots.find(phrase.substr(open + 1, close - open - 1))->second;
    phrase.remove_prefix(close + 1);
  }
  return out;
}

bool all_told(std::string_view sentence, std::string_view note) {
  for (auto open = sentence.find('{'); open != sentence.npos; open = sentence.find('{', open + 1))
    if (note.find(sentence.substr(open, sentence.find('}', open) + 1 - open)) == note.npos)
      return false;
  return true;
}

std::size_t slot_count(std::string_view phrase) {
  return static_cast<std::size_t>(std::ranges::count(phrase, '{'));
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
  slots["day"] = of(random, days);
  do {
    slots["day2"] = of(random, days);
  } while (slots["day2"] == slots["day"]);
  slots["time"] = time_of(random);
  slots["date"] = date_of(random);
  slots["count"] = digits(random, 1 + below(random, 3));
  if (slots["count"] == "1") slots["count"] = "12";
  slots["things"] = of(random, things);
  slots["file"] = names.file(random);
  slots["number"] = (below(random, 2) ? std::string() : of(random, {"INV-", "A", "#"})) +
                    digits(random, 3 + below(random, 4));
  slots["money"] = money_of(random);
  slots["phone"] = phone_of(random);
  slots["topic"] = of(random, topics);
  slots["place"] = below(random, 3) ? names.thing(random) : "room " + digits(random, 3);
  slots["project"] = of(random, {"project ", "the ", ""}) + names.thing(random) +
                     of(random, {"", "", " project", " launch", " report"});
  if (slots["project"].starts_with("the ") && !slots["project"].ends_with("t"))
    slots["project"] += " report";
  slots["link"] = names.link(random);
  slots["percent"] = digits(random, 1 + below(random, 2)) + "%";
  slots["small"] = digits(random, 1 + below(random, 2));
  slots["name"] = names.person(random);
  if (below(random, 3) == 0) slots["name"] += " " + names.family(random);
  slots["name2"] = names.person(random);
  return slots;
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

std::string upper_first(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
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

Errand make_errand(const EntitySwap& names, std::mt19937_64& random) {
  Errand errand;
  errand.from_name = names.person(random);
  errand.to_name = names.person(random);
  const Slots slots = draw_slots(names, random);

  std::vector<std::string> notes, sentences;
  std::vector<std::size_t> used;
  const std::size_t wanted = 1 + below(random, 5) / 3;
  while (notes.size() < wanted) {
    const std::size_t which = below(random, matters().size());
    const Matter& matter = matters()[which];
    const auto note = of(random, matter.notes), sentence = of(random, matter.sentences);
    if (std::ranges::find(used, which) != used.end() || !all_told(sentence, note) ||
        slot_count(note) != slot_count(sentence))
      continue;
    used.push_back(which);
    if (notes.empty()) errand.subject = of(random, matter.subjects);
    if (!all_told(errand.subject, note)) errand.subject.clear();
    notes.push_back(filled(note, slots));
    sentences.push_back(upper_first(filled(sentence, slots)));
    if (notes.size() == 1) errand.subject = upper_first(filled(errand.subject, slots));
  }

  const Tone& tone = tones()[below(random, 2) ? 0 : below(random, 4)];
  const Slots reader{{"to", errand.to_name}};
  const auto greeting = filled(of(random, tone.greetings), reader),
             closing = of(random, tone.closings);
  errand.mail = (greeting.empty() ? "" : greeting + "\n\n") +
                join(sentences, below(random, 3) ? " " : "\n\n") + "\n\n" +
                (closing.empty() ? "" : closing + "\n") + errand.from_name;

  const bool bullets = below(random, 5) == 0;
  std::string note = bullets
                         ? "- " + join(notes, "\n- ")
                         : join(notes, of(random, {", ", "; ", ". ", " - ", " and ", ", also "}));
  if (!bullets) note = typed(note, random);
  const auto words = of(random, tone.words);
  static const Phrases leads{
      "tell {to} ",      "{to}: ",         "email {to}: ", "write {to} - ", "to {to}: ",
      "let {to} know: ", "mail to {to}: ", "{to} - ",      "msg {to}, "};
  // The reader's name is in the note, in the prompt, or in both.
  const bool named = below(random, 4) > 0;
  if (named) {
    const auto lead =
        filled(of(random, leads),
               {{"to", below(random, 2) ? errand.to_name : lower_case(errand.to_name)}});
    note = bullets ? std::string(trim(lead)) + "\n" + note : lead + note;
    if (below(random, 3)) errand.to_name.clear();
  }
  errand.instruction = words.empty() ? note : words + ": " + note;
  return errand;
}

}  // namespace sancho::core
