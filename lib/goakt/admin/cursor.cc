#include "goakt/admin/cursor.h"

#include "goakt/admin/router.h"
#include "goakt/base/text.h"

namespace goakt::admin {

namespace {

constexpr char kVersion = 1;
constexpr std::size_t kSize = 1 + 8 + 8 + 8;

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

void put(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t take(std::string_view& in) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i)
    value = value << 8 | static_cast<unsigned char>(in[static_cast<std::size_t>(i)]);
  in.remove_prefix(8);
  return value;
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string Cursor::to_text(std::string_view scope, WallTime now) const {
  std::string bytes(1, kVersion);
  put(bytes, hash_of(scope));
  put(bytes, static_cast<std::uint64_t>(seconds_of(now)));
  put(bytes, position);
  std::string text = base64_encode(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

tl::expected<Cursor, Refusal> Cursor::parse(std::string_view text, std::string_view scope,
                                            WallTime now) {
  if (text.empty()) return Cursor();
  std::string usual(text);
  for (char& c : usual) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const auto bytes = base64_decode(usual);
  if (text.size() > 64 || !bytes || bytes->size() != kSize || bytes->front() != kVersion)
    return refuse(Problem::invalid_argument, "page is not what a list gave as next");
  std::string_view rest(*bytes);
  rest.remove_prefix(1);
  const std::uint64_t list = take(rest);
  const auto made = static_cast<std::int64_t>(take(rest));
  const std::int64_t age = seconds_of(now) - made;
  if (list != hash_of(scope) || age < -60 ||
      age > std::chrono::duration_cast<std::chrono::seconds>(kLives).count()) {
    return refuse(Refusal(Problem::page_expired,
                          "this page is older than ten minutes, or of another list or node")
                      .with_hint("begin the list again, without page"));
  }
  return Cursor{take(rest)};
}

}  // namespace goakt::admin
