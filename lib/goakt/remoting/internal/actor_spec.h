#pragma once

#include "goakt/actor/passivation.h"
#include "goakt/actor/reentrancy.h"
#include "goakt/actor/supervisor.h"

#include <internal/actor.pb.h>
#include <memory>
#include <optional>

// How an actor is run, between our types and the wire's.
namespace goakt::remoting {

void write_passivation(const Passivation& passivation, internalpb::PassivationStrategy& to);
// None: the node's default.
std::optional<Passivation> read_passivation(const internalpb::PassivationStrategy& from);

void write_supervisor(const Supervisor& supervisor, internalpb::SupervisorSpec& to);
std::shared_ptr<const Supervisor> read_supervisor(const internalpb::SupervisorSpec& from);

void write_reentrancy(const Reentrancy& reentrancy, internalpb::ReentrancyConfig& to);
Reentrancy read_reentrancy(const internalpb::ReentrancyConfig& from);

}  // namespace goakt::remoting
