#include "goakt/admin/actor_filter.h"

#include "goakt/actor/inspect.h"
#include "goakt/actor/metric.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/http.h"
#include "goakt/admin/query_values.h"

#include <algorithm>
#include <charconv>
#include <regex.h>

namespace goakt::admin {

// The C library's matcher: no pattern without back references takes it more than linear time, which
// cannot be said of the standard library's.
struct ActorFilter::Pattern {
  static constexpr std::size_t kLongest = 128;

  explicit Pattern(const std::string& text)
      : good(text.size() <= kLongest && text.find_first_of("\\{") == std::string::npos &&
             ::regcomp(&compiled, text.c_str(), REG_EXTENDED | REG_NOSUB) == 0) {}

  ~Pattern() {
    if (good) ::regfree(&compiled);
  }

  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  bool matches(std::string_view name) const {
    return ::regexec(&compiled, std::string(name).c_str(), 0, nullptr, 0) == 0;
  }

  regex_t compiled{};
  const bool good;
};

bool metric_of(const Pid& pid, std::string_view name, double& value) {
  if (name == "mailbox") {
    value = static_cast<double>(pid.mailbox_depth());
  } else if (name == "processed") {
    value = static_cast<double>(pid.processed_count());
  } else if (name == "failures") {
    value = pid.failure_count();
  } else if (name == "restarts") {
    value = pid.restart_count();
  } else if (name == "children") {
    value = static_cast<double>(pid.children_count());
  } else if (name == "uptimeSeconds") {
    value = std::chrono::duration<double>(pid.uptime()).count();
  } else if (name == "reinstated" || name == "deadLetters" || name == "stash") {
    const auto metric = pid.metric();
    if (!metric)
      value = 0;
    else if (name == "stash")
      value = static_cast<double>(metric->stash_size);
    else
      value = static_cast<double>(name == "reinstated" ? metric->reinstated : metric->dead_letters);
  } else {
    return false;
  }
  return true;
}

namespace {

struct Operator {
  std::string_view text;
  int test;
};

// Longer ones first.
constexpr Operator kOperators[] = {{"!=", 1}, {"<=", 3}, {">=", 5}, {"=", 0},
                                   {"<", 2},  {">", 4},  {"~", 6}};

tl::unexpected<Refusal> bad(std::string_view term, const std::string& why) {
  return refuse(Refusal(Problem::invalid_argument, "filter: \"" + std::string(term) + "\" " + why)
                    .with_hint("for example kind=order,name~^ord,metrics.mailbox>1000"));
}

bool compare(double a, int test, double b) {
  switch (test) {
    case 0:
      return a == b;
    case 1:
      return a != b;
    case 2:
      return a < b;
    case 3:
      return a <= b;
    case 4:
      return a > b;
    default:
      return a >= b;
  }
}

}  // namespace

tl::expected<ActorFilter::Term, Refusal> ActorFilter::parse(std::string_view text,
                                                            std::string_view node_id) {
  const auto at = text.find_first_of("=!<>~");
  if (at == std::string_view::npos || at == 0) return bad(text, "is no term");
  const auto* found =
      std::find_if(std::begin(kOperators), std::end(kOperators),
                   [&](const Operator& o) { return text.substr(at).starts_with(o.text); });
  if (found == std::end(kOperators)) return bad(text, "is no term");
  const std::string_view field = text.substr(0, at);
  Term term;
  term.test = static_cast<Test>(found->test);
  term.text = text.substr(at + found->text.size());
  constexpr std::pair<std::string_view, Field> kFields[] = {
      {"name", Field::name},           {"kind", Field::kind},
      {"actorKind", Field::kind},      {"state", Field::state},
      {"parent", Field::parent},       {"role", Field::role},
      {"singleton", Field::singleton}, {"relocatable", Field::relocatable},
      {"system", Field::system}};
  const auto* known = std::find_if(std::begin(kFields), std::end(kFields),
                                   [&](const auto& pair) { return pair.first == field; });
  if (field == "node" || field == "impl") {
    const bool same = field == "impl" ? term.text == "cpp" : means_this_node(term.text, node_id);
    if (term.test != Test::equal && term.test != Test::unequal) return bad(text, "takes = and !=");
    term.field = Field::always;
    term.constant = same == (term.test == Test::equal);
    return term;
  }
  if (known != std::end(kFields)) {
    term.field = known->second;
    if (term.test == Test::matches) {
      term.pattern = std::make_shared<Pattern>(term.text);
      if (!term.pattern->good)
        return bad(text,
                   "has no usable pattern: extended regular expressions of at most 128 "
                   "characters, without braces and back references");
    } else if (term.test != Test::equal && term.test != Test::unequal) {
      return bad(text, "compares text, which takes =, != and ~");
    }
    return term;
  }
  term.metric = field.starts_with("metrics.") ? field.substr(8) : field;
  double ignored = 0;
  if (!metric_of(Pid(), term.metric, ignored)) return bad(text, "is about an unknown field");
  term.field = Field::metric;
  const char* const end = term.text.data() + term.text.size();
  const auto parsed = std::from_chars(term.text.data(), end, term.number);
  if (term.test == Test::matches || parsed.ec != std::errc() || parsed.ptr != end)
    return bad(text, "compares a number");
  return term;
}

tl::expected<ActorFilter, Refusal> ActorFilter::of(const Request& request,
                                                   std::string_view node_id) {
  ActorFilter filter;
  filter.prefix_ = request.query_value("prefix");
  constexpr std::pair<std::string_view, Field> kShort[] = {{"kind", Field::kind},
                                                           {"role", Field::role},
                                                           {"state", Field::state},
                                                           {"parent", Field::parent}};
  for (const auto& [name, field] : kShort) {
    if (request.query_value(name).empty()) continue;
    Term term;
    term.field = field;
    term.text = request.query_value(name);
    filter.terms_.push_back(std::move(term));
  }
  std::string_view terms = request.query_value("filter");
  while (!terms.empty()) {
    const auto comma = terms.find(',');
    auto term = parse(terms.substr(0, comma), node_id);
    if (!term) return refuse(std::move(term).error());
    filter.terms_.push_back(*std::move(term));
    terms.remove_prefix(comma == std::string_view::npos ? terms.size() : comma + 1);
    if (filter.terms_.size() > 32)
      return refuse(Problem::invalid_argument, "filter: too many terms");
  }
  return filter;
}

bool ActorFilter::holds(const Term& term, const Pid& pid) {
  const auto text = [&](std::string_view value) {
    if (term.test == Test::matches) return term.pattern->matches(value);
    return (value == term.text) == (term.test == Test::equal);
  };
  switch (term.field) {
    case Field::always:
      return term.constant;
    case Field::name:
      return text(pid.name());
    case Field::kind:
      return text(pid.kind());
    case Field::state:
      return text(state_of(pid));
    case Field::parent:
      return text(parent_name(pid));
    case Field::relocatable:
      return text(pid.is_relocatable() ? "true" : "false");
    case Field::system:
      return text(pid.is_system() ? "true" : "false");
    case Field::role:
    case Field::singleton: {
      const auto facts = inspect(pid);
      if (!facts) return false;
      return term.field == Field::role ? text(facts->role)
                                       : text(facts->singleton ? "true" : "false");
    }
    case Field::metric: {
      double value = 0;
      metric_of(pid, term.metric, value);
      return compare(value, static_cast<int>(term.test), term.number);
    }
  }
  return false;
}

bool ActorFilter::takes(const Pid& pid) const {
  if (!prefix_.empty() && !pid.name().starts_with(prefix_)) return false;
  return std::all_of(terms_.begin(), terms_.end(),
                     [&](const Term& term) { return holds(term, pid); });
}

}  // namespace goakt::admin
