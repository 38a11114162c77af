#include "secrets.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <string>

namespace goaktctl {

bool is_secret_key(std::string_view key) {
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* word : {"password", "token", "secret", "passphrase", "private"})
    if (lower.find(word) != std::string::npos) return true;
  // tls.key and the like, but not "key" itself, which names the row of a table.
  return lower.ends_with(".key") || lower.ends_with("-key") || lower == "authorization";
}

void mask_secrets(Document& document) {
  if (document.is_array()) {
    for (Document& item : document) mask_secrets(item);
    return;
  }
  if (!document.is_object()) return;
  const auto key = document.find("key");
  const bool is_row = key != document.end() && key->is_string();
  const bool secret_row = is_row && is_secret_key(key->get<std::string>());
  for (auto& [name, value] : document.items()) {
    const bool hide = is_secret_key(name) || (secret_row && (name == "value" || name == "default"));
    const bool empty = value.is_null() || (value.is_string() && value.get<std::string>().empty());
    if (hide && !empty)
      value = "<masked>";
    else
      mask_secrets(value);
  }
}

}  // namespace goaktctl
