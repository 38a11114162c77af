#pragma once

#include "goakt/admin/query_values.h"
#include "goakt/admin/router.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

// Whether a path is that of the actor that an operator calls by this name.
inline bool is_about(std::string_view path, std::string_view name) {
  return path == name || (path.size() > name.size() && path.ends_with(name) &&
                          path[path.size() - name.size() - 1] == '/');
}

// Whether a word stands in a list "a,b"; an empty list holds all.
inline bool is_among(std::string_view word, std::string_view list) {
  if (list.empty()) return true;
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

// The last `limit` of what the filter takes, oldest first.
template <class T, class Takes, class ToJson>
Reply newest(const Request& request, const std::vector<T>& all, Takes takes, ToJson to_json) {
  const auto limit = query_number(request, "limit", 100, 1, 10'000);
  if (!limit) return refuse(limit.error());
  std::vector<const T*> chosen;
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    if (static_cast<std::int64_t>(chosen.size()) == *limit) break;
    if (takes(*it)) chosen.push_back(&*it);
  }
  Json items = Json::array();
  for (auto it = chosen.rbegin(); it != chosen.rend(); ++it) items.add(to_json(**it));
  return answer(list_of(std::move(items)));
}

}  // namespace goakt::admin
