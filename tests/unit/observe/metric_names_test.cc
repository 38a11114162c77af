#include "goakt/observe/metric_names.h"

#include <doctest/doctest.h>

#include <string_view>
#include <utility>
#include <vector>

using namespace goakt;

TEST_CASE("instruments have GoAkt's names and units [188]") {
  using observe::find_instrument;
  // opentelemetry instruments of GoAkt's metric.go, name and unit.
  const std::vector<std::pair<std::string_view, std::string_view>> expected = {
      {"actor.children.count", ""},
      {"actor.stash.size", ""},
      {"actor.deadletters.count", ""},
      {"actor.restart.count", ""},
      {"actor.last.received.duration", "ms"},
      {"actor.processed.count", ""},
      {"actor.uptime", "s"},
      {"actor.failure.count", ""},
      {"actor.reinstate.count", ""},
      {"actorsystem.deadletters.count", ""},
      {"actorsystem.actors.count", ""},
      {"actorsystem.uptime", "s"},
      {"actorsystem.peers.count", ""}};
  for (const auto& [name, unit] : expected) {
    const auto* instrument = find_instrument(name);
    REQUIRE_MESSAGE(instrument != nullptr, name);
    CHECK(instrument->unit == unit);
    CHECK_FALSE(instrument->description.empty());
  }
  CHECK(find_instrument("actor.x") == nullptr);
  CHECK(observe::kMeterScope == "github.com/Tochemey/goakt/v3/telemetry");
}
