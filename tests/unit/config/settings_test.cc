#include "goakt/config/settings.h"

#include <doctest/doctest.h>

#include <set>

using namespace goakt;
using namespace goakt::config;
using namespace std::chrono_literals;

namespace {

Settings::Environment with(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional<std::string>(it->second);
  };
}

}  // namespace

TEST_CASE("every key has a lower-case dotted name of its own, a doc and a good default") {
  std::set<std::string_view> names;
  std::set<std::string> variables;
  for (const Key& key : keys()) {
    CAPTURE(key.name);
    CHECK(names.insert(key.name).second);
    CHECK(variables.insert(environment_name(key.name)).second);
    CHECK(key.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-.6") == std::string_view::npos);
    CHECK(key.name.find('.') != std::string_view::npos);
    CHECK(!key.doc.empty());
    CHECK(!complaint_about(key, std::string(key.default_value)));
  }
  CHECK(environment_name("system.dispatcher-workers") == "GOAKTD_SYSTEM_DISPATCHER_WORKERS");
}

TEST_CASE("a flag wins over the environment, which wins over the default") {
  const auto settings =
      Settings::load({{"system.name", "flagged"}, {"plugins.load", "a"}, {"plugins.load", "b"}},
                     with({{"GOAKTD_SYSTEM_NAME", "env"},
                           {"GOAKTD_SYSTEM_ASK_TIMEOUT", "250ms"},
                           {"GOAKTD_PLUGINS_LOAD", "z"}}));
  REQUIRE(settings);
  CHECK(settings->text("system.name") == "flagged");
  CHECK(settings->origin("system.name") == Origin::flag);
  CHECK(settings->duration("system.ask-timeout") == 250ms);
  CHECK(settings->origin("system.ask-timeout") == Origin::environment);
  CHECK(settings->number("system.throughput-budget") == 32);
  CHECK(settings->is_default("system.throughput-budget"));
  CHECK(settings->list("plugins.load") == std::vector<std::string>{"a", "b"});
}

TEST_CASE("all problems are told at once, each with its place") {
  const auto settings = Settings::load({{"system.nmae", "x"},
                                        {"system.dispatcher-workers", "many"},
                                        {"system.ask-timeout", "0s"},
                                        {"log.level", "loud"}},
                                       with({{"GOAKTD_DEMO_KINDS", "maybe"}}));
  REQUIRE(!settings);
  const std::string text = settings.error().message();
  CHECK(text.find("--system.nmae: there is no such setting; did you mean system.name?") !=
        std::string::npos);
  CHECK(text.find("--system.dispatcher-workers: \"many\" must be a whole number from 0 to 1024") !=
        std::string::npos);
  CHECK(text.find("--system.ask-timeout: \"0s\" must be a duration") != std::string::npos);
  CHECK(text.find("--log.level: \"loud\" must be one of debug|info") != std::string::npos);
  CHECK(text.find("GOAKTD_DEMO_KINDS: \"maybe\" must be one of auto|true|false") !=
        std::string::npos);
}

TEST_CASE("wrong values, contradictions and the program's own complaints come together") {
  Sources sources{.flags = {{"log.level", "loud"},
                            {"admin.tls.cert", "/dev/null"},
                            {"cluster.peers-port", "none"},
                            {"remoting.port", "3320"}}};
  sources.more_checks = [](const Settings& settings) {
    return std::vector{settings.finding("admin.tls.cert", "is empty")};
  };
  const auto settings = Settings::load(sources);
  REQUIRE(!settings);
  const std::string text = settings.error().message();
  CHECK(text.find("--log.level: \"loud\" must be") != std::string::npos);
  CHECK(text.find("--admin.tls.cert: needs admin.tls.key") != std::string::npos);
  CHECK(text.find("--admin.tls.cert: is empty") != std::string::npos);
  // Its default, which nobody meant, is compared with nothing.
  CHECK(text.find("is the port of") == std::string::npos);
  sources.check_files = false;
  const auto unseen = Settings::load(sources);
  REQUIRE(!unseen);
  CHECK(unseen.error().message().find("is empty") == std::string::npos);
}

TEST_CASE("a complaint names the place and the key, a flag being both") {
  const auto settings = Settings::load({{"log.level", "warn"}}, with({{"GOAKTD_LOG_KEEP", "1"}}));
  REQUIRE(settings);
  CHECK(to_text({settings->finding("log.level", "x"), settings->finding("log.keep", "y"),
                 settings->finding("log.file", "z")}) ==
        "--log.level: x\nGOAKTD_LOG_KEEP: log.keep: y\nlog.file: z");
}
