#include "goakt/cluster/core/node_meta.h"

#include <doctest/doctest.h>

using namespace goakt::cluster;

TEST_CASE("a node's metadata is written as GoAkt writes it") {
  NodeMeta meta{"sys", "127.0.0.1", 1, 2, 3, {}, {}};
  CHECK(
      meta.to_json() ==
      R"({"Name":"sys","Host":"127.0.0.1","DiscoveryPort":1,"PeersPort":2,"RemotingPort":3,"Roles":[]})");
  meta.roles = {"a\"b", "<c>&", "d\n"};
  CHECK(meta.to_json().ends_with(R"("Roles":["a\"b","\u003cc\u003e\u0026","d\n"]})"));
  CHECK(NodeMeta::parse(meta.to_json()) == meta);
  meta.roles.clear();
  meta.goaktd = {1, 4258};
  CHECK(meta.to_json().ends_with(R"("Roles":[],"Goaktd":{"v":1,"admin":4258}})"));
  CHECK(NodeMeta::parse(meta.to_json()) == meta);
}

TEST_CASE("a node's metadata is read whatever else is in it") {
  const auto meta = NodeMeta::parse(
      R"({"Goaktd":7,"Roles":null,"PeersPort":3320,"RemotingPort":-1,"DiscoveryPort":70000,"Name":7,"Host":"::1"})");
  REQUIRE(meta);
  CHECK(*meta == NodeMeta{"", "::1", 0, 3320, 0, {}, {}});
  CHECK(meta->peers_address() == "[::1]:3320");
  for (const auto* text : {"", "[]", "{", "null", "7", "{\"Name\""}) CHECK(!NodeMeta::parse(text));
}

TEST_CASE("a node is named by its address for the map") {
  CHECK(NodeMeta{"sys", "10.0.0.4", 1, 3320, 3, {}, {}}.peers_address() == "10.0.0.4:3320");
}

TEST_CASE("metadata with any one byte changed are read as some metadata or as none") {
  const auto json = NodeMeta{"sys", "::1", 1, 2, 3, {"a"}, NodeMeta::Mark{}}.to_json();
  std::size_t readable = 0;
  for (std::size_t at = 0; at < json.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      auto changed = json;
      changed[at] = static_cast<char>(value);
      if (const auto meta = NodeMeta::parse(changed)) {
        // What was read can be written, whatever it is.
        CHECK(!meta->to_json().empty());
        ++readable;
      }
    }
  }
  CHECK(readable >= json.size());
}
