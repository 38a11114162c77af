// A user's program: includes and links only what was installed.
#include <goakt/actor/system.h>

#include <chrono>
#include <iostream>

using namespace std::chrono_literals;

namespace {

struct Add {
  int value;
};

struct Get {};

struct Total {
  int value;
};

class Counter final : public goakt::Actor {
  void add(const Add& m) { total_ += m.value; }

  Total get(const Get&) const { return {total_}; }

  int total_ = 0;

 public:
  static constexpr auto handles = goakt::handlers(&Counter::add, &Counter::get);
};

// Templates of the library are instantiated here, the runtime is in libgoakt: both must agree.
class Twice final : public goakt::Actor {
  goakt::Task<goakt::Result<Total>> get(const Get& m, goakt::ReceiveContext& ctx) {
    auto total = co_await ctx.ask<Total>(counter_, m, 2s);
    if (!total) co_return goakt::unexpected(std::move(total).error());
    co_return Total{2 * total->value};
  }

  goakt::Pid counter_;

 public:
  explicit Twice(goakt::Pid counter) : counter_(counter) {}

  static constexpr auto handles = goakt::handlers(&Twice::get);
};

goakt::Result<int> run() {
  GOAKT_TRY(auto system, goakt::ActorSystem::create("outside"));
  GOAKT_CHECK(system->start());
  GOAKT_TRY(auto counter, system->spawn<Counter>("counter"));
  GOAKT_TRY(auto twice, system->spawn<Twice>("twice", {}, goakt::Pid(counter)));
  for (int value = 1; value <= 100; ++value) GOAKT_CHECK(counter.tell(Add{value}));
  GOAKT_TRY(const auto total, twice.ask<Total>(Get{}, 10s));
  GOAKT_CHECK(system->stop());
  return total.value;
}

}  // namespace

int main() {
  const goakt::Result<int> total = run();
  if (!total) {
    std::cerr << total.error().message() << '\n';
    return 1;
  }
  std::cout << "twice the sum of 1..100 is " << *total << '\n';
  return *total == 10100 ? 0 : 1;
}
