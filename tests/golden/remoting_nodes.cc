#include "tests/golden/remoting_nodes.h"

#include "goakt/actor/extension.h"
#include "goakt/net/connect.h"
#include "goakt/wire/big_endian.h"
#include "tests/golden/remoting_orders.h"

#include <doctest/doctest.h>
#include <google/protobuf/wrappers.pb.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace golden {

using namespace goakt;
using google::protobuf::StringValue;

namespace {

constexpr auto kPatience = std::chrono::seconds(30);

// Registers the types that the recordings ask with: a node knows those that its actors name.
const std::vector<const MessageType*>& known_types() {
  using namespace google::protobuf;
  static const std::vector<const MessageType*> types = {
      &message_type<StringValue>(), &message_type<BytesValue>(), &message_type<Int64Value>(),
      &message_type<BoolValue>()};
  return types;
}

Message copy_of(const ReceiveContext& ctx) {
  const MessageType& type = ctx.message_type();
  Envelope* copy = internal::new_envelope();
  type.copy_construct(internal::reserve_value(*copy, type), ctx.message_value());
  return Message(copy);
}

struct NotOnTheWire {};

class Echo final : public Actor {
 public:
  Status pre_start(Context&) override {
    static_cast<void>(known_types());
    return {};
  }

  void receive(ReceiveContext& ctx) override {
    if (ctx.message<PostStart>() != nullptr) return;
    const auto* text = ctx.message<StringValue>();
    if (text == nullptr || !special(ctx, text->value())) ctx.response(copy_of(ctx));
  }

 private:
  bool special(ReceiveContext& ctx, const std::string& text) {
    StringValue answer;
    if (text == "no-reply") return true;
    if (text == "panic") throw std::runtime_error("panic");
    if (text == "err") return ctx.err(Error::user("main.SuspendError", "err")), true;
    if (text == "stash") return stash(ctx), true;
    if (text == "unstash") return unstash(ctx), true;
    if (text == "reply-unencodable") return ctx.response(NotOnTheWire()), true;
    if (text == "sender") {
      answer.set_value(ctx.sender().path());
    } else if (text == "header") {
      const auto* header = ctx.context() == nullptr ? nullptr : ctx.context()->find("x-trace-id");
      answer.set_value(header == nullptr ? "" : *header);
    } else {
      return false;
    }
    ctx.response(std::move(answer));
    return true;
  }

  void stash(ReceiveContext& ctx) {
    if (leaving_ > 0) return static_cast<void>(--leaving_);
    ++stashed_;
    ctx.stash();
  }

  // What comes back from the stash is done with.
  void unstash(ReceiveContext& ctx) {
    leaving_ = std::exchange(stashed_, 0);
    ctx.unstash_all();
  }

  int stashed_ = 0;
  int leaving_ = 0;
};

class Sink final : public Actor {
 public:
  void receive(ReceiveContext&) override {}
};

class BadInit final : public Actor {
 public:
  Status pre_start(Context&) override { return fail("errorString", "init refused"); }

  void receive(ReceiveContext&) override {}
};

// Its bytes are ID=VALUE.
class Dep final : public Dependency {
 public:
  Dep() = default;

  Dep(std::string id, std::string value) : id_(std::move(id)), value_(std::move(value)) {}

  std::string id() const override { return id_; }

  std::string type_name() const override { return "main.dep"; }

  Result<std::string> marshal() const override { return id_ + '=' + value_; }

  Status unmarshal(std::string_view bytes) override {
    const auto equals = bytes.find('=');
    if (equals == std::string_view::npos) return fail(ErrorCode::invalid_argument);
    id_ = bytes.substr(0, equals);
    value_ = bytes.substr(equals + 1);
    return {};
  }

