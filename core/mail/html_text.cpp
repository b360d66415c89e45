#include "core/mail/html_text.h"

#include <gumbo.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace sancho::core {
namespace {

constexpr std::size_t kLargestHtml = 8 * 1024 * 1024;
constexpr int kDeepestTree = 2000;        // Gumbo frees its tree by recursion
constexpr int kMostOpenFormatting = 100;  // each of them is repeated in every paragraph to come

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// One tag of the source: `<name …>` or `</name>`.
struct Tag {
  std::size_t begin = 0, end = 0;
  std::string_view name;
  bool closing = false;
};

/// The next tag at or after `from`; begin == html.size() where there is none.
Tag next_tag(std::string_view html, std::size_t from) {
  while ((from = html.find('<', from)) != std::string_view::npos) {
    std::size_t i = from + 1;
    const bool closing = i < html.size() && html[i] == '/';
    if (closing) ++i;
    const std::size_t name = i;
    while (i < html.size() && is_name_char(html[i])) ++i;
    if (i > name) {
      const std::size_t close = html.find('>', i);
      return {from, close == std::string_view::npos ? html.size() : close + 1,
              html.substr(name, i - name), closing};
    }
    ++from;
  }
  return {html.size(), html.size(), {}, false};
}

GumboTag tag_of(std::string_view name) {
  return gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size()));
}

bool is_formatting(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_B:
    case GUMBO_TAG_BIG:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_FONT:
    case GUMBO_TAG_I:
    case GUMBO_TAG_NOBR:
    case GUMBO_TAG_S:
    case GUMBO_TAG_SMALL:
    case GUMBO_TAG_STRIKE:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_U:
      return true;
    default:
      return false;
  }
}

bool is_void(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_BR:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_META:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_COL:
    case GUMBO_TAG_BASE:
      return true;
    default:
      return false;
  }
}

bool is_block(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
      return true;
    default:
      return false;
  }
}

bool is_paragraph(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
      return true;
    default:
      return false;
  }
}

bool is_unseen(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_IFRAME:
      return true;
    default:
      return false;
  }
}

/// True for a source whose tree could get too deep or, by repeated formatting, too large.
bool is_excessive(std::string_view html) {
  int depth = 0, formatting = 0;
  for (Tag tag = next_tag(html, 0); tag.begin < html.size(); tag = next_tag(html, tag.end)) {
    const GumboTag kind = tag_of(tag.name);
    if (is_void(kind)) continue;
    const int step = tag.closing ? -1 : 1;
    depth = std::max(0, depth + step);
    if (is_formatting(kind)) formatting = std::max(0, formatting + step);
    if (depth > kDeepestTree || formatting > kMostOpenFormatting) return true;
  }
  return false;
}

/// The same text without structure: blocks become line breaks, other tags go.
std::string flattened(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  std::size_t done = 0;
  while (done < html.size()) {
    const Tag tag = next_tag(html, done);
    out.append(html, done, tag.begin - done);
    const GumboTag kind = tag.name.empty() ? GUMBO_TAG_UNKNOWN : tag_of(tag.name);
    if (kind == GUMBO_TAG_STYLE || kind == GUMBO_TAG_SCRIPT)
      out.append(html, tag.begin, tag.end - tag.begin);
    else if (kind == GUMBO_TAG_BR || is_block(kind) || is_paragraph(kind))
      out += "<br>";
    done = tag.end;
  }
  return out;
}

std::string_view attribute(const GumboElement& element, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&element.attributes, name);
  return found ? std::string_view(found->value) : std::string_view{};
}

bool is_hidden(const GumboElement& element) {
  std::string style(attribute(element, "style"));
  std::erase(style, ' ');
  return style.find("display:none") != std::string::npos;
}

/// Collects text line by line.
class Page {
 public:
  void add_text(std::string_view text, bool preformatted) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool no_break = text.substr(i).starts_with("\xC2\xA0");
      if (no_break) ++i;
      const char c = no_break ? ' ' : text[i];
      const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
      if (preformatted && c == '\n')
        end_line();
      else if (space && !preformatted)
        pending_space_ = true;
      else
        add(c);
    }
  }
  void add_mark(std::string_view mark) {
    begin_block();
    line_ += mark;
  }
  void add_word(std::string_view word) {
    for (const char c : word) add(c);
  }
  void end_line() {
    if (line_.empty()) {
      blank_line();
      return;
    }
    flush();
  }
  /// Starts on a fresh line.
  void begin_block() {
    pending_space_ = false;
    if (!line_.empty()) flush();
  }
  /// Leaves one empty line before what follows.
  void begin_paragraph() {
    begin_block();
    wants_blank_ = true;
  }
  void quote(int change) {
    begin_block();
    quote_depth_ += change;
  }
  bool at_line_start() const { return line_.empty(); }
  std::string take() {
    begin_block();
    while (out_.ends_with('\n')) out_.pop_back();
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  void add(char c) {
    if (pending_space_ && !line_.empty() && line_.back() != ' ') line_ += ' ';
    pending_space_ = false;
    line_ += c;
  }
  std::string prefix() const {
    std::string marks;
    for (int i = 0; i < std::min(quote_depth_, 20); ++i) marks += "> ";
    return marks;
  }
  void blank_line() {
    pending_space_ = false;
    if (out_.empty()) return;
    std::string marks = prefix();
    if (!marks.empty()) marks.pop_back();
    out_ += marks + '\n';
    wants_blank_ = false;
  }
  void flush() {
    if (wants_blank_ && !out_.empty() && !out_.ends_with("\n\n")) blank_line();
    wants_blank_ = false;
    while (!line_.empty() && line_.back() == ' ') line_.pop_back();
    out_ += prefix() + line_ + '\n';
    line_.clear();
    pending_space_ = false;
  }

  std::string out_, line_;
  int quote_depth_ = 0;
  bool pending_space_ = false, wants_blank_ = false;
};

