#include "goakt/observe/metric_names.h"

#include <algorithm>
#include <array>

namespace goakt::observe {

namespace {

constexpr std::array kInstruments = {
    Instrument{"actor.children.count", "", "Children of the actor", true, false},
    Instrument{"actor.stash.size", "", "Messages in the stash", true, false},
    Instrument{"actor.deadletters.count", "", "Messages that the actor did not handle", true, true},
    Instrument{"actor.restart.count", "", "Restarts", true, true},
    Instrument{"actor.last.received.duration", "ms", "Time since the last message", true, false},
    Instrument{"actor.processed.count", "", "Messages handled", true, true},
    Instrument{"actor.uptime", "s", "Time since the start", true, false},
    Instrument{"actor.failure.count", "", "Failures", true, true},
    Instrument{"actor.reinstate.count", "", "Returns from suspension", true, true},
    Instrument{"actorsystem.deadletters.count", "", "Messages that nobody handled", false, true},
    Instrument{"actorsystem.actors.count", "", "User actors alive", false, false},
    Instrument{"actorsystem.uptime", "s", "Time since the start", false, false},
    Instrument{"actorsystem.peers.count", "", "Other nodes of the cluster", false, false},
};

}  // namespace

std::span<const Instrument> instruments() {
  return kInstruments;
}

const Instrument* find_instrument(std::string_view name) {
  const auto it = std::find_if(kInstruments.begin(), kInstruments.end(),
                               [&](const Instrument& i) { return i.name == name; });
  return it == kInstruments.end() ? nullptr : &*it;
}

}  // namespace goakt::observe
