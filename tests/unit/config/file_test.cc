#include "goakt/config/file.h"

#include "goakt/config/documents.h"
#include "goakt/config/settings.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace goakt;
using namespace goakt::config;
using namespace std::chrono_literals;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "goakt-config-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }

  ~Folder() { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, const std::string& content) const {
    const auto path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Environment with(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional<std::string>(it->second);
  };
}

std::string problems_of(const Sources& sources) {
  const auto settings = Settings::load(sources);
  return settings ? std::string("none") : settings.error().message();
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_CASE("a file says every type of value, and later files win key by key") {
  const Folder folder;
  const std::string main = folder.write("goaktd.toml", R"([system]
name = "shop"
ask-timeout = "250ms"
shutdown-timeout = 90
[system.eviction]
limit = 7
[remoting]
max-frame-size = "64KiB"
[admin]
names = ["a.example", "b.example"]
[log]
levels = {admin = "debug", actor = "warn"}
[datacenter]
jitter = 0.25
[cluster]
crdt.enabled = true
)");
  folder.write("conf.d/20-b.toml", "[system]\nname = \"third\"\n");
  folder.write("conf.d/10-a.toml", "[system]\nname = \"second\"\n[admin]\nnames = []\n");
  folder.write("conf.d/readme.txt", "no file of ours");
  const auto files = find_files(main, with({}), "/nowhere");
  REQUIRE(files.size() == 3);
  auto settings = Settings::load(Sources{.environment = with({}), .files = {main}});
  REQUIRE(settings);
  CHECK(settings->text("system.name") == "shop");
  CHECK(settings->origin("system.name") == Origin::file);
  CHECK(settings->place("system.name") == main + ":2:1");
  CHECK(settings->duration("system.ask-timeout") == 250ms);
  CHECK(settings->duration("system.shutdown-timeout") == 90s);
  CHECK(settings->number("system.eviction.limit") == 7);
  CHECK(settings->number("remoting.max-frame-size") == 65536);
  CHECK(settings->list("admin.names") == std::vector<std::string>{"a.example", "b.example"});
  CHECK(settings->map("log.levels") ==
        std::vector<std::pair<std::string, std::string>>{{"actor", "warn"}, {"admin", "debug"}});
  CHECK(settings->real("datacenter.jitter") == doctest::Approx(0.25));
  CHECK(settings->flag("cluster.crdt.enabled"));
  settings = Settings::load(Sources{.flags = {{"system.name", "flagged"}},
                                    .environment = with({{"GOAKTD_SYSTEM_ASK_TIMEOUT", "1s"}}),
                                    .files = files});
  REQUIRE(settings);
  CHECK(settings->text("system.name") == "flagged");
  CHECK(settings->duration("system.ask-timeout") == 1s);
  CHECK(settings->list("admin.names").empty());
  settings = Settings::load(Sources{.environment = with({}), .files = files});
  REQUIRE(settings);
  CHECK(settings->text("system.name") == "third");
}

TEST_CASE("JSON with the same keys is as good") {
  const Folder folder;
  const std::string path = folder.write(
      "node.json",
      R"({"system": {"name": "j", "inline-ask": false}, "log": {"levels": {"a": "warn"}},
                       "plugins": {"load": ["x", "y"]}})");
  const auto settings = Settings::load(Sources{.environment = with({}), .files = {path}});
  REQUIRE(settings);
  CHECK(settings->text("system.name") == "j");
  CHECK(!settings->flag("system.inline-ask"));
  CHECK(settings->list("plugins.load") == std::vector<std::string>{"x", "y"});
  CHECK(settings->text("log.levels") == "a=warn");
}

