#pragma once

#include "command.h"

#include <string>
#include <vector>

namespace goaktctl {

// A command that is one call of the API: its arguments and flags become parts of the path, of the
// query or members of the body, and the answer is printed as it is.

enum class As : std::uint8_t {
  path,   // an argument, for "{key}" of the path
  query,  // text in the query
  text,   // the rest: members of the body
  list,   // repeatable
  json,   // repeatable, each a JSON text or @FILE
  number,
  time,      // in milliseconds
  on,        // a switch
  off,       // a switch that says false: --no-drain
  if_match,  // the header that guards a change
};

struct Part {
  const char* flag;  // "--reason", "ID"
  const char* key;   // "reason", "node"
  As as = As::text;
  const char* help = "";
  const char* completes = "";
};

struct PlainCommand {
  const char* noun;
  const char* verb;
  std::vector<std::string> words;
  const char* summary;
  const char* method;
  const char* path;  // "/v1/nodes/{node}/drain"
  std::string example;
  std::vector<Part> parts = {};
  bool asks = false;     // before it is done
  bool message = false;  // takes the flags that say what is sent
  bool stream = false;   // answers line by line, until somebody ends it
};

// On a node that runs alone each of them ends with 13.
Command make_command(PlainCommand plain);

}  // namespace goaktctl
