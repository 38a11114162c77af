#include "output/table.h"

#include "output/text.h"

#include <algorithm>
#include <numeric>

namespace goaktctl {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kShortestName = 8;

}  // namespace

void Table::add(const std::vector<std::string>& cells) {
  std::vector<std::string> row;
  for (const std::string& cell : cells) row.push_back(cell.empty() ? "-" : printable(cell));
  row.resize(columns_.size(), "-");
  rows_.push_back(std::move(row));
}

// Which columns are shown, and how wide.
std::vector<std::size_t> Table::choose(std::vector<std::size_t>& widths,
                                       std::optional<std::size_t> width) const {
  std::vector<std::size_t> shown(columns_.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  if (!width || shown.empty()) return shown;
  const auto total = [&] {
    std::size_t sum = kGap * (shown.size() - 1);
    for (const std::size_t i : shown) sum += widths[i];
    return sum;
  };
  while (total() > *width && shown.size() > 1) {
    // The lightest; of equal ones the rightmost. Never the name.
    auto victim = shown.begin() + 1;
    for (auto it = victim; it != shown.end(); ++it)
      if (columns_[*it].weight <= columns_[*victim].weight) victim = it;
    shown.erase(victim);
  }
  if (total() > *width) widths[shown.front()] = std::max(kShortestName, *width);
  return shown;
}

std::string_view state_color(std::string_view word) {
  constexpr std::string_view kGood[] = {"running", "active", "succeeded", "ok", "met", "ready"};
  constexpr std::string_view kBusy[] = {"suspended", "pending",  "cancelling", "draining",
                                        "cordoned",  "starting", "waiting",    "warn"};
  constexpr std::string_view kBad[] = {"failed",     "stopping", "stopped", "left",
                                       "error",      "fatal",    "partial", "unreachable",
                                       "impossible", "cancelled"};
  const auto has = [&](const auto& words) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
  };
  if (has(kGood)) return "\033[32m";
  if (has(kBusy)) return "\033[33m";
  return has(kBad) ? "\033[31m" : "";
}

std::string Table::render(std::optional<std::size_t> width, bool headers, bool color) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = headers ? display_width(columns_[i].header) : 0;
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[i]));
    widths.push_back(widest);
  }
  const std::vector<std::size_t> shown = choose(widths, width);

  std::string out;
  const auto line = [&](auto&& cell_of, bool is_header) {
    std::string text;
    for (std::size_t k = 0; k < shown.size(); ++k) {
      const std::size_t i = shown[k];
      const std::string cell = cut_middle(cell_of(i), widths[i]);
      const std::string pad(widths[i] - std::min(widths[i], display_width(cell)), ' ');
      if (k != 0) text.append(kGap, ' ');
      const std::string_view paint = !color              ? std::string_view()
                                     : is_header         ? "\033[1m"
                                     : columns_[i].state ? state_color(cell)
                                                         : std::string_view();
      if (columns_[i].right) text += pad;
      text.append(paint).append(cell).append(paint.empty() ? "" : "\033[0m");
      if (!columns_[i].right) text += pad;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  if (headers) line([&](std::size_t i) -> const std::string& { return columns_[i].header; }, true);
  for (const auto& row : rows_)
    line([&](std::size_t i) -> const std::string& { return row[i]; }, false);
  return out;
}

}  // namespace goaktctl
