#include "goakt/base/random.h"

#include "goakt/base/uuid.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

using goakt::Rng;
using goakt::Uuid;

TEST_CASE("a seed fixes the stream of the random source") {
  Rng a(42);
  Rng b(42);
  Rng c(43);
  int equal_to_c = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto value = a();
    REQUIRE(value == b());
    equal_to_c += value == c();
  }
  CHECK(equal_to_c == 0);
}

TEST_CASE("the stream is that of xoshiro256** with a splitmix64 seed") {
  // From the authors' C code with state = four splitmix64 steps from 0.
  Rng rng(0);
  CHECK(rng() == 0x99ec5f36cb75f2b4);
  CHECK(rng() == 0xbf6e1f784956452a);
  CHECK(rng() == 0x1a5f849d4933e6e0);
}

TEST_CASE("below stays under its bound and reaches every value") {
  Rng rng(7);
  std::array<int, 10> seen{};
  for (int i = 0; i < 10'000; ++i) {
    const auto value = rng.below(10);
    REQUIRE(value < 10);
    ++seen[value];
  }
  for (const int count : seen) CHECK(count > 800);
  CHECK(rng.below(0) == 0);
  CHECK(rng.below(1) == 0);
}

TEST_CASE("uniform is in [0, 1) and centred") {
  Rng rng(7);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double value = rng.uniform();
    REQUIRE(value >= 0);
    REQUIRE(value < 1);
    sum += value;
  }
  CHECK(sum / 10'000 == doctest::Approx(0.5).epsilon(0.03));
}

TEST_CASE("every thread has a random source of its own") {
  std::uint64_t here = Rng::local()();
  std::uint64_t there = here;
  std::thread([&] { there = Rng::local()(); }).join();
  CHECK(here != there);
}

TEST_CASE("a random UUID is of version 4 and of the usual variant") {
  Rng rng(1);
  std::set<Uuid> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto uuid = Uuid::random(rng);
    const auto text = uuid.to_string();
    REQUIRE(text.size() == 36);
    CHECK(text[14] == '4');
    CHECK(std::string_view("89ab").find(text[19]) != std::string_view::npos);
    CHECK(Uuid::parse(text) == uuid);
    seen.insert(uuid);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("UUID text is read in either case and refused when malformed") {
  CHECK(Uuid::parse("9F3C1F0E-7A51-4A8E-9C1D-2B9F4F6F0C11")->to_string() ==
        "9f3c1f0e-7a51-4a8e-9c1d-2b9f4f6f0c11");
  for (const auto* bad :
       {"", "9f3c1f0e", "9f3c1f0e-7a51-4a8e-9c1d-2b9f4f6f0c1",
        "9f3c1f0e-7a51-4a8e-9c1d-2b9f4f6f0c111", "9f3c1f0e+7a51-4a8e-9c1d-2b9f4f6f0c11",
        "9f3c1f0e-7a51-4a8e-9c1d-2b9f4f6f0c1g"})
    CHECK_FALSE(Uuid::parse(bad).has_value());
  CHECK(Uuid().is_none());
  CHECK(Uuid().to_string().empty());
}
