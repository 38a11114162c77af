#include "goakt/wire/metadata.h"

#include "goakt/message/context.h"
#include "goakt/wire/big_endian.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace goakt::wire {

namespace {

constexpr std::size_t kMost = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t kCountSize = 2;
constexpr std::size_t kRemainingSize = 8;
constexpr std::size_t kSmallestHeader = 4;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_key(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

tl::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::invalid_remote_message,
              "invalid remote message: the metadata block " + std::move(what));
}

// Takes a text with its length from the front of the block.
bool take_text(std::string_view& block, std::string_view& text) {
  if (block.size() < 2) return false;
  const std::size_t length = load_big_endian<std::uint16_t>(block.data());
  block.remove_prefix(2);
  if (block.size() < length) return false;
  text = block.substr(0, length);
  block.remove_prefix(length);
  return true;
}

char* put_text(char* to, std::string_view text) {
  to = store_big_endian(to, static_cast<std::uint16_t>(text.size()));
  return store_bytes(to, text.data(), text.size());
}

}  // namespace

const Header* find_header(std::span<const Header> headers, std::string_view key) {
  const auto found = std::find_if(headers.rbegin(), headers.rend(),
                                  [key](const Header& h) { return same_key(h.key, key); });
  return found == headers.rend() ? nullptr : &*found;
}

ContextRef context_of(std::span<const Header> headers) {
  if (headers.empty()) return {};
  std::map<std::string, std::string, std::less<>> values;
  for (const Header& header : headers) {
    std::string key(header.key);
    std::transform(key.begin(), key.end(), key.begin(), lower);
    values.insert_or_assign(std::move(key), std::string(header.value));
  }
  return make_context(std::move(values));
}

std::vector<Header> headers_of(const MessageContext* context) {
  std::vector<Header> headers;
  if (context == nullptr) return headers;
  headers.reserve(context->values.size());
  for (const auto& [key, value] : context->values) headers.push_back({key, value});
  return headers;
}

Result<Metadata> Metadata::parse(std::string_view block) {
  if (block.size() < kCountSize + kRemainingSize)
    return corrupt("has " + std::to_string(block.size()) + " bytes, the shortest has 10");
  const std::size_t count = load_big_endian<std::uint16_t>(block.data());
  block.remove_prefix(kCountSize);
  Metadata metadata;
  // A count alone takes no memory that the bytes do not vouch for.
  metadata.headers.reserve(std::min(count, block.size() / kSmallestHeader));
  for (std::size_t i = 0; i < count; ++i) {
    Header& header = metadata.headers.emplace_back();
    if (!take_text(block, header.key) || !take_text(block, header.value))
      return corrupt("ends inside header " + std::to_string(i + 1) + " of " +
                     std::to_string(count));
  }
  if (block.size() < kRemainingSize) return corrupt("ends before the remaining time");
  if (const auto remaining = load_big_endian<std::int64_t>(block.data()); remaining != 0)
    metadata.remaining = std::chrono::nanoseconds(remaining);
  return metadata;
}

Result<std::size_t> Metadata::size() const {
  const auto too_much = [](std::string what) {
    return fail(ErrorCode::invalid_argument, std::move(what) + ", a request can carry 65535");
  };
  if (headers.size() > kMost)
    return too_much(std::to_string(headers.size()) + " propagated headers");
  std::size_t size = kCountSize + kRemainingSize;
  for (const Header& header : headers) {
    const std::size_t longest = std::max(header.key.size(), header.value.size());
    if (longest > kMost)
      return too_much("propagated header \"" + std::string(header.key.substr(0, 64)) + "\" of " +
                      std::to_string(longest) + " bytes");
    size += kSmallestHeader + header.key.size() + header.value.size();
  }
  return size;
}

char* Metadata::write(char* to) const noexcept {
  to = store_big_endian(to, static_cast<std::uint16_t>(headers.size()));
  for (const Header& header : headers) to = put_text(put_text(to, header.key), header.value);
  std::int64_t left = 0;
  // Zero means "no deadline", so a deadline that is just now counts as passed.
  if (remaining) left = remaining->count() == 0 ? -1 : remaining->count();
  return store_big_endian(to, left);
}

}  // namespace goakt::wire
