#include "goakt/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string_view>

namespace goakt {

bool parse_duration(const std::string& text, std::chrono::milliseconds& out) {
  struct Unit {
    std::string_view name;
    double milliseconds;
  };

  constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};

  const char* at = text.data();
  const char* const end = at + text.size();
  double total = 0;
  if (at == end) return false;
  while (at != end) {
    double number = 0;
    const auto parsed = std::from_chars(at, end, number, std::chars_format::fixed);
    if (parsed.ec != std::errc() || number < 0) return false;
    const char* const letters = parsed.ptr;
    const char* next = letters;
    while (next != end && *next >= 'a' && *next <= 'z') ++next;
    const std::string_view name(letters, static_cast<std::size_t>(next - letters));
    double factor = 0;
    for (const Unit& unit : kUnits)
      if (unit.name == name) factor = unit.milliseconds;
    if (name.empty() && at == text.data() && next == end) factor = 1e3;  // a plain number
    if (factor == 0) return false;
    total += number * factor;
    at = next;
  }
  if (!(total <= 1e15)) return false;  // not a number is none either
  out = std::chrono::milliseconds(std::llround(total));
  return true;
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = 3;
  for (const std::string& candidate : known) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i + 1;
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const std::size_t swap = diagonal + (word[i] == candidate[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({swap, row[j] + 1, row[j + 1] + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  // Half of a short word replaced is another word, not a mistake.
  return best_distance * 2 < word.size() + 1 ? best : std::string();
}

}  // namespace goakt