TEST_CASE("all that is wrong in files is told at once with line, column and the nearest key") {
  const Folder folder;
  const std::string path = folder.write("bad.toml", R"([system]
nmae = "x"
throughput-budget = "many"
ask-timeout = [1, 2
]
[admin]
"tls.cert" = "x"
[log]
level = "inf"
level2 = 2
)");
  const std::string text = problems_of({.environment = with({}), .files = {path}});
  has(text, path + ":2:1: there is no setting system.nmae; did you mean system.name?");
  has(text, path + ":3:1: system.throughput-budget: \"many\" must be a whole number from 1 to");
  has(text, path + ":4:1: system.ask-timeout: \"1,2\" must be a duration");
  has(text, path + ":7:1: admin.tls.cert must not be quoted");
  has(text, path + ":9:1: log.level: \"inf\" must be one of");
  has(text, "did you mean info?");
  has(text, path + ":10:1: there is no setting log.level2; did you mean log.level?");
  has(problems_of({.files = {folder.write("syntax.toml", "[system\nname = 1\n")}}),
      "syntax.toml:1:");
  has(problems_of({.files = {folder.write("twice.toml", "[log]\nlevel='info'\nlevel='warn'\n")}}),
      "twice.toml:3:");
  has(problems_of({.files = {folder.write("syntax.json", "{\"a\": }")}}), "syntax.json: ");
  has(problems_of({.files = {folder.write("deep.json", std::string(100000, '['))}}), "too deeply");
  has(problems_of({.files = {folder.path() + "/none.toml"}}), "cannot be read");
  has(problems_of({.files = {folder.path()}}), "is a directory");
}

TEST_CASE("an unknown key in a file is a warning when asked for") {
  const Folder folder;
  const auto settings = Settings::load(
      Sources{.files = {folder.write("new.toml", "[system]\nfuture = 1\n")}, .permissive = true});
  REQUIRE(settings);
  REQUIRE(settings->warnings().size() == 1);
  has(settings->warnings().front().text, "there is no setting system.future");
}

