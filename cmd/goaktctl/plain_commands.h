#pragma once

#include "plain_command.h"

#include <vector>

// Commands of parts that a node alone has not, by file.
namespace goaktctl {

inline const Part kMoveTo{"--to", "to", As::text, "this node", "@node"};
inline const Part kStopStart{"--allow-stop-start", "allowStopStart", As::on,
                             "where it cannot be moved alive, stop it and start it there"};

std::vector<PlainCommand> placement_table();  // and data centers
std::vector<PlainCommand> grain_table();      // and topics

}  // namespace goaktctl
