#pragma once

#include <string_view>

namespace goaktctl {

// The terminal taken over: another screen without a cursor, put right again at the end and when
// the program is interrupted. One at a time.
class Screen {
 public:
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Draws the text from the top: lines beyond the terminal's height are left out, and each line
  // replaces what stood there, so nothing flickers.
  void draw(std::string_view text);
};

// One line of stderr that is written over again and again: progress. Nothing without a terminal.
class StatusLine {
 public:
  explicit StatusLine(bool on) : on_(on) {}

  ~StatusLine() { clear(); }

  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  void show(std::string_view text);
  void clear();

 private:
  const bool on_;
  bool shown_ = false;
};

}  // namespace goaktctl
