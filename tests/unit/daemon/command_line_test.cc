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
