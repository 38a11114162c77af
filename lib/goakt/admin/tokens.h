#pragma once

#include "goakt/admin/http.h"
#include "goakt/base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

// A bearer token as a node knows it: never the secret itself.
struct Token {
  Role role = Role::none;
  std::string name;
  std::string sha256;  // 32 bytes
};

// "operator:ci:9f86d0...". Nothing for a text that is no token.
std::optional<Token> parse_token(std::string_view line);
std::string token_line(const Token& token);

// The tokens of a file, in its order; empty lines and those that begin with # are skipped. Errors:
// invalid_argument for a file that cannot be read or a bad line in it.
[[nodiscard]] Result<std::vector<Token>> read_tokens(const std::string& file);

// The same of a file that can be read: its good lines, and what is wrong with each other one.
std::vector<Token> scan_tokens(const std::string& file, std::vector<std::string>& problems);

// SHA-256 of the bytes: 32 bytes.
std::string sha256(std::string_view bytes);

}  // namespace goakt::admin
