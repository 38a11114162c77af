#pragma once

#include "goakt/actor/mailbox.h"
#include "goakt/actor/passivation.h"
#include "goakt/actor/reentrancy.h"
#include "goakt/actor/supervisor.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace goakt {

class Dependency;

// Which threads run an actor.
enum class DispatcherKind : std::uint8_t {
  normal,    // the worker pool
  blocking,  // a thread of its own kind of pool: handlers may block
};

// How one actor is to be run. What is left out is taken from the parent, else from the system.
struct SpawnOptions {
  std::optional<Passivation> passivation = {};
  bool long_lived = false;  // same as passivation = Passivation::long_lived()
  std::shared_ptr<const Supervisor> supervisor = {};
  std::optional<Mailbox> mailbox = {};
  bool stashing = false;
  std::optional<Reentrancy> reentrancy = {};
  std::vector<std::shared_ptr<Dependency>> dependencies = {};
  std::optional<std::chrono::nanoseconds> init_timeout = {};  // > 0
  bool relocatable = true;
  std::string role = {};
  DispatcherKind dispatcher = DispatcherKind::normal;
  // A restart by supervision makes a new object instead of calling pre_start on the old one.
  bool recreate_on_restart = false;
  // ErrActorAlreadyExists instead of the running actor of that name.
  bool unique = false;
};

}  // namespace goakt
