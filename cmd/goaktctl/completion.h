#pragma once

#include <string>
#include <vector>

namespace goaktctl {

// `goaktctl __complete -- WORDS...`: what could stand for the last word, as lines of value, tab and
// description, then ":nospace", ":files" or ":none". Never longer than 300 ms, never a complaint.
int complete(std::vector<std::string> words);

}  // namespace goaktctl
