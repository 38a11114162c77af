#include "condition.h"

#include "goakt/base/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <regex.h>
#include <vector>

namespace goaktctl {

namespace {

const std::vector<std::string>& words() {
  static const std::vector<std::string> all = {"ready",     "exists",    "gone",   "running",
                                               "suspended", "drained",   "left",   "settled",
                                               "leader",    "succeeded", "active", "answers"};
  return all;
}

std::optional<double> number_of(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
  return number;
}

// A POSIX extended regular expression.
class Pattern {
 public:
  explicit Pattern(const std::string& text)
      : error_(::regcomp(&regex_, text.c_str(), REG_EXTENDED | REG_NOSUB)) {}

  ~Pattern() {
    if (error_ == 0) ::regfree(&regex_);
  }

  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  // Empty when it is one.
  std::string complaint() const {
    if (error_ == 0) return "";
    char text[128];
    ::regerror(error_, &regex_, text, sizeof text);
    return text;
  }

  bool is_in(const std::string& text) const {
    return error_ == 0 && ::regexec(&regex_, text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t regex_;
  int error_;
};

std::string state_of(const Document& thing) {
  const Document* state = at_path(thing, "state");
  return state ? plain_text(*state) : std::string();
}

// As numbers when both are, else as text.
int compare(const std::string& a, const std::string& b) {
  const auto x = number_of(a);
  const auto y = number_of(b);
  if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  return a.compare(b);
}

}  // namespace

std::optional<Condition> Condition::parse(std::string_view text, std::string& complaint) {
  struct Operator {
    std::string_view sign;
    Kind kind;
  };

  // Longer signs first: "<=" is not "<" and "=...".
  static constexpr std::array<Operator, 7> kOperators = {{{"!=", Kind::unequal},
                                                          {"<=", Kind::less_equal},
                                                          {">=", Kind::more_equal},
                                                          {"<", Kind::less},
                                                          {">", Kind::more},
                                                          {"~", Kind::matches},
                                                          {"=", Kind::equal}}};
  Condition condition;
  condition.text_ = text;
  const auto at = text.find_first_of("!<>~=");
  if (at == std::string_view::npos) {
    condition.path_ = text;
    const bool is_word = std::find(words().begin(), words().end(), text) != words().end();
    condition.kind_ = is_word ? Kind::word : Kind::exists;
    const bool is_path = text.find('.') != std::string_view::npos;
    const std::string near = goakt::nearest(std::string(text), words());
    if (text.empty() || (!is_word && !is_path && !near.empty())) {
      complaint = "\"" + condition.text_ + "\" is no condition" +
                  (near.empty() ? "" : "; did you mean " + near + "?");
      return std::nullopt;
    }
    return condition;
  }
  for (const Operator& each : kOperators) {
    if (!text.substr(at).starts_with(each.sign)) continue;
    condition.kind_ = each.kind;
    condition.path_ = text.substr(0, at);
    condition.value_ = text.substr(at + each.sign.size());
    break;
  }
  if (condition.path_.empty() || condition.kind_ == Kind::word) {
    complaint = "\"" + condition.text_ + "\" is no condition: path=value, !=, <, <=, >, >=, ~";
    return std::nullopt;
  }
  if (condition.kind_ == Kind::matches) {
    const Pattern pattern(condition.value_);
    if (!pattern.complaint().empty()) {
      complaint = "\"" + condition.value_ + "\" is no regular expression: " + pattern.complaint();
      return std::nullopt;
    }
  }
  return condition;
}

bool Condition::is_word_met(const Document* thing) const {
  if (path_ == "gone" || path_ == "left") return thing == nullptr || state_of(*thing) == "left";
  if (!thing) return false;
  if (path_ == "exists" || path_ == "answers") return true;
  const std::string state = state_of(*thing);
  if (path_ == "ready") {
    const Document* status = at_path(*thing, "status");
    return status ? plain_text(*status) == "ok"
                  : state == "active" || state == "running" || state == "cordoned";
  }
  if (path_ == "leader") {
    const Document* leader = at_path(*thing, "leader");
    return leader && *leader != Document(false) && !leader->is_null();
  }
  if (path_ == "settled") {
    const Document* moving = at_path(*thing, "partitions.moving");
    // A node that runs alone has nothing that could move.
    return !moving || *moving == Document(0);
  }
  return state == path_;
}

bool Condition::is_met(const Document* thing) const {
  if (kind_ == Kind::word) return is_word_met(thing);
  const Document* value = thing ? at_path(*thing, path_) : nullptr;
  if (!value) return false;
  const std::string text = plain_text(*value);
  switch (kind_) {
    case Kind::exists:
      return true;
    case Kind::equal:
      return compare(text, value_) == 0;
    case Kind::unequal:
      return compare(text, value_) != 0;
    case Kind::less:
      return compare(text, value_) < 0;
    case Kind::less_equal:
      return compare(text, value_) <= 0;
    case Kind::more:
      return compare(text, value_) > 0;
    case Kind::more_equal:
      return compare(text, value_) >= 0;
    default:
      return Pattern(value_).is_in(text);
  }
}

bool Condition::is_possible(const Document* thing) const {
  if (!thing || is_met(thing)) return true;
  const Document* kind = at_path(*thing, "kind");
  if (!kind || *kind != Document("Operation")) return true;
  const std::string state = state_of(*thing);
  return state != "failed" && state != "cancelled" && state != "partial" && state != "succeeded";
}

}  // namespace goaktctl
