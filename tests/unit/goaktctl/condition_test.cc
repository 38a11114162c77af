#include "condition.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace goaktctl;

namespace {

bool met(const char* text, const char* json) {
  std::string complaint;
  const auto condition = Condition::parse(text, complaint);
  REQUIRE_MESSAGE(condition, complaint);
  if (!json) return condition->is_met(nullptr);
  const Document thing = Document::parse(json);
  return condition->is_met(&thing);
}

bool possible(const char* text, const char* json) {
  std::string complaint;
  const auto condition = Condition::parse(text, complaint);
  REQUIRE_MESSAGE(condition, complaint);
  const Document thing = Document::parse(json);
  return condition->is_possible(&thing);
}

}  // namespace

TEST_CASE("words look at the state, and at whether the thing is there") {
  CHECK(met("exists", "{}"));
  CHECK(!met("exists", nullptr));
  CHECK(met("gone", nullptr));
  CHECK(!met("gone", R"({"state":"running"})"));
  CHECK(met("left", R"({"state":"left"})"));
  CHECK(met("running", R"({"state":"running"})"));
  CHECK(!met("running", R"({"state":"suspended"})"));
  CHECK(met("ready", R"({"state":"active"})"));
  CHECK(!met("ready", R"({"status":"failing","state":"active"})"));
  CHECK(met("settled", R"({"partitions":{"moving":0}})"));
  CHECK(!met("settled", R"({"partitions":{"moving":3}})"));
  CHECK(met("leader", R"({"leader":true})"));
  CHECK(!met("leader", R"({"leader":null})"));
}

TEST_CASE("comparisons are by number when both sides are numbers, else by text") {
  CHECK(met("metrics.mailbox>=10", R"({"metrics":{"mailbox":10}})"));
  CHECK(!met("metrics.mailbox>10", R"({"metrics":{"mailbox":10}})"));
  CHECK(met("metrics.mailbox<9.5", R"({"metrics":{"mailbox":9}})"));
  CHECK(met("metrics.mailbox<=9", R"({"metrics":{"mailbox":9}})"));
  CHECK(met("members>=9", R"({"members":10})"));
  CHECK(met("state!=running", R"({"state":"suspended"})"));
  CHECK(met("name~^ord[a-z]+$", R"({"name":"order"})"));
  CHECK(!met("name~^ord$", R"({"name":"order"})"));
  CHECK(met("stash.enabled=true", R"({"stash":{"enabled":true}})"));
  CHECK(met("a=x=y", R"({"a":"x=y"})"));
}

TEST_CASE("a field that is not there is not yet, also for !=") {
  CHECK(!met("metrics.mailbox!=3", R"({"metrics":{}})"));
  CHECK(!met("metrics.mailbox", R"({"metrics":{}})"));
  CHECK(met("metrics.mailbox", R"({"metrics":{"mailbox":0}})"));
  CHECK(!met("state=running", nullptr));
}

TEST_CASE("an operation that is over can no longer succeed") {
  CHECK(possible("succeeded", R"({"kind":"Operation","state":"running"})"));
  CHECK(possible("succeeded", R"({"kind":"Operation","state":"succeeded"})"));
  CHECK(!possible("succeeded", R"({"kind":"Operation","state":"failed"})"));
  CHECK(!possible("succeeded", R"({"kind":"Operation","state":"cancelled"})"));
  CHECK(possible("running", R"({"kind":"Actor","state":"failed"})"));
}

TEST_CASE("what is no condition is refused with the nearest word") {
  std::string complaint;
  CHECK(!Condition::parse("runing", complaint));
  CHECK(complaint.find("running") != std::string::npos);
  for (const char* bad : {"", "=3", "!x", "name~[", ">"})
    CHECK_MESSAGE(!Condition::parse(bad, complaint), bad);
}
