#include "goakt/admin/openapi.h"

#include "tests/unit/admin/running_node.h"

#include <set>

using namespace goakt;
using namespace goakt::admin;

namespace {

bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || text[at - 1] == ' ' || text[at - 1] == '{';
}

// "GET /v1/actors viewer" of every operation in the document. It is read by its shape: a path
// stands at two spaces, and each method is followed by its x-role.
std::set<std::string> documented() {
  std::set<std::string> found;
  std::string_view text = openapi_text();
  text = text.substr(text.find("\npaths:\n") + 8);
  text = text.substr(0, text.find("\ncomponents:\n"));
  while (!text.empty()) {
    auto next = text.find("\n  /");
    const std::string_view block = text.substr(0, next);
    text = next == std::string_view::npos ? std::string_view() : text.substr(next + 1);
    if (!block.starts_with("  /")) continue;
    auto colon = block.find(":");
    const std::string path(block.substr(2, colon - 2));
    for (const auto& [word, method] :
         {std::pair("get:", "GET"), std::pair("post:", "POST"), std::pair("put:", "PUT"),
          std::pair("patch:", "PATCH"), std::pair("delete:", "DELETE")}) {
      for (auto at = block.find(word); at != std::string_view::npos;
           at = block.find(word, at + 1)) {
        const auto after = block.substr(at + std::string_view(word).size());
        if (!begins_word(block, at) || !(after.starts_with(" {") || after.starts_with("\n")))
          continue;
        const auto role = after.find("x-role: ");
        REQUIRE_MESSAGE(role != std::string_view::npos, path);
        const auto name = after.substr(role + 8);
        found.insert(std::string(method) + " " + path + " " +
                     std::string(name.substr(0, name.find_first_of(",\n "))));
        break;
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("every route is in the document with its role, and every documented one is a route") {
  Running running;
  std::set<std::string> routed;
  for (const auto& route : running.service().router().list())
    routed.insert(route.method + " " + route.path + " " + std::string(role_name(route.role)));
  const auto written = documented();
  CHECK(routed.size() > 80);
  for (const std::string& route : routed)
    CHECK_MESSAGE(written.contains(route), "not in openapi.yaml: " << route);
  for (const std::string& route : written)
    CHECK_MESSAGE(routed.contains(route), "no such route: " << route);
}

TEST_CASE("the document and its schemas are served to everybody") {
  Running running;
  auto client = running.by_port();
  const auto document = call(client, get("/v1/openapi.yaml"));
  CHECK(document.status == 200);
  CHECK(document.body == openapi_text());
  const auto list = call(client, get("/v1/schemas"));
  CHECK(contains(list.body, "\"Actor\""));
  for (const auto& [name, schema] : schemas()) {
    const auto one = call(client, get("/v1/schemas/" + name));
    CHECK(one.status == 200);
    CHECK(Json::parse(one.body));
    CHECK(!contains(one.body, "#/components/"));
  }
  CHECK(status_of(client, get("/v1/schemas/none")) == 404);
}
