#include <goakt/actor/messages.h>
#include <goakt/actor/system.h>
#include <goakt/node/plugin.h>
#include <goakt/remoting/other_nodes.h>

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <string>

namespace {

using google::protobuf::Empty;
using google::protobuf::StringValue;

StringValue text(std::string value) {
  StringValue message;
  message.set_value(std::move(value));
  return message;
}

// The same as the peer's: answers what it is asked, tells what it was told, fails at "fail".
class Echo final : public goakt::Actor {
  void say(const StringValue& message, goakt::ReceiveContext& ctx) {
    if (message.value() == "fail") return ctx.err(goakt::Error::user("interop.Failed", "as told"));
    if (ctx.is_ask()) return ctx.response(text("re:" + message.value()));
    heard_ += (heard_.empty() ? "" : " ") + message.value();
    if (message.value() == "ping") ctx.tell(ctx.sender(), text("pong"));
  }

  StringValue heard(const Empty&) { return text(heard_); }

  std::string heard_;

 public:
  static constexpr auto handles = goakt::handlers(&Echo::say, &Echo::heard);
};

// Watches the actor of the address that it is given, tells it something, or stops it; says who has
// ended.
class Watcher final : public goakt::Actor {
  goakt::Result<StringValue> order(const StringValue& message, goakt::ReceiveContext& ctx) {
    const auto nodes = goakt::remoting::OtherNodes::of(ctx.system());
    if (!nodes) return goakt::fail("interop.Alone", "this node has no remoting");
    const auto space = message.value().find(' ');
    const std::string word = message.value().substr(0, space);
    GOAKT_TRY(const goakt::Pid far, nodes->pid_of(message.value().substr(space + 1)));
    if (word == "watch") ctx.watch(far);
    if (word == "tell") ctx.tell(far, text("ping"));
    if (word == "stop") GOAKT_CHECK(far.stop());
    if (word == "restart") GOAKT_CHECK(far.restart());
    if (word == "reinstate") GOAKT_CHECK(far.reinstate());
    return text(word);
  }

  void ended(const goakt::Terminated& message) {
    ended_ += (ended_.empty() ? "" : " ") + message.path;
  }

  StringValue report(const Empty&) { return text(ended_); }

  std::string ended_;

 public:
  static constexpr auto handles =
      goakt::handlers(&Watcher::order, &Watcher::ended, &Watcher::report);
};

}  // namespace

GOAKT_PLUGIN("interop", plugin) {
  plugin.actor<Echo>("main.echo");  // as GoAkt calls the type Echo of package main
  plugin.actor<Watcher>("interop.watcher");
}