 private:
  std::string id_;
  std::string value_;
};

template <class A>
internal::ActorRecipe recipe(const SpawnOptions& options, std::string_view kind) {
  auto made = internal::recipe_of<A>(options);
  made.kind = kind;
  return made;
}

Result<internal::ActorRecipe> make_actor(std::string_view kind, SpawnOptions& options) {
  if (kind == "main.echo") return recipe<Echo>(options, "main.echo");
  if (kind == "main.sink") return recipe<Sink>(options, "main.sink");
  if (kind == "main.badinit") return recipe<BadInit>(options, "main.badinit");
  if (kind == "main.dep") return fail(ErrorCode::instance_not_an_actor);
  return fail(ErrorCode::type_not_registered);
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

StringValue text_message(const std::string& text) {
  StringValue message;
  message.set_value(text);
  return message;
}

remoting::ServiceOptions service_options(int port) {
  remoting::ServiceOptions options;
  options.make_actor = make_actor;
  auto serializers = std::make_shared<wire::Serializers>();
  if (port != 21508) {
    REQUIRE(serializers->add<Order>(wire::Format::cbor, "main.order"));
    REQUIRE(serializers->add<Untagged>(wire::Format::cbor, "main.untagged"));
    REQUIRE(serializers->add<JsonOrder>(wire::Format::json, "main.jorder"));
  }
  options.serializers = std::move(serializers);
  if (port == 21503)
    options.extract = [](std::span<const wire::Header> headers) -> Result<ContextRef> {
      if (const auto* refused = wire::find_header(headers, "X-Fail"))
        return fail("errorString", "propagator refused: " + std::string(refused->value));
      return wire::context_of(headers);
    };
  return options;
}

}  // namespace

Node::Node(int port, net::Loops& loops) : port_(port) {
  SystemOptions options;
  options.port = port;
  auto system = ActorSystem::create("golden", std::move(options));
  REQUIRE(system);
  system_ = *std::move(system);
  REQUIRE(system_->start());
  system_->inject<Dep>();
  spawn_actors();
  remoting::ServerOptions server;
  if (port == 21504) compression_ = net::Compression::gzip;
  if (port == 21505) compression_ = net::Compression::zstd;
  if (port == 21506) compression_ = net::Compression::brotli;
  server.compression = compression_;
  auto opened = remoting::Server::open(
      loops, std::make_shared<remoting::Service>(*system_, service_options(port)), server);
  REQUIRE(opened);
  server_ = std::make_unique<remoting::Server>(*std::move(opened));
}

Node::~Node() {
  server_->close();
}

void Node::spawn_actors() {
  const auto spawn = [this](const char* name, const char* kind, SpawnOptions options = {}) {
    auto made = make_actor(kind, options);
    REQUIRE(system_->spawn_recipe(name, *std::move(made), std::move(options)));
  };
  spawn("echo", "main.echo", {.long_lived = true, .stashing = true});
  spawn("sink", "main.sink");
  if (port_ != 21501) return;
  SpawnOptions with_dependency;
  with_dependency.dependencies = {std::make_shared<Dep>("db-conn", "v1")};
  with_dependency.role = "api";
  spawn("depActor", "main.echo", std::move(with_dependency));
  spawn("timed", "main.echo", {.passivation = Passivation::time_based(std::chrono::seconds(90))});
  spawn("counted", "main.echo", {.passivation = Passivation::messages_count_based(1000)});
  for (const char* name : {"susp", "sus2", "stopme", "victim", "victim2"}) spawn(name, "main.echo");
  SpawnOptions options;
  const auto echo = system_->actor_of("echo");
  REQUIRE(echo);
  REQUIRE(internal::spawn_child(*echo, "kid", *make_actor("main.echo", options), options));
}

void Node::give_stash(int messages) {
  const auto echo = system_->actor_of("echo");
  REQUIRE(echo);
  if (messages < stashed_) REQUIRE(echo->tell(text_message("unstash")));
  for (int i = stashed_ > messages ? 0 : stashed_; i < messages; ++i)
    REQUIRE(echo->tell(text_message("stash")));
  stashed_ = messages;
  REQUIRE(eventually([&] {
    const auto metric = echo->metric();
    return metric && metric->stash_size == static_cast<std::uint64_t>(messages);
  }));
}

void Node::prepare(const std::string& exchange) {
  SpawnOptions options;
  const auto spawn = [&](const char* name) {
    REQUIRE(system_->spawn_recipe(name, *make_actor("main.echo", options), options));
  };
  const auto gone = [this](const char* name) { static_cast<void>(system_->kill(name)); };
  if (port_ == 21508 && !system_->actor_of("echo")) spawn("echo");
  if (port_ != 21501) return;
  if (exchange.starts_with("spawn."))
    for (const char* name : {"sp1", "sp2", "sp3", "sp4", "badinit"}) gone(name);
  if (exchange == "passivation.default" || exchange == "respawn.ok" || exchange == "reinstate.ok" ||
      exchange.starts_with("watch.") || exchange.starts_with("unwatch."))
    spawn("sp1");
  if (exchange == "spawnchild.existing" || exchange == "children.some") {
    const auto echo = system_->actor_of("echo");
    REQUIRE(internal::spawn_child(*echo, "kid3", *make_actor("main.echo", options), options));
  }
  if (exchange == "stop.already_stopped") gone("stopme");
  if (exchange.starts_with("suspended.") && exchange != "suspended.state_after") {
    const auto sus2 = system_->actor_of("sus2");
    REQUIRE(sus2);
    if (!sus2->is_suspended()) REQUIRE(sus2->tell(text_message("err")));
    REQUIRE(eventually([&] { return sus2->is_suspended(); }));
  }
  if (exchange == "suspended.state_after") {
    const auto sus2 = system_->actor_of("sus2");
    REQUIRE(sus2);
    REQUIRE(sus2->reinstate());
    REQUIRE(eventually([&] { return sus2->is_running(); }));
  }
  give_stash(exchange == "stashsize.two" ? 2 : 0);
}

namespace {

class Client final : public net::ConnectionHandler {
 public:
  explicit Client(std::size_t answers) : answers_(answers) {}

