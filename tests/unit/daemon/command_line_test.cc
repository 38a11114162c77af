#include "goakt/daemon/command_line.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace goakt::daemon;

namespace {

CommandLine parse(std::vector<std::string> words) {
  words.insert(words.begin(), "goaktd");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  return parse_command_line(static_cast<int>(pointers.size()), pointers.data());
}

// Flags come in the order of the key table.
using Given = goakt::config::Settings::Given;

}  // namespace

TEST_CASE("a value may stand behind a space or an equals sign, and may be empty in both forms") {
  CHECK(parse({"--admin.listen", "", "--system.name", "x"}).given ==
        Given{{"system.name", "x"}, {"admin.listen", ""}});
  CHECK(parse({"--admin.listen=", "--system.name=x"}).given ==
        Given{{"system.name", "x"}, {"admin.listen", ""}});
  CHECK(parse({"--admin.listen=", "config", "show"}).command == "config show");
  CHECK(parse({"--log.levels=admin=debug"}).given == Given{{"log.levels", "admin=debug"}});
  CHECK(parse({"--plugin="}).given == Given{{"plugins.load", ""}});
}

TEST_CASE("words and flags of the token commands are taken") {
  const CommandLine made = parse({"token", "new", "--role", "operator", "--name=ci"});
  CHECK(made.command == "token new");
  CHECK(made.role == "operator");
  CHECK(made.name == "ci");
  const CommandLine gone = parse({"--admin.token-file", "f", "token", "revoke", "ci"});
  CHECK(gone.command == "token revoke");
  CHECK(gone.arguments == std::vector<std::string>{"ci"});
}

TEST_CASE("members of a cluster on one machine have ports of their own and know the first three") {
  const auto said = [](const CommandLine& line, const std::string& key) {
    std::string all;
    for (const auto& [name, value] : line.given)
      if (name == key) all += (all.empty() ? "" : ",") + value;
    return all;
  };
  const CommandLine second = parse({"--dev", "2", "--cluster"});
  CHECK(said(second, "cluster.enabled") == "true");
  CHECK(said(second, "cluster.discovery-port") == "3522");
  CHECK(said(second, "cluster.peers-port") == "3520");
  CHECK(said(second, "remoting.port") == "50252");
  CHECK(said(second, "discovery.static.hosts") == "127.0.0.1:3422,127.0.0.1:3522,127.0.0.1:3622");
  const CommandLine own =
      parse({"--dev", "1", "--cluster", "--peer", "127.0.0.1:1", "--peer=127.0.0.1:2"});
  CHECK(said(own, "discovery.static.hosts") == "127.0.0.1:1,127.0.0.1:2");
  CHECK(said(parse({"--dev", "1"}), "cluster.discovery-port").empty());
}
