// Runs clusters of members on virtual time, a seed each, and says which seed broke which rule.
//
//   sim_membership [--sweep N] [--from SEED]     N seeds (default 60), each with the next scenario
//   sim_membership --seed SEED                   that run again, bit for bit
//   sim_membership --storm N [--from SEED]       N members join at once, 30 % crash; figures
//   ... --large                                  30 to 100 members instead of 3 to 16
//   ... --today                                  seeds that the date picks, of the first 10,000
//   ... --jobs N                                 a sweep in N processes
//   ... --expect-violation                       success if a rule breaks: for planted faults

#include "tests/simulation/membership/scenarios.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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
std::optional<std::uint64_t> run(std::uint64_t seed, bool large) {
  const auto& scenario = scenarios()[seed % scenarios().size()];
  const auto config = profile(seed);
  Cluster cluster(seed, config);
  cluster.large = large;
  try {
    scenario.run(cluster);
    return cluster.world.digest();
  } catch (const Violation& violation) {
    std::cout << "seed " << seed << ", " << scenario.name << ": rule \"" << violation.rule
              << "\" is broken: " << violation.what() << "\n";
    cluster.world.print_trace(std::cout);
    std::cout << "again with: --seed " << seed << (large ? " --large" : "") << std::endl;
    return std::nullopt;
  }
}

struct Sweep {
  std::uint64_t from = 1;
  std::uint64_t seeds = 60;
  // Every so-manieth of them.
  std::uint64_t stride = 1;
  bool large = false;
  bool replay = false;
  bool expect_violation = false;
};

// The exit status.
int run(const Sweep& sweep) {
  std::uint64_t broken = 0, done = 0;
  for (auto seed = sweep.from; seed < sweep.from + sweep.seeds; seed += sweep.stride) {
    const auto digest = run(seed, sweep.large);
    if (digest && sweep.replay) std::cout << "seed " << seed << ": digest " << *digest << std::endl;
    broken += !digest;
    if (!digest && sweep.expect_violation) {
      std::cout << "found after " << done + 1 << " seeds" << std::endl;
      return 0;
    }
    // Now and then: the same seed is the same run.
    if (digest && done % 20 == 0 && run(seed, sweep.large) != digest) {
      std::cout << "seed " << seed << " gave two different runs" << std::endl;
      return 1;
    }
    if (++done % 500 == 0) std::cout << done << " seeds so far" << std::endl;
  }
  std::cout << done << " seeds, " << broken << " with a broken rule" << std::endl;
  return sweep.expect_violation || broken > 0 ? 1 : 0;
}

// Each process takes its share of the seeds.
int run_in(std::uint64_t jobs, Sweep sweep) {
  const auto end = sweep.from + sweep.seeds;
  sweep.stride = jobs;
  for (std::uint64_t job = 0; job < jobs; ++job) {
    const auto child = ::fork();
    if (child < 0) return 2;
    if (child == 0) std::_Exit(run(sweep));
    ++sweep.from;
    sweep.seeds = end - sweep.from;
  }
  int worst = 0, status = 0;
  while (::wait(&status) > 0) worst = std::max(worst, WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  Sweep sweep;
  std::uint64_t jobs = 1;
  std::size_t members = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (option == "--sweep") {
      sweep.seeds = number();
    } else if (option == "--from") {
      sweep.from = number();
    } else if (option == "--seed") {
      sweep.from = number();
      sweep.seeds = 1;
      sweep.replay = true;
    } else if (option == "--storm") {
      members = number();
    } else if (option == "--today") {
      sweep.from = 0;
    } else if (option == "--large") {
      sweep.large = true;
    } else if (option == "--jobs") {
      jobs = std::max<std::uint64_t>(number(), 1);
    } else if (option == "--expect-violation") {
      sweep.expect_violation = true;
    } else {
      std::cerr << "unknown option " << option << "\n";
      return 2;
    }
  }

  if (sweep.from == 0) {
    constexpr std::uint64_t kTried = 10'000;
    const auto days = std::chrono::duration_cast<std::chrono::days>(
        std::chrono::system_clock::now().time_since_epoch());
    const auto today = static_cast<std::uint64_t>(days.count());
    sweep.from = 1 + today * sweep.seeds % (kTried - std::min(sweep.seeds, kTried - 1));
    std::cout << "from seed " << sweep.from << std::endl;
  }
  if (members > 0) {
    try {
      const auto begin = std::chrono::steady_clock::now();
      storm(sweep.from, members);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
      rusage usage{};
      ::getrusage(RUSAGE_SELF, &usage);
      std::cout << "  all in " << took.count() << " s, with " << usage.ru_maxrss / 1024 << " MiB\n";
      return 0;
    } catch (const Violation& violation) {
      std::cout << violation.what() << std::endl;
      return 1;
    }
  }

  return jobs > 1 ? run_in(jobs, sweep) : run(sweep);
}