/// Walks the tree without recursion.
class Walk {
 public:
  std::string text_of(const GumboNode* root) {
    if (enter(root)) {
      while (!open_.empty()) {
        Open& top = open_.back();
        const GumboVector& children = top.node->v.element.children;
        if (top.next < children.length)
          enter(static_cast<const GumboNode*>(children.data[top.next++]));
        else
          leave();
      }
    }
    return page_.take();
  }

 private:
  struct Open {
    const GumboNode* node;
    unsigned next = 0;
    int item = 0;  // list items seen
  };

  bool enter(const GumboNode* node) {
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
        node->type == GUMBO_NODE_CDATA) {
      page_.add_text(node->v.text.text, preformatted_ > 0);
      return false;
    }
    if (node->type != GUMBO_NODE_ELEMENT) return false;
    const GumboElement& element = node->v.element;
    if (is_unseen(element.tag) || is_hidden(element)) return false;
    if (element.tag == GUMBO_TAG_BR) {
      page_.end_line();
      return false;
    }
    if (element.tag == GUMBO_TAG_HR) {
      page_.add_mark("----");
      page_.begin_block();
      return false;
    }
    if (element.tag == GUMBO_TAG_IMG) {
      page_.add_text(attribute(element, "alt"), false);
      return false;
    }
    if (is_paragraph(element.tag)) page_.begin_paragraph();
    if (is_block(element.tag)) page_.begin_block();
    if (element.tag == GUMBO_TAG_BLOCKQUOTE) page_.quote(1);
    if (element.tag == GUMBO_TAG_PRE) ++preformatted_;
    if (element.tag == GUMBO_TAG_LI) mark_item();
    if ((element.tag == GUMBO_TAG_TD || element.tag == GUMBO_TAG_TH) && !page_.at_line_start())
      page_.add_text(" ", false);
    open_.push_back({node});
    return true;
  }

  void mark_item() {
    if (!open_.empty() && open_.back().node->v.element.tag == GUMBO_TAG_OL)
      page_.add_mark(std::to_string(++open_.back().item) + ". ");
    else
      page_.add_mark("* ");
  }

  void leave() {
    const GumboElement& element = open_.back().node->v.element;
    open_.pop_back();
    if (element.tag == GUMBO_TAG_A) add_link(element);
    if (element.tag == GUMBO_TAG_PRE) --preformatted_;
    if (element.tag == GUMBO_TAG_BLOCKQUOTE) page_.quote(-1);
    if (is_block(element.tag)) page_.begin_block();
    if (is_paragraph(element.tag)) page_.begin_paragraph();
  }

  void add_link(const GumboElement& element) {
    const std::string_view target = attribute(element, "href");
    if (!target.starts_with("http") || target.size() > 200 || element.children.length == 0) return;
    const auto* child = static_cast<const GumboNode*>(element.children.data[0]);
    const bool shown = child->type == GUMBO_NODE_TEXT &&
                       std::string_view(child->v.text.text).find("://") != std::string_view::npos;
    if (shown || child->type != GUMBO_NODE_TEXT) return;
    page_.add_text(" ", false);
    page_.add_word("<");
    page_.add_word(target);
    page_.add_word(">");
  }

  Page page_;
  std::vector<Open> open_;
  int preformatted_ = 0;
};

}  // namespace

std::string html_to_text(std::string_view html) {
  html = html.substr(0, kLargestHtml);
  std::string flat;
  if (is_excessive(html)) html = flat = flattened(html);
  const auto destroy = [](GumboOutput* output) {
    gumbo_destroy_output(&kGumboDefaultOptions, output);
  };
  const std::unique_ptr<GumboOutput, decltype(destroy)> output(
      gumbo_parse_with_options(&kGumboDefaultOptions, html.data(), html.size()), destroy);
  return Walk().text_of(output->root);
}

}  // namespace sancho::core