  void start(net::Connection connection, const std::vector<std::string>& requests,
             const std::shared_ptr<Client>& self) {
    connection_ = std::move(connection);
    connection_.start(self);
    for (const std::string& request : requests)
      if (!connection_.send(request)) return;
  }

  std::size_t on_data(std::string_view bytes) override {
    std::lock_guard lock(mutex_);
    std::size_t used = 0;
    while (bytes.size() - used >= 4) {
      const auto length = wire::load_big_endian<std::uint32_t>(bytes.data() + used);
      if (length < 8 || bytes.size() - used < length) break;
      heard_.frames.emplace_back(bytes.substr(used, length));
      used += length;
    }
    changed_.notify_all();
    return used;
  }

  void on_close(Status) override { closed(); }

  void closed() {
    std::lock_guard lock(mutex_);
    heard_.is_closed = true;
    changed_.notify_all();
  }

  Heard wait() {
    std::unique_lock lock(mutex_);
    CHECK(changed_.wait_for(lock, kPatience, [&] {
      return heard_.is_closed || (answers_ != 0 && heard_.frames.size() >= answers_);
    }));
    return heard_;
  }

  // On the loop.
  void end() { connection_.abort(); }

 private:
  const std::size_t answers_;
  net::Connection connection_;
  std::mutex mutex_;  // guards heard_
  std::condition_variable changed_;
  Heard heard_;
};

}  // namespace

Heard talk(const net::Loop& loop, const Node& node, const std::vector<std::string>& requests,
           std::size_t answers) {
  auto client = std::make_shared<Client>(answers);
  net::ConnectOptions options;
  options.connection.compression = node.compression();
  options.connection.read_limit = wire::kLargestMaxFrameSize;
  net::connect(loop, node.local(), options, [client, requests](Result<net::Connection> connected) {
    if (connected)
      client->start(*std::move(connected), requests, client);
    else
      client->closed();
  }).detach();
  Heard heard = client->wait();
  loop.post([client] { client->end(); });
  return heard;
}

}  // namespace golden
