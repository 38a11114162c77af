// Whatever bytes are poured into POST /v1/messages: one answer for each line that is not blank, in
// order, never a failure of the node itself.

#include "goakt/admin/router.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/traffic.h"
#include "goakt/node/node.h"
#include "goakt/node/plugin.h"

#include <google/protobuf/wrappers.pb.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using google::protobuf::StringValue;

void require(bool holds) {
  if (!holds) std::abort();
}

class Sink final : public goakt::Actor {
  StringValue take(const StringValue& message) { return message; }

 public:
  static constexpr auto handles = goakt::handlers(&Sink::take);
};

struct Target {
  Target() {
    goakt::Kinds kinds;
    goakt::Plugin plugin(kinds, "fuzz");
    plugin.actor<Sink>("sink");
    const auto settings = goakt::config::Settings::load({{"remoting.enabled", "false"}}, {});
    require(settings.has_value());
    auto made = goakt::node::Node::create(*settings, std::move(kinds));
    require(made.has_value());
    node = *std::move(made);
    require(node->start().has_value());
    goakt::node::SpawnRequest spawn;
    spawn.name = "a";
    spawn.kind = "sink";
    require(node->spawn(spawn).has_value());
    goakt::admin::add_message_routes(router, *node, traffic);
  }

  std::unique_ptr<goakt::node::Node> node;
  goakt::admin::Traffic traffic{16, 16};
  goakt::admin::Router router;
};

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  goakt::admin::Request request;
  request.method = "POST";
  request.path = "/v1/messages";
  request.role = goakt::admin::Role::admin;
  request.body.assign(reinterpret_cast<const char*>(data), size);
  const goakt::admin::Response response = target.router.dispatch(request);
  require(response.status == 200);

  std::string_view answers = response.body;
  std::string_view lines = request.body;
  for (std::uint64_t number = 1; !lines.empty(); ++number) {
    const auto feed = lines.find('\n');
    const std::string_view line = lines.substr(0, feed);
    lines.remove_prefix(feed == std::string_view::npos ? lines.size() : feed + 1);
    if (is_blank(line)) continue;
    const std::string head = "{\"line\":" + std::to_string(number) + ",";
    require(answers.starts_with(head));
    const auto end = answers.find('\n');
    require(end != std::string_view::npos);
    require(answers.substr(0, end).find("\"code\":\"internal\"") == std::string_view::npos);
    answers.remove_prefix(end + 1);
  }
  require(answers.empty());
  return 0;
}
