#include "goakt/base/address.h"

#include "goakt/base/names.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace goakt {

namespace {

constexpr std::string_view kScheme = "goakt";
constexpr std::string_view kSchemeMark = "://";
constexpr std::size_t kSystemStart = kScheme.size() + kSchemeMark.size();

using Halves = std::optional<std::pair<std::string_view, std::string_view>>;

// The text before and after the first mark.
Halves cut(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + mark.size()));
}

// The same, the mark being there exactly once.
Halves cut_once(std::string_view text, std::string_view mark) {
  auto halves = cut(text, mark);
  if (halves && halves->second.find(mark) != std::string_view::npos) return std::nullopt;
  return halves;
}

tl::unexpected<Error> bad(std::string text) {
  return fail(ErrorCode::invalid_argument, std::move(text));
}

tl::unexpected<Error> bad_format() {
  return bad("address format is invalid");
}

// The texts are those of Go's strconv, as peers send and expect them.
Result<std::int32_t> parse_port(std::string_view text) {
  auto digits = text;
  // from_chars knows no plus sign, and "+-1" must not become one.
  if (!digits.empty() && digits.front() == '+' && digits.substr(1).find('-') == digits.npos)
    digits.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size())
    return bad(
        std::string("strconv.ParseInt: parsing \"").append(text).append("\": invalid syntax"));
  if (error == std::errc::result_out_of_range)
    return bad(
        std::string("strconv.ParseInt: parsing \"").append(text).append("\": value out of range"));
  using Limits = std::numeric_limits<std::int32_t>;
  if (value < Limits::min() || value > Limits::max())
    return bad("value " + std::to_string(value) + " out of range for int32");
  return static_cast<std::int32_t>(value);
}

std::uint32_t length(std::string_view text) {
  return static_cast<std::uint32_t>(text.size());
}

}  // namespace

Address::Address(const Parts& parts, Uuid incarnation)
    : system_length_(length(parts.system)),
      host_length_(length(parts.host)),
      parent_length_(length(parts.parent)),
      port_(parts.port),
      incarnation_(incarnation) {
  char digits[12];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), parts.port).ptr;
  const std::string_view port(digits, static_cast<std::size_t>(end - digits));
  host_port_length_ = length(parts.host) + 1 + length(port);
  text_.reserve(kSystemStart + parts.system.size() + host_port_length_ + parts.parent.size() +
                parts.name.size() + 3);
  text_.append(kScheme).append(kSchemeMark).append(parts.system).append("@");
  text_.append(parts.host).append(":").append(port).append("/");
  if (!parts.parent.empty()) text_.append(parts.parent).append("/");
  text_.append(parts.name);
}

Result<Address> Address::parse(std::string_view text, Uuid incarnation) {
  if (text.empty()) return bad("address is required");
  const auto scheme = cut_once(text, kSchemeMark);
  if (!scheme) return bad_format();
  if (scheme->first != kScheme) return bad("address protocol is not supported");
  const auto system = cut_once(scheme->second, "@");
  if (!system) return bad_format();
  const auto endpoint = cut(system->second, "/");
  if (!endpoint || endpoint->second.substr(0, 1) == "/") return bad_format();
  const auto host = cut_once(endpoint->first, ":");
  if (!host) return bad_format();
  GOAKT_TRY(const auto port, parse_port(host->second));

  Parts parts{.system = system->first, .host = host->first, .port = port, .name = endpoint->second};
  if (const auto path = cut(endpoint->second, "/")) {
    if (path->second.find('/') != std::string_view::npos) return bad_format();
    parts.parent = path->first;
    parts.name = path->second;
  }
  return Address(parts, incarnation);
}

std::string_view Address::system() const noexcept {
  return std::string_view(text_).substr(std::min(kSystemStart, text_.size()), system_length_);
}

std::string_view Address::host_port() const noexcept {
  if (text_.empty()) return {};
  return std::string_view(text_).substr(kSystemStart + system_length_ + 1, host_port_length_);
}

std::string_view Address::host() const noexcept {
  return host_port().substr(0, host_length_);
}

std::string_view Address::parent_name() const noexcept {
  if (!has_parent()) return {};
  const auto start = kSystemStart + system_length_ + 1 + host_port_length_ + 1;
  return std::string_view(text_).substr(start, parent_length_);
}

std::string_view Address::name() const noexcept {
  if (text_.empty()) return {};
  const auto start = kSystemStart + system_length_ + 1 + host_port_length_ + 1;
  return std::string_view(text_).substr(start + (has_parent() ? parent_length_ + 1 : 0));
}

bool Address::is_nobody() const noexcept {
  return *this == Address();
}

Address Address::child(std::string_view name, Uuid incarnation) const {
  return Address(
      Parts{
          .system = system(), .host = host(), .port = port_, .parent = this->name(), .name = name},
      incarnation);
}

Address Address::with_incarnation(Uuid incarnation) const {
  Address copy = *this;
  copy.incarnation_ = incarnation;
  return copy;
}

bool Address::same_text(const Address& other) const noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(text_.begin(), text_.end(), other.text_.begin(), other.text_.end(),
                    [lower](char a, char b) { return lower(a) == lower(b); });
}

Status Address::validate() const {
  if (is_nobody()) return {};
  auto itself = [this]() -> Status {
    GOAKT_CHECK(names::check_host_port(host(), port_));
    if (system().empty()) return bad("the [system] is required");
    if (name().empty() || name().size() > names::kMaxLength) return names::check_actor(name());
    if (!names::is_word(system(), true)) return bad(std::string(names::kWordRule));
    GOAKT_CHECK(names::check_actor(name()));
    if (incarnation_.is_none()) return bad("actor incarnation ID is invalid");
    return {};
  }();
  if (!has_parent()) return itself;

  std::string kinship;
  if (const auto parent = names::check_actor(parent_name()); !parent)
    kinship = "parent address is invalid\n" + parent.error().message();
  else if (parent_name() == name())
    kinship = "child name and parent name must be different";
  if (kinship.empty()) return itself;
  if (itself) return bad(std::move(kinship));
  return fail(itself.error().code(), itself.error().message() + "\n" + kinship);
}

}  // namespace goakt
