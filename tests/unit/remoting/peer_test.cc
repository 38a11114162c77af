#include "goakt/remoting/peer.h"

#include "goakt/actor/extension.h"
#include "goakt/actor/inspect.h"
#include "goakt/base/names.h"
#include "goakt/remoting/client.h"
#include "tests/unit/remoting/cable.h"
#include "tests/unit/remoting/support.h"

#include <algorithm>
#include <atomic>

using namespace goakt;
using namespace goakt::remoting;

namespace {

constexpr auto kTimeout = std::chrono::seconds(30);

class Label final : public Dependency {
 public:
  explicit Label(std::string text = {}) : text_(std::move(text)) {}

  std::string id() const override { return "label"; }

  std::string type_name() const override { return "test.Label"; }

  Result<std::string> marshal() const override { return text_; }

  Status unmarshal(std::string_view bytes) override {
    text_ = bytes;
    return {};
  }

 private:
  std::string text_;
};

struct Echo final : Actor {
  void receive(ReceiveContext& ctx) override {
    const auto* text = ctx.message<StringValue>();
    if (text == nullptr) return;
    if (text->value() == "fail") return ctx.err(Error::user("test.Broken", "as told"));
    ctx.response(words(text->value()));
  }
};

struct Node {
  explicit Node(std::uint16_t port) {
    SystemOptions options;
    options.port = port;
    auto made = ActorSystem::create("sys", std::move(options));
    REQUIRE(made);
    system = *std::move(made);
    system->inject("test.Label", [] { return std::make_shared<Label>(); });
    REQUIRE(system->start());
    service = std::make_unique<Service>(
        *system,
        ServiceOptions{.make_actor = [](std::string_view kind,
                                        SpawnOptions& defaults) -> Result<internal::ActorRecipe> {
          if (kind != "test.echo") return fail(ErrorCode::type_not_registered);
          auto recipe = internal::recipe_of<Echo>(defaults);
          recipe.kind = "test.echo";
          return recipe;
        }});
  }

  std::unique_ptr<ActorSystem> system;
  std::unique_ptr<Service> service;
};

struct Fixture {
  Fixture() { cable->attach(9002, *there.service); }

  ~Fixture() {
    client.close(Duration::zero());
    cable->stop();
  }

  Pid pid(const Address& address) {
    const auto made = client.pid_of(address);
    REQUIRE(made);
    return *made;
  }

  std::shared_ptr<Cable> cable = std::make_shared<Cable>();
  Node here{9001};
  Node there{9002};
  Client client{*here.system, cable};
  Peer peer{client, "127.0.0.1", 9002, kTimeout};
};

}  // namespace

TEST_CASE("a peer says how long the way to it takes") {
  const Fixture f;
  const auto took = f.peer.ping();
  REQUIRE(took);
  CHECK(*took > Duration::zero());
}

TEST_CASE("a peer that is called by another name than its own refuses") {
  Fixture f;
  const auto took = Peer(f.client, "localhost", 9002, kTimeout).ping();
  REQUIRE(!took);
  CHECK(took.error().message() == "invalid argument: invalid host");
}

