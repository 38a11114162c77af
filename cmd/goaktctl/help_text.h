#pragma once

#include "command.h"

#include <string>
#include <vector>

namespace goaktctl {

// Help, man pages and the command reference, all written from the command tree.

// `full`: examples, exit codes and the call too (--help); else usage and flags (-h).
std::string command_help(const Command& command, bool full);
std::string noun_help(const std::string& noun, const std::vector<Command>& commands);
std::string root_help(const std::vector<Command>& commands, bool full);

// docs/goaktctl.md.
std::string reference_markdown(const std::vector<Command>& commands);
// roff: the page of the tool, or of one noun or word of it.
std::string man_page(const std::vector<Command>& commands);
std::string man_page(const std::string& noun, const std::vector<Command>& commands);
// Which pages there are besides the tool's.
std::vector<std::string> man_nouns(const std::vector<Command>& commands);

}  // namespace goaktctl
