#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace goaktctl
