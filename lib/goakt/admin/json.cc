#include "goakt/admin/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace goakt::admin {

struct Json::Value {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
};

namespace {

using Document = nlohmann::ordered_json;

const Document* find(const Document& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(std::string(key));
  return it == object.end() || it->is_null() ? nullptr : &*it;
}

// By counting brackets outside strings: exact for JSON, and what is none is refused anyway.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > Json::kDeepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::string one_line(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace);
}

}  // namespace

Json::Json() : value_(std::make_unique<Value>()) {}

Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json Json::array() {
  Json json;
  json.value_->json = Document::array();
  return json;
}

Result<Json> Json::parse(std::string_view text) {
  if (is_too_deep(text)) {
    return fail(ErrorCode::invalid_argument,
                "nested deeper than " + std::to_string(kDeepest) + " levels");
  }
  Json json;
  try {
    json.value_->json = Document::parse(text);
  } catch (const Document::parse_error& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: ...": without the number.
    const std::string_view what = error.what();
    const auto bracket = what.find("] ");
    return fail(ErrorCode::invalid_argument,
                std::string(bracket == std::string_view::npos ? what : what.substr(bracket + 2)));
  } catch (const Document::exception& error) {
    return fail(ErrorCode::invalid_argument, error.what());
  }
  return json;
}

bool Json::is_object() const {
  return value_->json.is_object();
}

Json& Json::set(std::string_view key, std::string_view value) {
  value_->json[std::string(key)] = value;
  return *this;
}

Json& Json::set(std::string_view key, Json value) {
  value_->json[std::string(key)] = std::move(value.value_->json);
  return *this;
}

Json& Json::set_null(std::string_view key) {
  value_->json[std::string(key)] = nullptr;
  return *this;
}

Json& Json::set_raw(std::string_view key, std::string_view json) {
  Document parsed = Document::parse(json, nullptr, false);
  value_->json[std::string(key)] = parsed.is_discarded() ? Document(json) : std::move(parsed);
  return *this;
}

Json& Json::set_bool(std::string_view key, bool value) {
  value_->json[std::string(key)] = value;
  return *this;
}

Json& Json::set_int(std::string_view key, std::int64_t value) {
  value_->json[std::string(key)] = value;
  return *this;
}

Json& Json::set_uint(std::string_view key, std::uint64_t value) {
  value_->json[std::string(key)] = value;
  return *this;
}

Json& Json::set_double(std::string_view key, double value) {
  value_->json[std::string(key)] = value;
  return *this;
}

Json& Json::add(Json value) {
  value_->json.push_back(std::move(value.value_->json));
  return *this;
}

Json& Json::add(std::string_view value) {
  value_->json.push_back(value);
  return *this;
}

Json& Json::add_number(std::int64_t value) {
  value_->json.push_back(value);
  return *this;
}

Json& Json::add_raw(std::string_view json) {
  Document parsed = Document::parse(json, nullptr, false);
  value_->json.push_back(parsed.is_discarded() ? Document(json) : std::move(parsed));
  return *this;
}

std::string Json::peek(std::string_view key) const {
  const Document* member = find(value_->json, key);
  if (member == nullptr) return {};
  return member->is_string() ? member->get<std::string>() : one_line(*member);
}

std::size_t Json::size() const {
  return value_->json.size();
}

std::string Json::take_text(std::string_view key) {
  Document& json = value_->json;
  if (!json.is_object()) return {};
  const auto it = json.find(std::string(key));
  if (it == json.end() || !it->is_string()) return {};
  std::string text = it->get<std::string>();
  json.erase(it);
  return text;
}

std::optional<bool> Json::take_flag(std::string_view key) {
  Document& json = value_->json;
  if (!json.is_object()) return std::nullopt;
  const auto it = json.find(std::string(key));
  if (it == json.end() || !it->is_boolean()) return std::nullopt;
  const bool flag = it->get<bool>();
  json.erase(it);
  return flag;
}

std::string Json::dump() const {
  return one_line(value_->json);
}

void Fields::complain(std::string_view key, std::string detail) {
  errors_.push_back({"/" + std::string(key), std::move(detail)});
}

std::optional<std::string> Fields::text(std::string_view key) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  if (member->is_string()) return member->get_ref<const std::string&>();
  complain(key, "must be a string");
  return std::nullopt;
}

std::string Fields::required_text(std::string_view key) {
  const std::size_t before = errors_.size();
  auto value = text(key);
  if (value && !value->empty()) return *std::move(value);
  if (errors_.size() == before) complain(key, "is required");
  return {};
}

std::optional<bool> Fields::flag(std::string_view key) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  if (member->is_boolean()) return member->get<bool>();
  complain(key, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view key, std::int64_t min,
                                            std::int64_t max) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  if (member->is_number_integer()) {
    // Above the signed range the library keeps an unsigned number.
    const bool fits = !member->is_number_unsigned() ||
                      member->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX);
    if (fits) {
      const auto value = member->get<std::int64_t>();
      if (value >= min && value <= max) return value;
    }
  }
  complain(key,
           "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view key) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  std::vector<std::string> values;
  bool good = member->is_array();
  for (std::size_t i = 0; good && i < member->size(); ++i) {
    good = (*member)[i].is_string();
    if (good) values.push_back((*member)[i].get<std::string>());
  }
  if (good) return values;
  complain(key, "must be a list of strings");
  return std::nullopt;
}

std::optional<std::map<std::string, std::string, std::less<>>> Fields::text_map(
    std::string_view key) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  std::map<std::string, std::string, std::less<>> values;
  bool good = member->is_object();
  if (good) {
    for (const auto& [name, value] : member->items()) {
      good = good && !name.empty() && value.is_string();
      if (good) values.emplace(name, value.get<std::string>());
    }
  }
  if (good) return values;
  complain(key, "must be an object of strings");
  return std::nullopt;
}

std::optional<double> Fields::number(std::string_view key, double min, double max) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  if (member->is_number()) {
    const auto value = member->get<double>();
    if (value >= min && value <= max) return value;
  }
  complain(key, "must be a number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<std::vector<std::string>> Fields::raws(std::string_view key) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  if (!member->is_array()) {
    complain(key, "must be a list");
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (const Document& value : *member) values.push_back(one_line(value));
  return values;
}

std::optional<std::string> Fields::word(std::string_view key,
                                        std::initializer_list<std::string_view> of) {
  auto value = text(key);
  if (!value || std::find(of.begin(), of.end(), *value) != of.end()) return value;
  std::string known;
  for (const std::string_view word : of) known.append(known.empty() ? "" : ", ").append(word);
  complain(key, "must be one of " + known);
  return std::nullopt;
}

std::optional<std::string> Fields::raw(std::string_view key) {
  asked_.emplace_back(key);
  const Document* member = find(object_.value_->json, key);
  if (!member) return std::nullopt;
  return one_line(*member);
}

std::vector<FieldError> Fields::finish() {
  if (!object_.is_object()) return {{"", "must be a JSON object"}};
  for (const auto& [key, value] : object_.value_->json.items()) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
      complain(key, "is not known here");
  }
  return std::move(errors_);
}

}  // namespace goakt::admin
