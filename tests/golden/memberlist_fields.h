#pragma once

#include "goakt/gossip/messages.h"
#include "tests/golden/golden.h"

#include <optional>
#include <string>
#include <string_view>

// Messages as the vectors spell them.
namespace golden {

// "ping", "alive", ...; none for a name that is no single message.
std::optional<goakt::gossip::Kind> kind_named(std::string_view name);

// Reads the body and says the fields; none if it is refused.
std::optional<Json> fields_of(goakt::gossip::Kind kind, std::string_view body);
// The message, with its type byte, of these fields.
std::string message_of(goakt::gossip::Kind kind, const Json& fields);

Json fields_of(const goakt::gossip::PushPullNode& node);
goakt::gossip::PushPullNode node_of(const Json& fields);
goakt::gossip::PushPull push_pull_of(const Json& message);

}  // namespace golden
