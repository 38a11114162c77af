#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

// Columns that the text takes on a terminal: wide East Asian characters take two.
std::size_t display_width(std::string_view text);

// At most `width` columns, cut in the middle, because the ends of a name tell it apart from others:
// "order-se…-0042".
std::string cut_middle(std::string_view text, std::size_t width);

// Control characters as "?": nothing that came from a message may steer the terminal.
std::string printable(std::string_view text);

// 1204 as "1 204".
std::string with_thousands(std::uint64_t number);

// "3d4h", "2h14m", "3m12s", "12s", "1.8ms", "420us".
std::string short_duration(double seconds);
// The same with more digits below a second: "1.83ms", "412ns".
std::string fine_duration(double seconds);

// 81.234 as "81.2", 12041.9 as "12 042": what a table has room for.
std::string short_number(double number);

// RFC 3339 in UTC, with or without a fraction: "2026-01-02T03:04:05.678Z".
std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text);
std::string format_time(std::chrono::system_clock::time_point time);

// "a,b,,c" as a, b, c.
std::vector<std::string> split_commas(std::string_view list);

// Equal but for upper and lower case (ASCII).
bool same_word(std::string_view a, std::string_view b);

}  // namespace goaktctl
