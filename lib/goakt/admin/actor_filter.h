#pragma once

#include "goakt/actor/pid.h"
#include "goakt/admin/refusal.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

struct Request;

// Which actors a list is about: its query's prefix, kind, role, state, parent, and the terms of
// `filter`, joined by commas: "kind=order,name~^ord,metrics.mailbox>1000".
//
// Cheap facts are looked at first; most actors of a million are passed over without an allocation.
class ActorFilter {
 public:
  [[nodiscard]] static tl::expected<ActorFilter, Refusal> of(const Request& request,
                                                             std::string_view node_id);

  bool takes(const Pid& pid) const;

 private:
  enum class Field {
    name,
    kind,
    state,
    parent,
    role,
    relocatable,
    singleton,
    system,
    metric,
    always
  };
  enum class Test { equal, unequal, less, less_equal, greater, greater_equal, matches };

  struct Pattern;

  struct Term {
    Field field = Field::name;
    Test test = Test::equal;
    std::string text;
    std::string metric;
    double number = 0;
    std::shared_ptr<const Pattern> pattern;
    bool constant = false;  // of Field::always
  };

  [[nodiscard]] static tl::expected<Term, Refusal> parse(std::string_view text,
                                                         std::string_view node_id);
  static bool holds(const Term& term, const Pid& pid);

  std::string prefix_;
  std::vector<Term> terms_;
};

// One figure of an actor by its name in the JSON, "mailbox"; false: there is none of that name.
bool metric_of(const Pid& pid, std::string_view name, double& value);

}  // namespace goakt::admin
