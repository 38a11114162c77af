#include "read_argument.h"

#include "output/text.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

namespace goaktctl {

namespace {

std::optional<std::string> read_all(std::istream& in) {
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return std::nullopt;
  return text;
}

}  // namespace

std::optional<std::string> read_argument(const std::string& argument) {
  if (argument == "-") return read_all(std::cin);
  if (!argument.starts_with('@')) return argument;
  std::ifstream file(argument.substr(1), std::ios::binary);
  return file ? read_all(file) : std::nullopt;
}

std::optional<Document> json_argument(const std::string& argument, std::string& complaint) {
  const auto text = read_argument(argument);
  if (!text) {
    complaint = "cannot read " + printable(argument);
    return std::nullopt;
  }
  Document value = Document::parse(*text, nullptr, false);
  if (!value.is_discarded()) return value;
  complaint = "that is no JSON: " + printable(text->substr(0, 80));
  return std::nullopt;
}

}  // namespace goaktctl
