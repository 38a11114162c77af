#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

// Writes NDJSON transfers for `goaktctl send -f`, the same ones for the same numbers:
//
//   bank-transfers [TRANSFERS=100000] [ACCOUNTS=1000] [CLERKS=16] [SEED=1]
//
// Line i goes to clerk i mod CLERKS and moves 1..100 between two different accounts.

namespace {

// splitmix64: the same sequence on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  std::uint64_t state_;
};

bool parse(const char* text, std::uint64_t& value) {
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  return error == std::errc() && stop == end;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t numbers[] = {100'000, 1'000, 16, 1};
  bool good = argc <= 5;
  for (int i = 1; good && i < argc; ++i) good = parse(argv[i], numbers[i - 1]);
  const auto [transfers, accounts, clerks, seed] = numbers;
  if (!good || accounts < 2 || clerks < 1) {
    std::fputs("usage: bank-transfers [TRANSFERS] [ACCOUNTS >= 2] [CLERKS >= 1] [SEED]\n", stderr);
    return 64;
  }
  Random random(seed);
  for (std::uint64_t i = 0; i < transfers; ++i) {
    const std::uint64_t from = random.below(accounts);
    const std::uint64_t to = (from + 1 + random.below(accounts - 1)) % accounts;
    const std::uint64_t amount = 1 + random.below(100);
    std::printf(
        "{\"to\":\"clerk-%llu\",\"type\":\"bank.Move\",\"message\":{\"from\":\"account-%llu\","
        "\"to\":\"account-%llu\",\"amount\":%llu},\"ask\":5000}\n",
        static_cast<unsigned long long>(i % clerks), static_cast<unsigned long long>(from),
        static_cast<unsigned long long>(to), static_cast<unsigned long long>(amount));
  }
  return std::fflush(stdout) == 0 ? 0 : 74;
}
