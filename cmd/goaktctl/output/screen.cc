#include "output/screen.h"

#include "interrupt.h"
#include "session.h"

#include <cstdio>
#include <string>

namespace goaktctl {

namespace {

constexpr std::string_view kEnter = "\033[?1049h\033[?25l";
constexpr std::string_view kLeave = "\033[?25h\033[?1049l";
constexpr std::string_view kEraseLine = "\033[K";
constexpr std::string_view kEraseBelow = "\033[J";
constexpr std::string_view kHome = "\033[H";

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

Screen::Screen() {
  set_terminal_restore(kLeave);
  put(kEnter);
}

Screen::~Screen() {
  put(kLeave);
  std::fflush(stdout);
  set_terminal_restore({});
}

void Screen::draw(std::string_view text) {
  std::size_t left = terminal_size().value_or(TerminalSize{}).rows;
  std::string out(kHome);
  while (!text.empty() && left > 0) {
    const auto feed = text.find('\n');
    out.append(text.substr(0, feed)).append(kEraseLine);
    text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
    if (--left > 0 && !text.empty()) out += "\r\n";
  }
  out.append("\r\n", left > 0 ? 2 : 0).append(left > 0 ? kEraseBelow : std::string_view());
  put(out);
  std::fflush(stdout);
}

void StatusLine::show(std::string_view text) {
  if (!on_) return;
  shown_ = true;
  std::fprintf(stderr, "\r%.*s\033[K", static_cast<int>(text.size()), text.data());
  std::fflush(stderr);
}

void StatusLine::clear() {
  if (!shown_) return;
  shown_ = false;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

}  // namespace goaktctl
