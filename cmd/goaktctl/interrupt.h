#pragma once

#include <string_view>

namespace goaktctl {

// SIGINT and SIGTERM end the program at once with 130 and 143, wherever it waits. What must be said
// or put right before that is kept ready here, because a signal handler can only write bytes.
void install_interrupts();

// Written to the terminal first: the sequences that put it right. Empty: nothing to put right.
void set_terminal_restore(std::string_view sequences);
// Written to stderr: "goes on; watch it with: goaktctl op watch op-1".
void set_farewell(std::string_view text);

}  // namespace goaktctl
