#include "bench/local/support.h"

#include <cstdio>

namespace goakt::bench {

void give_up(const Error& error) {
  std::fprintf(stderr, "goakt_bench: %s\n", error.message().c_str());
  std::exit(1);
}

std::unique_ptr<ActorSystem> start_system(SystemOptions options) {
  auto system = must(ActorSystem::create("bench", std::move(options)));
  must(system->start());
  return system;
}

}  // namespace goakt::bench
