#include "goakt/admin/query_values.h"

#include "goakt/base/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ctime>

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

tl::expected<std::optional<WallTime>, Refusal> query_time(const Request& request,
                                                          std::string_view key) {
  const std::string text(request.query_value(key));
  if (text.empty()) return std::nullopt;
  std::chrono::milliseconds ago{};
  if (parse_duration(text, ago))
    return WallTime(std::chrono::time_point_cast<Duration>(SystemClock::instance().wall() - ago));
  std::tm parts{};
  const char* const rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest != nullptr) {
    std::string_view end(rest);
    Duration fraction{};
    Duration digit = std::chrono::milliseconds(100);
    if (end.starts_with('.')) {
      for (end.remove_prefix(1); !end.empty() && end[0] >= '0' && end[0] <= '9'; digit /= 10) {
        fraction += digit * (end[0] - '0');
        end.remove_prefix(1);
      }
    }
    if (end == "Z") return WallTime(std::chrono::seconds(::timegm(&parts)) + fraction);
  }
  return refuse(Problem::invalid_argument, std::string(key) +
                                               " must be a duration such as 10m, or a time such as "
                                               "2026-01-02T03:04:05Z");
}

tl::expected<std::int64_t, Refusal> ping_count(const Request& request) {
  constexpr std::int64_t kUsual = 5;
  if (request.body.empty()) return kUsual;
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  const auto count = fields.integer("count", 1, 1000).value_or(kUsual);
  fields.integer("payloadBytes", 0, 1 << 20);
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  return count;
}

bool means_this_node(std::string_view node, std::string_view own_id) {
  return node == "self" || node == "leader" || node == own_id ||
         (!node.empty() && own_id.starts_with(node));
}

std::optional<Refusal> settle_dry_run(Request& request) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS")
    return std::nullopt;
  for (const auto& [name, value] : request.query) {
    std::string letters;
    for (const char c : name)
      if (c != '-' && c != '_')
        letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (letters != "dryrun") continue;
    const bool on = value.empty() || value == "true" || value == "1";
    if (name != "dryRun" || !(on || value == "false" || value == "0"))
      return Refusal(Problem::invalid_argument, "dryRun is written so, and is true or false");
    request.dry_run = on;
  }
  if (request.role == Role::none || request.body.find("dryRun") == std::string::npos)
    return std::nullopt;
  auto body = Json::parse(request.body);
  if (!body) return std::nullopt;  // the route says what is wrong with it
  if (const auto flag = body->take_flag("dryRun")) {
    request.dry_run = request.dry_run || *flag;
    request.body = body->dump();
  }
  if (body->peek("dryRun").empty()) return std::nullopt;
  return Refusal(Problem::invalid_argument, "dryRun must be true or false");
}

}  // namespace goakt::admin
