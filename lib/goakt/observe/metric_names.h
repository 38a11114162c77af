#pragma once

#include "goakt/base/export.h"

#include <span>
#include <string_view>

// The instruments of a node, once: GoAkt's names and units (metric/metric.go), so that dashboards
// work for both. The exposition and the documentation are made from this table.
namespace goakt::observe {

// The meter that GoAkt registers them under.
inline constexpr std::string_view kMeterScope = "github.com/Tochemey/goakt/v3/telemetry";

// Attributes. Those of the system carry only the first.
inline constexpr std::string_view kActorSystem = "actor.system";
inline constexpr std::string_view kActorName = "actor.name";
inline constexpr std::string_view kActorKind = "actor.kind";
inline constexpr std::string_view kActorAddress = "actor.address";

struct Instrument {
  std::string_view name;
  std::string_view unit;  // empty: a plain number
  std::string_view description;
  bool of_actor;   // else of the system
  bool monotonic;  // only grows
};

GOAKT_API std::span<const Instrument> instruments();
// Null when there is none of that name.
GOAKT_API const Instrument* find_instrument(std::string_view name);

}  // namespace goakt::observe
