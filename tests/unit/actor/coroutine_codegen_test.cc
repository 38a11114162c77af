#include "goakt/actor/task.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

// g++ 12 generates wrong code for some full expressions with co_await. The forms that
// docs/writing-actors.md allows are kept correct here, on whatever compiler builds this: every
// object is constructed and destroyed once, and arrives with its value. The forbidden forms are
// absent on purpose: they would end this program.

using namespace goakt;

namespace {

int alive = 0;

// Counts its instances; its text does not fit into the string object.
struct Traced {
  explicit Traced(std::string value) : text(std::move(value)) { ++alive; }

  Traced(const Traced& other) : text(other.text) { ++alive; }

  Traced(Traced&& other) noexcept : text(std::move(other.text)) { ++alive; }

  Traced& operator=(const Traced&) = default;
  Traced& operator=(Traced&&) = default;

  ~Traced() { --alive; }

  std::string text;
};

struct Aggregate {
  Traced traced;
  int number = 0;
};

struct Trivial {
  int a;
  long b;
  std::string_view text;
};

const std::string kText = "a text that is longer than any small string buffer";

// Suspends once, so that every frame really lives across a suspension.
struct Pause {
  std::coroutine_handle<>& place;

  bool await_ready() const noexcept { return false; }

  void await_suspend(std::coroutine_handle<> waiting) noexcept { place = waiting; }

  void await_resume() const noexcept {}
};

std::coroutine_handle<> paused;

Pause pause() {
  return {paused};
}

Task<std::string> take(Aggregate value) {
  co_await pause();
  co_return value.traced.text + std::to_string(value.number);
}

Task<std::string> take_traced(Traced value) {
  co_await pause();
  co_return value.text;
}

Task<int> take_trivial(Trivial value) {
  co_await pause();
  co_return value.a + static_cast<int>(value.b) + static_cast<int>(value.text.size());
}

Task<std::string> take_pair(std::pair<Traced, int> value, std::tuple<Traced, long> other) {
  co_await pause();
  co_return value.first.text + std::get<0>(other).text;
}

template <class F>
Task<std::string> call(F function) {
  co_await pause();
  co_return function();
}

Task<int> number(int value) {
  co_await pause();
  co_return value;
}

Task<Aggregate> make(std::string text) {
  co_await pause();
  co_return Aggregate{Traced(std::move(text)), 7};
}

Task<int> failing() {
  co_await pause();
  throw std::runtime_error(kText);
}

Aggregate factory(int n) {
  return Aggregate{Traced(kText), n};
}

// Runs to the end and gives the result; nothing may be left alive.
template <class T>
T run(Task<T> task) {
  task.handle().resume();
  while (!task.handle().done()) std::exchange(paused, {}).resume();
  if (auto& exception = task.handle().promise().exception) std::rethrow_exception(exception);
  return std::move(*task.handle().promise().value);
}

template <class T>
void check(Task<T> task, const T& expected) {
  {
    const T result = run(std::move(task));
    CHECK(result == expected);
  }
  CHECK(alive == 0);
}

Task<std::string> named_aggregate() {
  auto value = Aggregate{Traced(kText), 1};
  co_return co_await take(std::move(value));
}

Task<std::string> pending_first() {
  auto pending = take(Aggregate{Traced(kText), 2});
  co_return co_await std::move(pending);
}

Task<std::string> from_factory() {
  co_return co_await take(factory(3));
}

Task<std::string> with_constructor() {
  co_return co_await take_traced(Traced(kText));
}

Task<int> trivial_aggregate() {
  co_return co_await take_trivial({1, 2, "three"});  // await-ok: trivial members
}

Task<std::string> pairs_and_tuples() {
  co_return co_await take_pair(std::pair<Traced, int>(Traced("a" + kText), 1),
                               std::tuple<Traced, long>(Traced("b" + kText), 2));
}

Task<std::string> reference_captures() {
  std::string text = kText;
  co_return co_await call([&] { return text + "!"; });
}

Task<std::string> named_lambda() {
  Traced traced(kText);
  auto function = [traced] { return traced.text; };
  co_return co_await call(std::move(function));
}

Task<std::string> conditions_and_loops() {
  std::string seen;
  if (co_await number(1) == 1 && co_await number(2) == 2) seen += "a";
  if (co_await number(0) != 0 || co_await number(3) == 3) seen += "b";
  for (int i = 0; i < co_await number(3); ++i) seen += std::to_string(i);
  while (co_await number(static_cast<int>(seen.size())) < 7) seen += "w";
  switch (co_await number(5)) {
    case 5:
      seen += "s";
      break;
    default:
      break;
  }
  std::vector<int> numbers;
  for (int i = 0; i < 3; ++i) numbers.push_back(co_await number(i));
  for (int n : numbers) seen += std::to_string(co_await number(n));
  co_return seen;
}

Task<int> arithmetic_and_nesting() {
  const int sum = co_await number(1) + co_await number(2);
  const int nested = co_await number(co_await number(co_await number(3)));
  const int chosen = co_await number(1) == 1 ? sum : nested;  // await-ok: ints
  co_return sum * 100 + nested * 10 + chosen;
}

Task<std::string> aggregates_come_back() {
  auto [traced, n] = co_await make(kText);
  const Aggregate second = co_await make("x" + kText);
  co_return traced.text + std::to_string(n) + second.traced.text;
}

Task<std::string> exceptions_pass() {
  std::string seen;
  try {
    Traced traced(kText);
    seen = std::to_string(co_await failing());
  } catch (const std::runtime_error& error) {
    seen = error.what();
  }
  co_return seen;
}

}  // namespace

TEST_CASE("an aggregate that has a name is awaited correctly") {
  check(named_aggregate(), kText + "1");
  check(pending_first(), kText + "2");
}

TEST_CASE("what a factory or a constructor makes is awaited correctly") {
  check(from_factory(), kText + "3");
  check(with_constructor(), kText);
  check(pairs_and_tuples(), "a" + kText + "b" + kText);
}

TEST_CASE("an aggregate of trivial members is awaited correctly") {
  check(trivial_aggregate(), 8);
}

TEST_CASE("lambdas with reference captures, or with a name, are awaited correctly") {
  check(reference_captures(), kText + "!");
  check(named_lambda(), kText);
}

TEST_CASE("awaits in conditions, loops and operators are correct") {
  check(conditions_and_loops(), std::string("ab012wws012"));
  check(arithmetic_and_nesting(), 333);
}

TEST_CASE("aggregates come back from an await whole") {
  check(aggregates_come_back(), kText + "7x" + kText);
}

TEST_CASE("exceptions pass through an await") {
  check(exceptions_pass(), kText);
}

TEST_CASE("a coroutine that is dropped while it waits destroys what it holds") {
  {
    auto task = named_aggregate();
    task.handle().resume();
    CHECK(alive != 0);
  }
  CHECK(alive == 0);
}

TEST_CASE("awaiting many finished children does not use up the stack") {
  auto loop = []() -> Task<int> {
    auto finished = [](int i) -> Task<int> { co_return i; };
    int sum = 0;
    for (int i = 0; i < 200'000; ++i) {
      auto child = finished(i % 2);
      sum += co_await std::move(child);
    }
    co_return sum;
  };
  auto task = loop();
  task.handle().resume();
  REQUIRE(task.handle().done());
  CHECK(*task.handle().promise().value == 100'000);
}
