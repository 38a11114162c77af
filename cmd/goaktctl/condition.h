#pragma once

#include "output/schema.h"

#include <optional>
#include <string>
#include <string_view>

namespace goaktctl {

// A condition of `wait`: a word ("running", "gone") or a comparison of a field of the target's JSON
// ("metrics.mailbox>=10", "state!=suspended", "name~^a"; a path alone asks that the field exists).
class Condition {
 public:
  // Nothing, and why, when it is none.
  static std::optional<Condition> parse(std::string_view text, std::string& complaint);

  const std::string& text() const { return text_; }

  // Whether a look at the target meets it. `thing`: null when the target does not exist.
  // A field that is not there is never met, also not by !=: it is "not yet".
  bool is_met(const Document* thing) const;

  // Whether it can still be met: an operation that has failed never succeeds.
  bool is_possible(const Document* thing) const;

 private:
  enum class Kind { word, exists, equal, unequal, less, less_equal, more, more_equal, matches };

  bool is_word_met(const Document* thing) const;

  std::string text_;
  Kind kind_ = Kind::word;
  std::string path_;  // or the word
  std::string value_;
};

}  // namespace goaktctl
