#pragma once

#include "goakt/actor/extension.h"
#include "goakt/actor/system.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace goakt {

// A class of actors that can be made by name: by operators, plugins' configuration and other nodes.
struct Kind {
  std::string name;
  std::string from;                         // who registered it: a plugin's name, "demo", "program"
  std::vector<const MessageType*> accepts;  // of its handler list; empty: it takes what it gets
  SpawnOptions defaults;                    // what a spawn that says nothing gets
  std::function<internal::ActorRecipe(const SpawnOptions&)> make;
};

// A class of dependencies that actors can be spawned with by name, from their marshalled form.
struct DependencyType {
  std::string name;  // its type_name()
  std::string from;
  std::function<std::shared_ptr<Dependency>()> make;  // an empty one
};

// All kinds of a node. Filled before the node starts, read by all threads after that.
class GOAKT_API Kinds {
 public:
  // Error: invalid_argument when the name is taken or bad.
  [[nodiscard]] Status add(Kind kind);
  // Error: invalid_argument when the name is taken.
  [[nodiscard]] Status add_dependency(DependencyType type);
  std::vector<const DependencyType*> dependencies() const;
  // Null when there is none of that name.
  const Kind* find(std::string_view name) const;
  std::vector<const Kind*> all() const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, Kind, std::less<>> by_name_;
  std::map<std::string, DependencyType, std::less<>> dependencies_;
};

}  // namespace goakt
