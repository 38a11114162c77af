#include "goakt/actor/extension.h"
#include "seeded_system.h"

#include <doctest/doctest.h>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Cache final : Extension {
  Cache(std::string name, int v) : name_(std::move(name)), value(v) {}

  std::string id() const override { return name_; }

  std::string name_;
  int value;
};

struct Database final : Dependency {
  Database() = default;

  explicit Database(std::string u) : url(std::move(u)) {}

  std::string id() const override { return "database"; }

  std::string type_name() const override { return "test.Database"; }

  Result<std::string> marshal() const override { return url; }

  Status unmarshal(std::string_view bytes) override {
    if (bytes.empty()) return fail(ErrorCode::invalid_message);
    url = bytes;
    return {};
  }

  std::string url;
};

struct Named final : Dependency {
  explicit Named(std::string i) : name(std::move(i)) {}

  std::string id() const override { return name; }

  Result<std::string> marshal() const override { return name; }

  Status unmarshal(std::string_view bytes) override {
    name = bytes;
    return {};
  }

  std::string name;
};

struct Look {};

class User final : public Actor {
  static std::string describe(const std::shared_ptr<Extension>& cache,
                              const std::shared_ptr<Dependency>& database) {
    const auto* c = dynamic_cast<const Cache*>(cache.get());
    const auto* d = dynamic_cast<const Database*>(database.get());
    return (c == nullptr ? "-" : std::to_string(c->value)) + "/" + (d == nullptr ? "-" : d->url);
  }

  void look(const Look&, ReceiveContext& ctx) {
    journal_->write("receive:" + describe(ctx.extension("cache"), ctx.dependency("database")));
  }

  Journal* journal_;

 public:
  explicit User(Journal* journal) : journal_(journal) {}

  Status pre_start(Context& ctx) override {
    journal_->write("start:" + describe(ctx.extension("cache"), ctx.dependency("database")));
    return {};
  }

  Status post_stop(Context& ctx) override {
    journal_->write("stop:" + describe(ctx.extension("cache"), ctx.dependency("database")));
    return {};
  }

  static constexpr auto handles = handlers(&User::look);
};

SystemOptions with(std::vector<std::shared_ptr<Extension>> extensions) {
  SystemOptions options;
  options.extensions = std::move(extensions);
  return options;
}

}  // namespace

TEST_CASE("an extension is reached from every context, of one id the last wins [190]") {
  Journal journal;
  SeededSystem system(
      with({std::make_shared<Cache>("cache", 1), std::make_shared<Cache>("other", 2),
            std::make_shared<Cache>("cache", 3)}));
  CHECK(system->extensions().size() == 2);
  CHECK(dynamic_cast<Cache&>(*system->extension("cache")).value == 3);
  CHECK(system->extension("none") == nullptr);
  auto pid = system->spawn<User>("user", {.long_lived = true}, &journal);
  REQUIRE(pid);
  REQUIRE(pid->tell(Look{}));
  system.run();
  REQUIRE(pid->stop_blocking());
  CHECK(journal.read() == "start:3/- receive:3/- stop:3/-");
}

TEST_CASE("an extension with an invalid id fails the construction [190]") {
  for (const char* id : {"", "-x", "a b", "a.b"})
    CHECK_FALSE(ActorSystem::create("test", with({std::make_shared<Cache>(id, 1)})));
  CHECK_FALSE(
      ActorSystem::create("test", with({std::make_shared<Cache>(std::string(256, 'a'), 1)})));
  CHECK_FALSE(ActorSystem::create("test", with({nullptr})));
  CHECK(ActorSystem::create("test", with({std::make_shared<Cache>("a-b_1", 1)})));
}

TEST_CASE("a dependency is reached from every context of its actor, restarts included [191]") {
  Journal journal;
  SeededSystem system;
  auto pid = system->spawn<User>(
      "user", {.long_lived = true, .dependencies = {std::make_shared<Database>("db1")}}, &journal);
  auto plain = system->spawn<User>("plain", {.long_lived = true}, &journal);
  REQUIRE(pid);
  REQUIRE(plain);
  REQUIRE(pid->tell(Look{}));
  system.run();
  CHECK(journal.read() == "start:-/db1 start:-/- receive:-/db1");
  REQUIRE(pid->restart_blocking());
  CHECK(journal.read() == "stop:-/db1 start:-/db1");
}

TEST_CASE("a dependency with an invalid id fails the spawn [191]") {
  Journal journal;
  SeededSystem system;
  CHECK_FALSE(
      system->spawn<User>("user", {.dependencies = {std::make_shared<Named>("a b")}}, &journal));
  CHECK_FALSE(system->spawn<User>("user", {.dependencies = {nullptr}}, &journal));
  CHECK(journal.size() == 0);
  CHECK(system->num_actors() == 0);
}

TEST_CASE("an injected type is made again from its bytes, an unknown one is refused [191]") {
  SeededSystem system;
  CHECK(system->make_dependency("test.Database", "db").error().message() ==
        "dependency type is not registered");
  system->inject<Database>();
  const Database original("db2");
  auto copy = system->make_dependency(original.type_name(), *original.marshal());
  REQUIRE(copy);
  CHECK(dynamic_cast<Database&>(**copy).url == "db2");
  CHECK_FALSE(system->make_dependency("test.Database", ""));
  system->inject("test.Nothing", [] { return std::shared_ptr<Dependency>(); });
  CHECK(system->make_dependency("test.Nothing", "x").error().code() ==
        ErrorCode::instance_not_dependency);
  CHECK(Named("n").type_name().find("Named") != std::string::npos);
}
