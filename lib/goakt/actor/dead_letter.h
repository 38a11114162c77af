#pragma once

#include <cstddef>
#include <string>

namespace goakt {

// Which of the kept dead letters; an empty text matches all.
struct DeadletterQuery {
  std::string receiver = {};  // path or name
  std::string sender = {};    // path or name
  std::string type = {};
  std::string reason = {};    // a part of it
  std::size_t limit = 1'000;  // the newest
};

}  // namespace goakt
