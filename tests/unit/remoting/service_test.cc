#include "goakt/remoting/service.h"

#include "goakt/actor/messages.h"
#include "goakt/wire/batch.h"
#include "goakt/wire/serializers.h"
#include "tests/unit/remoting/support.h"

#include <future>
#include <internal/remoting.pb.h>
#include <stdexcept>

using namespace goakt;
using namespace goakt::remoting;

namespace {

// What actors of a test have seen; any thread.
class Journal {
 public:
  void write(const std::string& line) {
    std::lock_guard lock(mutex_);
    lines_ += (lines_.empty() ? "" : " ") + line;
  }

  std::string read() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::string lines_;
};

class Scribe final : public Actor {
 public:
  explicit Scribe(Journal& journal) : journal_(journal) {}

  void receive(ReceiveContext& ctx) override {
    const auto* text = ctx.message<StringValue>();
    if (text == nullptr) return;
    journal_.write(text->value());
    if (text->value() == "who") return ctx.response(words(ctx.sender().path()));
    if (text->value() == "fail") return ctx.fail(Error::user("bank.Overdrawn", "not enough"));
    if (text->value() == "throw") throw std::runtime_error("broken");
    if (ctx.is_ask() && text->value() != "silent") ctx.response(words("re:" + text->value()));
  }

 private:
  Journal& journal_;
};

// One node and one peer without a socket.
struct Fixture {
  explicit Fixture(ServiceOptions service_options = {}, SystemOptions options = {}) {
    options.port = 9000;
    auto made = ActorSystem::create("sys", std::move(options));
    REQUIRE(made);
    system = *std::move(made);
    REQUIRE(system->start());
    REQUIRE(system->spawn<Scribe>("scribe", {}, journal));
    service = std::make_unique<Service>(*system, std::move(service_options));
    session = service->open(queue.line());
  }

  ~Fixture() {
    session.reset();
    service.reset();
    static_cast<void>(system->stop());
  }

  static std::string at(const std::string& name) { return "goakt://sys@127.0.0.1:9000/" + name; }

  std::string batch(std::string_view type,
                    const std::vector<std::pair<std::string, std::string>>& to,
                    std::optional<std::chrono::nanoseconds> timeout = {},
                    std::string_view sender = {}) {
    wire::Buffer out;
    wire::BatchWriter writer(out, type);
    for (const auto& [receiver, text] : to) {
      const Message message = Message::of(words(text));
      auto payload = serializers.encode(message);
      REQUIRE(payload);
      REQUIRE(*writer.add(sender, receiver, *payload));
    }
    REQUIRE(writer.finish(timeout));
    return std::string(out.view());
  }

  // Sends and waits for the one answer.
  std::string send(const std::string& frame) {
    queue.arrive(*session, frame);
    if (queue.is_paused()) queue.run_posted(*session);
    return queue.sent();
  }

  template <class A>
  A call(const google::protobuf::MessageLite& request) {
    const auto all = answers<A>(send(frame_of(request)));
    REQUIRE(all.size() == 1);
    return all[0];
  }

  std::string refusal(const std::string& frame) {
    const std::string bytes = send(frame);
    const auto answer = wire::parse_frame(bytes, wire::FrameKind::response);
    REQUIRE(answer);
    REQUIRE(answer->type_name == wire::kErrorType);
    const auto error = wire::parse_error(answer->body);
    REQUIRE(error);
    return std::to_string(static_cast<int>(error->code)) + ' ' + error->message;
  }

  // "a b" of an ask's answers.
  std::string ask(const std::string& frame) {
    std::string all;
    for (const auto& response : answers<internalpb::RemoteAskResponse>(send(frame)))
      for (const std::string& payload : response.messages()) {
        const auto incoming = serializers.decode(payload);
        REQUIRE(incoming);
        all += (all.empty() ? "" : " ") + std::get<Message>(*incoming).as<StringValue>()->value();
      }
    return all;
  }

  Journal journal;
  wire::Serializers serializers;
  std::unique_ptr<ActorSystem> system;
  std::unique_ptr<Service> service;
  Queue queue;
  std::shared_ptr<Session> session;
};

template <class Q>
Q named(const std::string& name) {
  Q query;
  query.set_host("127.0.0.1");
  query.set_port(9000);
  query.set_name(name);
  return query;
}

}  // namespace

