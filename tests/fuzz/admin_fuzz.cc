// Whatever bytes reach the admin API as a method, a path, a query or a body: an answer that is no
// failure of the node itself, and JSON where it says so.
//
// The input's lines are: the number of a route and how it is bent, the query, the body.

#include "goakt/admin/json.h"
#include "goakt/admin/router.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/traffic.h"
#include "goakt/node/node.h"
#include "goakt/node/plugin.h"

#include <google/protobuf/wrappers.pb.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using google::protobuf::StringValue;

class Sink final : public goakt::Actor {
  StringValue take(const StringValue& message) { return message; }

 public:
  static constexpr auto handles = goakt::handlers(&Sink::take);
};

void require(bool holds, const goakt::admin::Request& request,
             const goakt::admin::Response& response) {
  if (holds) return;
  std::fprintf(stderr, "%s %s: %d %s\n", request.method.c_str(), request.path.c_str(),
               response.status, response.body.c_str());
  std::abort();
}

struct Target {
  Target() {
    goakt::Kinds kinds;
    goakt::Plugin plugin(kinds, "fuzz");
    plugin.actor<Sink>("sink");
    const auto settings = goakt::config::Settings::load({{"remoting.enabled", "false"}}, {});
    if (!settings) std::abort();
    auto made = goakt::node::Node::create(*settings, std::move(kinds));
    if (!made) std::abort();
    node = *std::move(made);
    if (!node->start()) std::abort();
    goakt::admin::add_routes(router, *node, traffic);
    for (auto& entry : router.list()) {
      // These take their time by design.
      if (entry.path.find("/bench") == std::string::npos &&
          entry.path.find("/debug") == std::string::npos &&
          entry.path.find("/top") == std::string::npos)
        entries.push_back(std::move(entry));
    }
  }

  std::unique_ptr<goakt::node::Node> node;
  goakt::admin::Traffic traffic{16, 16};
  goakt::admin::Router router;
  std::vector<goakt::admin::Router::Entry> entries;
};

std::string_view take_line(std::string_view& text) {
  const auto feed = text.find('\n');
  const std::string_view line = text.substr(0, feed);
  text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
  return line;
}

// "a=b&c" without decoding: any byte may come out of that anyway.
void read_query(std::string_view text, goakt::admin::Request& request) {
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    const auto equals = pair.find('=');
    request.query.emplace(
        std::string(pair.substr(0, equals)),
        equals == std::string_view::npos ? std::string() : std::string(pair.substr(equals + 1)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view head = take_line(input);
  if (head.empty()) return 0;
  const auto& entry =
      target.entries[static_cast<unsigned char>(head.front()) % target.entries.size()];
  goakt::admin::Request request;
  request.method = entry.method;
  request.path = entry.path;
  // The rest of the first line stands where the path has a parameter.
  for (auto at = request.path.find('{'); at != std::string::npos;
       at = request.path.find('{', at + 1)) {
    const auto end = request.path.find('}', at);
    std::string value(head.substr(1));
    if (value.empty()) value = "a";
    for (char& c : value)
      if (c == '/' || c == '{') c = '-';
    request.path.replace(at, end - at + 1, value);
  }
  request.role = goakt::admin::Role::admin;
  read_query(take_line(input), request);
  request.body = input;
  const goakt::admin::Response response = target.router.dispatch(request);
  require(response.status < 500 || response.status == 501, request, response);
  if (response.content_type == goakt::admin::kJsonType ||
      response.content_type == goakt::admin::kProblemType)
    require(goakt::admin::Json::parse(response.body).has_value(), request, response);
  return 0;
}
