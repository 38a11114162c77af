#include "goakt/admin/query_values.h"

#include <charconv>

namespace goakt::admin {

tl::expected<std::int64_t, Refusal> query_number(const Request& request, std::string_view key,
                                                 std::int64_t otherwise, std::int64_t min,
                                                 std::int64_t max) {
  const std::string_view text = request.query_value(key);
  if (text.empty()) return otherwise;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && number >= min &&
      number <= max)
    return number;
  return refuse(Problem::invalid_argument, std::string(key) + " must be a whole number from " +
                                               std::to_string(min) + " to " + std::to_string(max));
}

bool query_switch(const Request& request, std::string_view key) {
  const std::string_view text = request.query_value(key);
  return text == "true" || text == "1" || (text.empty() && request.has_query(key));
}

}  // namespace goakt::admin