TEST_CASE("told messages arrive in their order, and what cannot arrive is a dead letter") {
  Fixture f;
  const auto told = answers<internalpb::RemoteTellResponse>(
      f.send(f.batch(wire::kTellType, {{f.at("scribe"), "a"},
                                       {f.at("ghost"), "lost"},
                                       {"nonsense", "lost too"},
                                       {f.at("scribe"), "b"}})));
  CHECK(told.size() == 1);
  CHECK(eventually([&] { return f.journal.read() == "a b"; }));
  const auto letters = f.system->dead_letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].receiver == f.at("ghost"));
  CHECK(letters[0].reason == "address not found");
}

TEST_CASE("an idle actor answers on the connection's own thread where that is wanted") {
  ServiceOptions options;
  options.inline_asks = true;
  Fixture f(std::move(options));
  f.queue.arrive(*f.session, f.batch(wire::kTellType, {{f.at("scribe"), "first"}}));
  REQUIRE(eventually([&] { return f.journal.read() == "first"; }));
  REQUIRE(eventually([&] { return f.system->actor_of("scribe")->mailbox_depth() == 0; }));
  static_cast<void>(f.queue.sent());
  f.queue.arrive(*f.session,
                 f.batch(wire::kAskType, {{f.at("scribe"), "hi"}}, std::chrono::seconds(5)));
  CHECK(!f.queue.is_paused());
  CHECK(f.queue.posted() == 0);
  CHECK(f.journal.read() == "first hi");
  CHECK(answers<internalpb::RemoteAskResponse>(f.queue.sent()).size() == 1);
}

TEST_CASE("a receiver whose mailbox makes senders wait holds up its connection alone") {
  Fixture f;
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  SpawnOptions options;
  options.mailbox = Mailbox::bounded(1, Overflow::block);
  options.dispatcher = DispatcherKind::blocking;
  REQUIRE(f.system->spawn_function(
      "slow",
      [&f, opened](ReceiveContext& ctx) -> Status {
        const auto* text = ctx.message<StringValue>();
        if (text == nullptr) return {};
        opened.wait();
        f.journal.write(text->value());
        return {};
      },
      std::move(options)));
  const std::string slow = f.at("slow");
  f.queue.arrive(
      *f.session,
      f.batch(wire::kTellType,
              {{slow, "1"}, {slow, "2"}, {slow, "3"}, {slow, "4"}, {f.at("scribe"), "5"}}));
  CHECK(f.queue.is_paused());
  CHECK(f.queue.sent().empty());
  gate.set_value();
  f.queue.run_posted(*f.session);
  CHECK(answers<internalpb::RemoteTellResponse>(f.queue.sent()).size() == 1);
  CHECK(eventually([&] { return f.journal.read().size() == 9; }));
  CHECK(f.journal.read().starts_with("1 2"));
  CHECK(f.system->dead_letters_count() == 0);
}

TEST_CASE("questions of one request are answered one after the other") {
  Fixture f;
  CHECK(f.ask(f.batch(wire::kAskType, {{f.at("scribe"), "x"}, {f.at("scribe"), "y"}})) ==
        "re:x re:y");
  CHECK(f.ask(f.batch(wire::kAskType, {})).empty());
}

TEST_CASE("an actor sees who asks from another node") {
  Fixture f;
  const std::string sender = "goakt://other@10.0.0.1:9/kid/caller";
  CHECK(f.ask(f.batch(wire::kAskType, {{f.at("scribe"), "who"}}, {}, sender)) == sender);
}

TEST_CASE("the first question that fails ends its request") {
  Fixture f;
  CHECK(f.refusal(f.batch(wire::kAskType, {{f.at("scribe"), "fail"}, {f.at("scribe"), "never"}})) ==
        "6 remote send failed\nnot enough");
  CHECK(f.refusal(f.batch(wire::kAskType, {{f.at("ghost"), "x"}, {f.at("scribe"), "never"}})) ==
        "1 (actor address=" + f.at("ghost") + ") address not found");
  CHECK(f.journal.read() == "fail");
}

TEST_CASE("a question without an answer times out, a failing actor's too") {
  Fixture f;
  const std::chrono::milliseconds timeout(20);
  CHECK(f.refusal(f.batch(wire::kAskType, {{f.at("scribe"), "silent"}}, timeout)) ==
        "7 remote send failed\nrequest timed out");
  CHECK(f.refusal(f.batch(wire::kAskType, {{f.at("scribe"), "throw"}}, timeout)) ==
        "7 remote send failed\nrequest timed out");
}

