#pragma once

#include <google/protobuf/message.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace golden {

// An empty message of that type, of those that remoting knows; null for other names.
std::unique_ptr<google::protobuf::Message> new_message(const std::string& type_name);

// The text under the key, or "".
inline std::string text(const nlohmann::json& vector, const char* key) {
  const auto found = vector.find(key);
  return found == vector.end() || !found->is_string() ? "" : found->get<std::string>();
}

// What ran, by kind; printed when it goes.
class Count {
 public:
  explicit Count(std::string what) : what_(std::move(what)) {}

  ~Count() {
    std::cout << "golden " << what_ << ':';
    for (const auto& [kind, count] : counts_) std::cout << ' ' << kind << ' ' << count;
    std::cout << std::endl;
  }

  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;

  void add(const std::string& kind) { ++counts_[kind]; }

  int of(const std::string& kind) const {
    const auto found = counts_.find(kind);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  std::string what_;
  std::map<std::string, int> counts_;
};

}  // namespace golden
