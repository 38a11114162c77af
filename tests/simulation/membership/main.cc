// Runs clusters of members on virtual time, a seed each, and says which seed broke which rule.
//
//   sim_membership [--sweep N] [--from SEED]     N seeds (default 60), each with the next scenario
//   sim_membership --seed SEED                   that run again, bit for bit
//   sim_membership --storm N [--from SEED]       N members join at once, 30 % crash; figures
//   ... --expect-violation                       success if a rule breaks: for planted faults

#include "tests/simulation/membership/scenarios.h"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <sys/resource.h>

namespace {

using namespace sim;
using namespace sim::membership;

using goakt::gossip::Config;

// Their timers meet in different orders: on a LAN a nack comes after the probe has ended, in others
// before.
Config profile(std::uint64_t seed) {
  const auto round = seed / scenarios().size();
  auto config = round % 5 == 1   ? Config::local()
                : round % 5 == 3 ? Config::goakt(true)
                : round % 5 == 4 ? Config::wan()
                                 : Config::lan();
  auto& sealing = config.sealing;
  sealing.compress = round % 7 == 0;  // slow, and tested byte by byte elsewhere
  if (round % 2 == 1) sealing.label = "a cluster";
  if (round % 3 == 1 && !sealing.keyring.add(std::string(16, 'k'))) std::abort();
  return config;
}

// The digest of the run; none: a rule was broken.
std::optional<std::uint64_t> run(std::uint64_t seed) {
  const auto& scenario = scenarios()[seed % scenarios().size()];
  const auto config = profile(seed);
  Cluster cluster(seed, config);
  try {
    scenario.run(cluster);
    return cluster.world.digest();
  } catch (const Violation& violation) {
    std::cout << "seed " << seed << ", " << scenario.name << ": rule \"" << violation.rule
              << "\" is broken: " << violation.what() << "\n";
    cluster.world.print_trace(std::cout);
    std::cout << "again with: --seed " << seed << std::endl;
    return std::nullopt;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t sweep = 60;
  std::uint64_t from = 1;
  std::size_t members = 0;
  bool replay = false;
  bool expect_violation = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (option == "--sweep") {
      sweep = number();
    } else if (option == "--from") {
      from = number();
    } else if (option == "--seed") {
      from = number();
      sweep = 1;
      replay = true;
    } else if (option == "--storm") {
      members = number();
    } else if (option == "--expect-violation") {
      expect_violation = true;
    } else {
      std::cerr << "unknown option " << option << "\n";
      return 2;
    }
  }

  if (members > 0) {
    try {
      const auto begin = std::chrono::steady_clock::now();
      storm(from, members);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
      rusage usage{};
      ::getrusage(RUSAGE_SELF, &usage);
      std::cout << "  in " << took.count() << " s, with " << usage.ru_maxrss / 1024 << " MiB\n";
      return 0;
    } catch (const Violation& violation) {
      std::cout << violation.what() << std::endl;
      return 1;
    }
  }

  std::uint64_t broken = 0;
  for (auto seed = from; seed < from + sweep; ++seed) {
    const auto digest = run(seed);
    if (digest && replay) std::cout << "seed " << seed << ": digest " << *digest << std::endl;
    broken += !digest;
    if (!digest && expect_violation) {
      std::cout << "found after " << seed - from + 1 << " seeds" << std::endl;
      return 0;
    }
    // Now and then: the same seed is the same run.
    if (digest && (seed - from) % 20 == 0 && run(seed) != digest) {
      std::cout << "seed " << seed << " gave two different runs" << std::endl;
      return 1;
    }
  }
  std::cout << sweep << " seeds, " << broken << " with a broken rule" << std::endl;
  return expect_violation || broken > 0 ? 1 : 0;
}
