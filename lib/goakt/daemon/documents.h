#pragma once

#include <string>

// What is written about the program goaktd; made of its tables of flags, keys and exit codes.
namespace goakt::daemon {

std::string man_page();       // goaktd(8)
std::string file_man_page();  // goaktd.toml(5)
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace goakt::daemon
