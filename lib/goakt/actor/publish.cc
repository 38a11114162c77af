#include "goakt/actor/publish.h"

#include "goakt/actor/internal/system.h"
#include "goakt/actor/system.h"

#include <utility>

namespace goakt {

void publish(ActorSystem& system, Event event) {
  system.internals().publish([&] { return std::move(event); });
}

}  // namespace goakt