TEST_CASE("an actor is started on another node with all that can travel, and is seen there") {
  const Fixture f;
  RemoteSpawn spawn{.name = "one", .kind = "test.echo"};
  spawn.options.passivation = Passivation::messages_count_based(7);
  spawn.options.stashing = true;
  spawn.options.relocatable = false;
  spawn.options.role = "web";
  spawn.options.reentrancy = Reentrancy{.mode = ReentrancyMode::allow_all, .max_in_flight = 3};
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->any_error(Directive::resume);
  spawn.options.supervisor = supervisor;
  spawn.options.dependencies = {std::make_shared<Label>("red")};
  const auto made = f.peer.spawn(spawn);
  REQUIRE(made);
  CHECK(made->text() == "goakt://sys@127.0.0.1:9002/one");

  CHECK(f.peer.find("one")->text() == made->text());
  CHECK(*f.peer.kind("one") == "test.echo");
  CHECK(*f.peer.role("one") == "web");
  CHECK(f.peer.parent("one")->name() == names::kUserGuardian);
  CHECK(*f.peer.is("one", RemoteState::running));
  CHECK_FALSE(*f.peer.is("one", RemoteState::relocatable));
  CHECK_FALSE(*f.peer.is("one", RemoteState::suspended));
  CHECK(f.peer.passivation("one")->messages() == 7);
  CHECK(*f.peer.stash_size("one") == 0);
  CHECK(f.peer.metric("one")->restarts == 0);
  const auto dependencies = f.peer.dependencies("one");
  REQUIRE(dependencies);
  REQUIRE(dependencies->size() == 1);
  CHECK(dependencies->front().type_name == "test.Label");
  CHECK(dependencies->front().bytes == "red");
  const auto facts = inspect(*f.there.system->actor_of("one"));
  REQUIRE(facts);
  CHECK(facts->stashing);
  REQUIRE(facts->reentrancy);
  CHECK(facts->reentrancy->max_in_flight == 3);
  REQUIRE(facts->supervisor);
  CHECK(facts->supervisor->directive_for("*") == Directive::resume);
}

TEST_CASE("a child is started on another node under its parent, and the guardians list both") {
  const Fixture f;
  REQUIRE(f.peer.spawn({.name = "parent", .kind = "test.echo"}));
  const auto made = f.peer.spawn({.name = "child", .kind = "test.echo", .parent = "parent"});
  REQUIRE(made);
  CHECK(made->text() == "goakt://sys@127.0.0.1:9002/parent/child");
  CHECK(*f.peer.kind("parent/child") == "test.echo");
  CHECK(f.peer.children("parent")->front().text() == made->text());
  const auto top = f.peer.children(names::kUserGuardian);
  REQUIRE(top);
  CHECK(std::count_if(top->begin(), top->end(),
                      [](const Address& a) { return a.name() == "parent"; }) == 1);
}

TEST_CASE("what another node cannot start is refused by name") {
  const Fixture f;
  const auto unknown = f.peer.spawn({.name = "one", .kind = "test.ghost"});
  REQUIRE(!unknown);
  CHECK(unknown.error().code() == ErrorCode::type_not_registered);
  const auto nowhere = f.peer.kind("one");
  REQUIRE(!nowhere);
  CHECK(nowhere.error().code() == ErrorCode::address_not_found);
}

TEST_CASE("an actor on another node is restarted and stopped, and its absence is no error") {
  const Fixture f;
  REQUIRE(f.peer.spawn({.name = "one", .kind = "test.echo"}));
  REQUIRE(f.peer.restart("one"));
  CHECK(f.peer.metric("one")->restarts == 1);
  REQUIRE(f.peer.stop("one"));
  CHECK_FALSE(f.peer.find("one"));
  CHECK(f.peer.stop("one"));
  CHECK(f.peer.restart("one"));
  CHECK(f.peer.reinstate("one"));
}

TEST_CASE("a handle stops, restarts and reinstates its actor on another node") {
  Fixture f;
  const auto made = f.peer.spawn({.name = "one", .kind = "test.echo"});
  REQUIRE(made);
  const Pid pid = f.pid(*made);
  REQUIRE(pid.restart_blocking());
  CHECK(f.peer.metric("one")->restarts == 1);
  CHECK(pid.tell(words("fail")));
  REQUIRE(eventually([&] { return *f.peer.is("one", RemoteState::suspended); }));
  CHECK(pid.reinstate());
  REQUIRE(eventually([&] { return *f.peer.is("one", RemoteState::running); }));
  CHECK(pid.ask<StringValue>(words("again"), kTimeout)->value() == "again");
  REQUIRE(pid.stop_blocking());
  CHECK_FALSE(f.peer.find("one"));
  CHECK(pid.stop_blocking());
}

TEST_CASE("a call after the end of all connections fails and does not hang") {
  Fixture f;
  f.cable->stop();
  const auto took = f.peer.ping();
  REQUIRE(!took);
}
