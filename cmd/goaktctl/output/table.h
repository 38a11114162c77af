#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

struct Column {
  std::string header;
  bool right = false;  // numbers
  int weight = 100;    // the lightest column goes first when the terminal is narrow
  bool state = false;  // words like running and failed, in colour where there is colour
};

// Aligned columns. On a terminal that is too narrow the lightest columns are left out, then the
// first one, which is the name, is cut in the middle; without a width nothing is left out or cut.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns; made printable here.
  void add(const std::vector<std::string>& cells);

  std::string render(std::optional<std::size_t> width, bool headers, bool color = false) const;

 private:
  std::vector<std::size_t> choose(std::vector<std::size_t>& widths,
                                  std::optional<std::size_t> width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The escape sequence for a word of state: green for well, yellow for on the way or paused, red for
// bad; empty for others.
std::string_view state_color(std::string_view word);

}  // namespace goaktctl
