#include "goakt/admin/json.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/traffic.h"
#include "tests/unit/admin/running_node.h"

#include <array>

using namespace goakt;
using namespace goakt::admin;

namespace {

constexpr std::array kMethods = {"GET",    "HEAD",    "POST", "PUT", "PATCH",
                                 "DELETE", "OPTIONS", "BREW", "get", ""};

// With every parameter of the path replaced.
std::string filled(std::string path, std::string_view value) {
  for (auto at = path.find('{'); at != std::string::npos; at = path.find('{', at + value.size())) {
    path.replace(at, path.find('}', at) - at + 1, value);
  }
  return path;
}

// Known by their work: they would measure, or look at every thread, a thousand times.
bool takes_its_time(const Router::Entry& entry) {
  return entry.path == "/v1/bench" || entry.path.starts_with("/v1/debug");
}

class Hostile {
 public:
  Hostile() { add_routes(router_, running_.node(), traffic_); }

  std::vector<Router::Entry> entries() const {
    std::vector<Router::Entry> entries = router_.list();
    std::erase_if(entries, takes_its_time);
    REQUIRE(entries.size() > 50);
    return entries;
  }

  // The answer says what is wrong, in JSON, and is never the node's own failure.
  void send(const std::string& method, const std::string& path, const std::string& body,
            Members query = {}) {
    Request request;
    request.method = method;
    request.path = path;
    request.role = Role::admin;
    request.body = body;
    request.query = std::move(query);
    request.query.emplace("windowMs", "10");  // of top
    const Response response = router_.dispatch(request);
    INFO(method << " " << path << "\n" << body << "\n" << response.body);
    CHECK((response.status < 500 || response.status == 501));
    if (response.content_type == kProblemType) CHECK(Json::parse(response.body).has_value());
  }

 private:
  Running running_;
  Traffic traffic_{16, 16};
  Router router_;
};

}  // namespace

TEST_CASE("no route fails on a method that it does not have") {
  Hostile node;
  for (const auto& entry : node.entries())
    for (const char* method : kMethods) node.send(method, filled(entry.path, "a"), "{}");
}

TEST_CASE("no route fails on a name that names nothing") {
  Hostile node;
  const std::string nul("a\0b", 3);
  const std::string long_one(300, 'x');
  for (const auto& entry : node.entries())
    for (const std::string& value :
         {nul, long_one, std::string(".."), std::string("\xff\xfe"),
          std::string("GoAktUserGuardian"), std::string("a/b"), std::string("-1")})
      node.send(entry.method, filled(entry.path, value), "{}");
}

TEST_CASE("no route fails on a body that is not what it should be") {
  Hostile node;
  const std::string deep = std::string(2'000, '[') + std::string(2'000, ']');
  for (const auto& entry : node.entries())
    for (const std::string& body :
         {std::string(), std::string("["), std::string("null"), std::string("[]"),
          std::string("\"x\""), std::string("1e999"), std::string("\xff\xfe\x00", 3), deep,
          std::string(R"({"name":5,"kind":[],"count":-1,"forMs":1e300,"ids":"x","type":{}})"),
          std::string(R"({"type":"google.protobuf.Any","message":{"@type":"x/y"}})"),
          std::string(R"({"to":"a","type":"","raw":"?","meta":[],"descriptors":"AAAA"})")})
      node.send(entry.method, filled(entry.path, "a"), body);
}

TEST_CASE("no route fails on a cursor, a number or a filter that nobody gave out") {
  Hostile node;
  using Query = Members;
  for (const auto& entry : node.entries())
    for (const Query& query :
         {Query{{"page", "AAAA"}}, Query{{"page", "%%%"}}, Query{{"page", std::string(5'000, 'A')}},
          Query{{"limit", "-1"}, {"rows", "1e9"}, {"depth", "x"}},
          Query{{"limit", "99999999999999999999"}, {"maxChildren", "0"}},
          Query{{"filter", "name~((((("}, {"sort", "-"}},
          Query{{"filter", ",,,=,"}, {"fields", "...,,a.b.c"}},
          Query{{"since", "never"}, {"type", ",,"}}, Query{{"node", "nowhere:1"}},
          Query{{"node", ""}, {"consistency", "both"}, {"by", "weight"}}})
      node.send(entry.method, filled(entry.path, "a"), "{}", query);
}
