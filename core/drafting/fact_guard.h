#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/drafting/grounding.h"
#include "engine/text/tokenizer.h"

namespace sancho::core {

/// The text of every piece of a vocabulary, control tokens having none.
std::vector<std::string> piece_texts(const engine::Tokenizer& tokenizer);

/// Keeps a draft from facts that nobody said. Of each token's logits it leaves only those that
/// make, or can still become, a number (a run of digits) of the sources, each as often as they have
/// it; thousands separators may come and go, a point between digits may not. Days and months that
/// no source names, and '@' where none has it, cannot be written either. One guard serves all
/// candidates of a draft.
class FactGuard {
 public:
  /// `pieces` as piece_texts gives them; must outlive the guard.
  FactGuard(const std::vector<std::string>& pieces, std::span<const FactSource> sources);

  /// `written`: the draft so far, without the prompt. Sets logits `[vocab]` of what must not follow
  /// to −∞.
  void restrict(std::span<const engine::TokenId> written, std::span<float> logits) const;

 private:
  using Counts = std::map<std::string, int, std::less<>>;
  /// Numbers of the draft so far, and how it ends.
  struct State {
    Counts used;
    std::string open;    // the digits it ends with, without separators
    std::string point;   // what stands before `open` if that is digits and a point: "4."
    bool comma = false;  // behind `open`
  };
  bool begins(const Counts& used, std::string_view digits) const;
  bool separates(const Counts& used, std::string_view digits) const;
  bool is_left(const Counts& used, std::string_view number) const;
  bool has_decimal(std::string_view point, std::string_view digits) const;
  bool close(State& state) const;
  bool go_on(State& state, char c) const;
  /// Whether `text` can follow.
  bool fits(State state, std::string_view text) const;

  const std::vector<std::string>& pieces_;
  std::string told_;  // all sources
  Counts numbers_;    // how often the sources have each
  std::vector<std::size_t> numeric_, forbidden_;
  std::vector<std::string> untold_days_;
  std::map<std::string_view, std::size_t> by_text_;
};

}  // namespace sancho::core