TEST_CASE("texts of files may name variables, and those that are not set are told") {
  const Folder folder;
  const std::string path = folder.write("v.toml", R"([system]
name = "${WHO}-${WHERE:-here}"
[datacenter]
region = "$$ 5 ${EMPTY:-filled} $x"
zone = "${MISSING}"
name = "${open"
)");
  const auto environment = with({{"WHO", "me"}, {"EMPTY", ""}});
  const std::string text = problems_of({.environment = environment, .files = {path}});
  has(text, ":5:1: datacenter.zone needs the variable MISSING, which is not set");
  has(text, ":6:1: datacenter.name has ${ without }");
  const auto settings = Settings::load(
      Sources{.environment = with({{"WHO", "me"}, {"EMPTY", ""}, {"MISSING", "z"}, {"open", "n"}}),
              .files = {folder.write("w.toml", R"([system]
name = "${WHO}-${WHERE:-here}"
[datacenter]
region = "$$ 5 ${EMPTY:-filled} $x"
)")}});
  REQUIRE(settings);
  CHECK(settings->text("system.name") == "me-here");
  CHECK(settings->text("datacenter.region") == "$ 5 filled $x");
}

TEST_CASE("a variable may name a file with the value, but not beside the value itself") {
  const Folder folder;
  const std::string path = folder.write("secret", "s3cret\n");
  const std::map<std::string, std::string> one = {{"GOAKTD_DISCOVERY_CONSUL_TOKEN_FILE", path}};
  const auto settings = Settings::load(Sources{.environment = with(one)});
  REQUIRE(settings);
  CHECK(settings->text("discovery.consul.token") == "s3cret");
  auto two = one;
  two["GOAKTD_DISCOVERY_CONSUL_TOKEN"] = "other";
  has(problems_of({.environment = with(two)}), "only one can be meant");
  has(problems_of({.environment = with({{"GOAKTD_LOG_LEVEL_FILE", folder.path() + "/none"}})}),
      "GOAKTD_LOG_LEVEL_FILE: cannot read");
}

TEST_CASE("a mistyped variable is a warning, others of that prefix are none") {
  const auto settings = Settings::load(
      Sources{.environment = with({}),
              .variables = {"GOAKTD_SYSTEM_NMAE", "GOAKTD_SERVICE_HOST", "GOAKTD_CONFIG", "HOME"}});
  REQUIRE(settings);
  REQUIRE(settings->warnings().size() == 1);
  CHECK(settings->warnings().front().place == "GOAKTD_SYSTEM_NMAE");
}

TEST_CASE("values that exclude each other are refused where they were said") {
  const auto said = [](Settings::Given flags) {
    return problems_of({.flags = std::move(flags), .environment = with({})});
  };
  has(said({{"cluster.enabled", "true"}, {"remoting.enabled", "false"}}),
      "--cluster.enabled: needs remoting.enabled = true");
  has(said({{"cluster.peers-port", "3322"}}), "is the port of");
  has(said({{"cluster.write-quorum", "3"}}), "is more than cluster.replica-count, 2");
  has(said({{"cluster.roles", std::string(600, 'r')}}), "members can carry 512");
  has(said({{"datacenter.enabled", "true"}, {"cluster.enabled", "true"}}), "needs datacenter.name");
  const auto as_member = [&](const char* key, const char* value) {
    return said({{"cluster.enabled", "true"}, {key, value}});
  };
  has(as_member("discovery.provider", "consul"), "\"consul\" is not in this version");
  for (const auto* host : {"10.0.0.1", "node-1:3322", "10.0.0.1:0", "10.0.0.1:70000", ":3322"})
    has(as_member("discovery.static.hosts", host), "must be an IP and the port of gossip");
  CHECK(as_member("discovery.static.hosts", "10.0.0.1:3322,[fd00::1]:3322") == "none");
  has(said({{"log.levels", "admin=loud"}}), "\"loud\" of admin must be one of");
  has(said({{"admin.tls.cert", "/dev/null"}}), "needs admin.tls.key");
  has(said({{"admin.token-file", "/nowhere/tokens"}}), "cannot be read");
  CHECK(said({{"remoting.port", "0"}, {"cluster.grain-activation-barrier", "off"}}) == "none");
}

TEST_CASE("what has no effect is told: alone what only members use, as a member what is to come") {
  const auto warnings = [](Settings::Given flags) {
    const auto settings =
        Settings::load(Sources{.flags = std::move(flags), .environment = with({})});
    REQUIRE(settings);
    std::string all;
    for (const auto& warning : settings->warnings())
      all += warning.place + ": " + warning.text + "\n";
    return all;
  };
  has(warnings({{"cluster.peers-port", "3420"}}), "no effect on a node that runs alone");
  CHECK(warnings({{"cluster.enabled", "true"}, {"cluster.peers-port", "3420"}}).empty());
  has(warnings({{"cluster.enabled", "true"}, {"cluster.partition-count", "7"}}),
      "--cluster.partition-count: has no effect in this version");
}

TEST_CASE("secrets are neither shown nor repeated in complaints") {
  const auto settings = Settings::load(Sources{.flags = {{"discovery.etcd.password", "s3cret"}}});
  REQUIRE(settings);
  CHECK(settings_as_toml(*settings).find("s3cret") == std::string::npos);
  CHECK(settings_as_json(*settings).find("s3cret") == std::string::npos);
  const std::string bad("s3cret\0x", 8);
  CHECK(problems_of({.flags = {{"discovery.etcd.password", bad}}}).find("s3cret") ==
        std::string::npos);
}

TEST_CASE("what is shown can be read back, and so can the defaults without their marks") {
  const Folder folder;
  const auto settings =
      Settings::load(Sources{.flags = {{"datacenter.region", "a \"quoted\" ${x} $$ \\ line\nend"},
                                       {"admin.names", "a,b"},
                                       {"log.levels", "admin=warn,odd.name=info"}}});
  REQUIRE(settings);
  const std::string shown = folder.write("shown.toml", settings_as_toml(*settings));
  const auto again = Settings::load(Sources{.files = {shown}, .check_files = false});
  if (!again) FAIL(again.error().message());
  for (const Key& key : keys()) {
    CAPTURE(key.name);
    CHECK(again->text(key.name) == settings->text(key.name));
  }
  std::string defaults;
  std::istringstream lines(defaults_as_toml());
  for (std::string line; std::getline(lines, line);)
    defaults += (line.starts_with("# ") && line.find(" = ") != std::string::npos &&
                         line.find(' ', 2) == line.find(" = ")
                     ? line.substr(2)
                     : line) +
                "\n";
  const auto plain = Settings::load(Sources{.files = {folder.write("defaults.toml", defaults)}});
  if (!plain) FAIL(plain.error().message());
  for (const Key& key : keys()) {
    CAPTURE(key.name);
    CHECK(plain->origin(key.name) == Origin::file);
    CHECK(plain->text(key.name) == std::string(key.default_value));
  }
}

TEST_CASE("the reference and the packaged file are what the table makes of them today") {
  const auto content = [](const std::string& path) {
    std::ifstream in(std::string(GOAKT_SOURCE_DIR) + "/" + path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  };
  CHECK_MESSAGE(content("docs/configuration.md") == reference_as_markdown(),
                "goaktd docs reference > docs/configuration.md");
  CHECK_MESSAGE(content("packaging/goaktd/goaktd.toml") == defaults_as_toml(),
                "goaktd config defaults > packaging/goaktd/goaktd.toml");
}
