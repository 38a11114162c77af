#pragma once

#include "output/schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

// "{name}\t{metrics.mailbox}\n": placeholders by dotted path, the escapes \t \n \\, nothing more.
// What is absent is empty.
class Template {
 public:
  // Nothing throws: a brace without an end is a complaint.
  static bool parse(std::string_view text, Template& out, std::string& complaint);

  std::string fill(const Document& thing) const;

 private:
  struct Part {
    std::string text;  // literal, or the path
    bool is_path = false;
  };

  std::vector<Part> parts_;
};

}  // namespace goaktctl
