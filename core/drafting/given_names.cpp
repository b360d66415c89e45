#include "core/drafting/given_names.h"

#include <cctype>
#include <iterator>
#include <sstream>
#include <string>
#include <unordered_set>

#include "core/playback/names.h"
#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr const char* given_names = R"(
aaron abby abdul abigail adam adrian adrianne agnes ahmed aileen aisha alan albert alejandro alex
alexander alexandra alexis alfred ali alice alicia alison allan allen allison alma alvin amanda
amelia amir amy ana anders andrea andreas andrew andy angela angelica angie anil anita ann anna
anne annette annie anthony antonio anya archie arlene arnold arthur ashley audrey barbara barry
beatrice becky belinda ben benjamin bernard bernice bertha beth betsy betty beverly bianca bob
bobby bonnie boris brad bradley brandon brenda brendan brent brett brian bridget bruce bruno bryan
bryce caitlin calvin cameron camille candice carla carlos carmen carol carole caroline carolyn
carrie cassandra catherine cathy cecilia cedric chad charlene charles charlie charlotte chelsea
cheryl chloe chris christa christian christie christina christine christopher christy cindy claire
clara clarence clark claude claudia clayton clifford clinton colin colleen connie conrad corey
courtney craig cristina curtis cynthia daisy dale dan dana daniel danielle danny darlene darrell
darren darryl dave david debbie deborah debra denise dennis derek desmond diana diane diego dmitri
dolores dominic donald donna dora doreen doris dorothy doug douglas duane duncan dustin dwight
dylan earl ed eddie edgar edith edmund eduardo edward edwin eileen elaine eleanor elena eli elias
elisa elise elizabeth ella ellen ellie elsa emil emily emma enrique eric erica erik erika erin
ernest esther ethan ethel eugene eva evan eve evelyn fatima felicia felipe felix fernando fiona
floyd fran frances francesca francis francisco franklin fred frederick frieda gabriel gabriela
gail gareth gary gavin geoff geoffrey george gerald geraldine gerard gilbert gina giovanni gladys
glen glenn gloria gordon greg gregory greta gretchen guillermo gus gustav gwen hank hannah hans
harold harriet harris harry harvey hassan heather heidi helen helena helga henrik henry herbert
herman hilary holly horace howard hubert hugh hugo ian ibrahim ida igor imran ines ingrid irene
isaac isabel isabella isla ivan jackie jackson jacob jacqueline jaime jake james jamie jan jana
jane janet janice janine jared jasmine jason javier jay jean jeanette jeanne jeff jeffrey jenna
jennifer jenny jeremy jerome jerry jesse jessica jessie jill jim jimmy joan joann joanna joanne
joaquin jodie joe joel johan johann johanna john johnny jon jonas jonathan jorge jose josef joseph
josephine josh joshua joyce juan juanita judith judy julia julian juliana julie juliet julio
justin kaitlin karen kari karin karl karla kate katharine katherine kathleen kathryn kathy katie
katrina kay keith kelly kelsey ken kenneth kenny kerry kevin kim kimberly kirk klaus kofi kristen
kristin kristina kumar kurt kyle lara larry lars laura lauren laurie lawrence leah lee leigh lena
leo leon leonard leonardo leroy leslie lester leticia lewis liam lillian linda lindsay lindsey
lisa liz lloyd lois lola lorenzo loretta lori lorna lorraine louis louise lucas lucia lucille lucy
luigi luis lukas luke luther lydia lyle lynda lynn mabel mackenzie madeline mahmoud malcolm mandy
manuel marc marcel marcia marco marcos marcus margaret margarita margo maria marian marianne marie
marilyn mario marion marisa marjorie marlene marsha marshall marta martha martin marty marvin mary
mateo matt matthew maureen maurice maxine megan mehmet mei melanie melinda melissa melvin meredith
michael michaela michele michelle miguel mike mikhail mildred milton mina miranda miriam mitch
mitchell mohammed moira molly mona monica monique morris moses muhammad muriel myra nadia nancy
naomi natalia natalie natasha nathan nathaniel ned neil nelson nicholas nick nicola nicole nigel
nikita nikolai nina noah noel noelle nora norma norman octavia olaf olga oliver olivia omar orla
oscar otto owen pablo paige pam pamela patricia patrick patsy patti patty paul paula pauline pavel
pedro peggy percy perry pete peter petra phil philip phillip phyllis pia pierre polly preston
priya quentin quincy rachel rafael raj ralph ramon ramona randall randy raoul raquel rashid raul
ravi raymond rebecca reggie regina reginald rene renee reynaldo rhonda ricardo richard rick ricky
rita robert roberta roberto robyn rocco roderick rodney roger roland ron ronald ronnie rosa
rosalie rosalind rosemary rosie roxanne roy ruben rudolf rudy rupert russell ruth ryan sabrina
sally salvador sam samantha samir sammy samuel sandra santiago sara sarah sasha saul scott sean
sebastian selena serena serge sergei sergio seth shane shannon sharon shaun shawn sheila shelby
shelley sheri sherman sherri shirley sidney simon simone sofia sonia sonya sophia sophie spencer
stacey stacy stan stanley stefan stefanie stella stephanie stephen steve steven stewart stuart
susan susanne susie suzanne sven sylvia tamara tammy tania tanya tara tatiana ted terence teresa
teri terri terry tess tessa thelma theo theodore theresa thomas tiffany tim timothy tina todd tom
tommy toni tony tonya tracey traci tracy travis trevor tricia trina troy tyler uma ursula valerie
vanessa vera vernon veronica vicki vickie vicky vijay viktor vince vincent viola vivian vladimir
walter wanda warren wayne wendy wesley wilfred wilhelm willard willie wilma winston xavier yasmin
yolanda yuri yusuf yvette yvonne zachary zack zoe)";

}  // namespace

bool is_given_name(std::string_view lower_case_word) {
  static const std::unordered_set<std::string> names = [] {
    std::istringstream in(given_names);
    return std::unordered_set<std::string>(std::istream_iterator<std::string>(in), {});
  }();
  return names.contains(std::string(lower_case_word));
}

std::vector<std::string> names_opening_sentences(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string& sentence : split_sentences(unwrap(text))) {
    const auto words = split_words(sentence);
    if (words.empty() || !is_upper(words[0])) continue;
    std::string_view word = strip_punctuation(words[0]);
    if (word.ends_with("'s")) word.remove_suffix(2);
    if (is_given_name(lower_case(word))) names.emplace_back(word);
  }
  return names;
}

std::string reader_named_in(std::string_view instruction) {
  static const std::unordered_set<std::string> orders{
      "tell", "ask",    "remind", "thank",        "invite", "let",   "inform", "email",
      "mail", "answer", "refuse", "congratulate", "write",  "reply", "welcome"};
  const auto words = split_words(instruction);
  std::size_t at = 1;
  if (words.size() < 3 || !orders.contains(lower_case(words[0]))) return {};
  if (lower_case(words[at]) == "to") ++at;
  const auto bare = [&](std::size_t i) { return std::string(strip_punctuation(words[i])); };
  std::string name = bare(at);
  if (name.ends_with("'s")) name.resize(name.size() - 2);
  if (is_title(name)) return at + 1 < words.size() ? words[at] + " " + bare(at + 1) : std::string();
  const std::string low = lower_case(name);
  const bool named = is_given_name(low) || (is_upper(name) && !is_stop_word(low) && low != "i");
  if (!named || name.find_first_of("0123456789@/") != std::string::npos) return {};
  if (is_given_name(low)) name[0] = static_cast<char>(std::toupper(name[0]));
  return name;
}

}  // namespace sancho::core
