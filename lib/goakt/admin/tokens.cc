#include "goakt/admin/tokens.h"

#include "goakt/base/text.h"

#include <openssl/evp.h>

#include <fstream>

namespace goakt::admin {

std::string sha256(std::string_view bytes) {
  unsigned char digest[32];
  EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest), sizeof digest};
}

std::optional<Token> parse_token(std::string_view line) {
  const auto first = line.find(':');
  const auto last = line.rfind(':');
  if (first == std::string_view::npos || last == first) return std::nullopt;
  const auto digest = hex_decode(line.substr(last + 1));
  Token token;
  if (!parse_role(line.substr(0, first), token.role) || !digest || digest->size() != 32)
    return std::nullopt;
  token.sha256 = *digest;
  token.name = line.substr(first + 1, last - first - 1);
  return token;
}

std::string token_line(const Token& token) {
  return std::string(role_name(token.role)) + ":" + token.name + ":" + hex_encode(token.sha256);
}

std::vector<Token> scan_tokens(const std::string& file, std::vector<std::string>& problems) {
  std::ifstream in(file);
  std::vector<Token> tokens;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    if (auto token = parse_token(line))
      tokens.push_back(*std::move(token));
    else
      problems.push_back(file + ":" + std::to_string(number) +
                         " is no token; lines are role:name:SHA-256 of the token in hexadecimal, "
                         "as goaktd token new makes them");
  }
  return tokens;
}

Result<std::vector<Token>> read_tokens(const std::string& file) {
  if (!std::ifstream(file))
    return fail(ErrorCode::invalid_argument, "admin.token-file: cannot read " + file);
  std::vector<std::string> problems;
  auto tokens = scan_tokens(file, problems);
  if (!problems.empty())
    return fail(ErrorCode::invalid_argument, "admin.token-file: " + problems.front());
  return tokens;
}

}  // namespace goakt::admin
