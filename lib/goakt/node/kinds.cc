#include "goakt/node/kinds.h"

#include <cctype>

namespace goakt {

namespace {

bool is_kind_name(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-' && c != '_')
      return false;
  }
  return true;
}

}  // namespace

Status Kinds::add(Kind kind) {
  if (!is_kind_name(kind.name)) {
    return fail(ErrorCode::invalid_argument,
                "\"" + kind.name + "\" is no name of a kind: letters, digits, '.', '-' and '_'");
  }
  std::string name = kind.name;
  std::string from = kind.from;
  const auto [it, added] = by_name_.emplace(std::move(name), std::move(kind));
  if (added) return {};
  return fail(ErrorCode::invalid_argument, "the kind " + it->first + " of " + from +
                                               " is registered already, by " + it->second.from);
}

Status Kinds::add_dependency(DependencyType type) {
  std::string name = type.name;
  std::string from = type.from;
  const auto [it, added] = dependencies_.emplace(std::move(name), std::move(type));
  if (added) return {};
  return fail(ErrorCode::invalid_argument, "the dependency " + it->first + " of " + from +
                                               " is registered already, by " + it->second.from);
}

std::vector<const DependencyType*> Kinds::dependencies() const {
  std::vector<const DependencyType*> types;
  for (const auto& [name, type] : dependencies_) types.push_back(&type);
  return types;
}

const Kind* Kinds::find(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &it->second;
}

std::vector<const Kind*> Kinds::all() const {
  std::vector<const Kind*> kinds;
  for (const auto& [name, kind] : by_name_) kinds.push_back(&kind);
  return kinds;
}

std::vector<std::string> Kinds::names() const {
  std::vector<std::string> names;
  for (const auto& [name, kind] : by_name_) names.push_back(name);
  return names;
}

}  // namespace goakt
