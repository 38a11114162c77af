#include "goakt/message/type.h"

#include "goakt/message/envelope.h"
#include "goakt/message/pool.h"

#include <deque>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace goakt {

namespace {

struct Table {
  mutable std::shared_mutex mutex;  // guards the two below
  std::deque<MessageType> types;    // addresses stay
  std::unordered_map<std::string_view, const MessageType*> by_name;
};

Table& table() {
  static Table* const table = new Table;  // outlives every static that holds a message
  return *table;
}

}  // namespace

TypeRegistry& TypeRegistry::instance() {
  static TypeRegistry registry;
  return registry;
}

const MessageType& TypeRegistry::intern(const MessageType& candidate, bool unique) {
  Table& t = table();
  std::unique_lock lock(t.mutex);
  if (!unique) {
    if (const auto it = t.by_name.find(candidate.name); it != t.by_name.end()) {
      if (it->second->size == candidate.size && it->second->is_inline == candidate.is_inline)
        return *it->second;
    }
  }
  MessageType& type = t.types.emplace_back(candidate);
  type.index = static_cast<std::uint16_t>(t.types.size() - 1);
  if (type.reset != nullptr)
    type.kept = pool::add_kind(internal::destroy_kept).value_or(MessageType::kNotKept);
  type.is_marked = unique || t.by_name.contains(type.name);
  if (type.is_marked) type.name += "#" + std::to_string(type.index);
  t.by_name.emplace(type.name, &type);
  return type;
}

const MessageType* TypeRegistry::find(std::string_view name) const {
  Table& t = table();
  std::shared_lock lock(t.mutex);
  const auto it = t.by_name.find(name);
  return it == t.by_name.end() ? nullptr : it->second;
}

}  // namespace goakt