TEST_CASE("an answer that cannot travel is an error, not a closed connection") {
  struct Local {};

  Fixture f;
  REQUIRE(f.system->spawn_function("odd", [](ReceiveContext& ctx) -> Status {
    if (ctx.is_ask()) ctx.response(Local());
    return {};
  }));
  CHECK(f.refusal(f.batch(wire::kAskType, {{f.at("odd"), "x"}}))
            .starts_with("6 invalid message\nno serializer found for message type"));
  CHECK_FALSE(f.queue.is_closed());
}

TEST_CASE("an actor is stopped, and is then not found") {
  Fixture f;
  f.call<internalpb::RemoteStopResponse>(named<internalpb::RemoteStopRequest>("scribe"));
  CHECK(f.refusal(frame_of(named<internalpb::RemoteLookupRequest>("scribe"))) ==
        "1 (actor address=" + f.at("scribe") + ") address not found");
}

TEST_CASE("the runtime's own actors cannot be stopped or watched") {
  Fixture f;
  CHECK(f.refusal(frame_of(named<internalpb::RemoteStopRequest>("GoAktUserGuardian"))) ==
        "5 (actor=GoAktUserGuardian) actor not found");
  auto watch = named<internalpb::RemoteWatchRequest>("GoAktDeathWatch");
  watch.set_watcher_address("goakt://other@10.0.0.1:9/w");
  CHECK(f.refusal(frame_of(watch)) == "5 (actor=GoAktDeathWatch) actor not found");
}

TEST_CASE("a kind is spawned with what the request says") {
  Journal made;
  ServiceOptions options;
  options.make_actor = [&](std::string_view kind,
                           SpawnOptions& defaults) -> Result<internal::ActorRecipe> {
    if (kind != "scribe") return fail(ErrorCode::type_not_registered, "no such kind");
    return internal::recipe_of<Scribe>(defaults, std::ref(made));
  };
  Fixture f(std::move(options));
  internalpb::RemoteSpawnRequest spawn;
  spawn.set_host("127.0.0.1");
  spawn.set_port(9000);
  spawn.set_actor_name("new");
  spawn.set_actor_type("scribe");
  spawn.set_role("api");
  spawn.mutable_passivation_strategy()->mutable_messages_count_based()->set_max_messages(7);
  CHECK(f.call<internalpb::RemoteSpawnResponse>(spawn).address() == f.at("new"));
  CHECK(
      f.call<internalpb::RemoteRoleResponse>(named<internalpb::RemoteRoleRequest>("new")).role() ==
      "api");
  CHECK(f.call<internalpb::RemotePassivationStrategyResponse>(
             named<internalpb::RemotePassivationStrategyRequest>("new"))
            .passivation_strategy()
            .messages_count_based()
            .max_messages() == 7);
  spawn.set_actor_type("stranger");
  CHECK(f.refusal(frame_of(spawn)) == "5 actor type is not registered");
}

TEST_CASE("requests for another host or port are refused") {
  Fixture f;
  auto lookup = named<internalpb::RemoteLookupRequest>("scribe");
  lookup.set_host("localhost");
  CHECK(f.refusal(frame_of(lookup)) == "3 invalid host");
  lookup.set_host("127.0.0.1");
  lookup.set_port(9001);
  CHECK(f.refusal(frame_of(lookup)) == "3 invalid host");
}

TEST_CASE("questions that are open when the service closes are refused") {
  Fixture f;
  f.queue.arrive(*f.session,
                 f.batch(wire::kAskType, {{f.at("scribe"), "silent"}}, std::chrono::hours(1)));
  REQUIRE(f.queue.is_paused());
  REQUIRE(eventually([&] { return f.journal.read() == "silent"; }));
  f.service->close();
  f.queue.run_posted(*f.session);
  const std::string bytes = f.queue.sent();
  const auto frame = wire::parse_frame(bytes, wire::FrameKind::response);
  REQUIRE(frame);
  const auto error = wire::parse_error(frame->body);
  REQUIRE(error);
  CHECK(error->message == "remote send failed\nremoting is not enabled");
}

TEST_CASE("a closed service refuses everything") {
  Fixture f;
  f.service->close();
  CHECK(f.refusal(frame_of(named<internalpb::RemoteLookupRequest>("scribe"))) ==
        "5 remoting is not enabled");
  CHECK(f.refusal(f.batch(wire::kTellType, {})) == "5 remoting is not enabled");
}
