#include "goakt/gossip/messages.h"

#include "goakt/base/msgpack.h"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

namespace goakt::gossip {

namespace {

using msgpack::Reader;
using msgpack::Token;
using msgpack::Type;
using msgpack::Writer;

void write(Writer& to, const std::string& text) {
  to.raw(text);
}

void write(Writer& to, const Blob& blob) {
  blob.present ? to.raw(blob.bytes) : to.nil();
}

void write(Writer& to, bool value) {
  to.boolean(value);
}

void write(Writer& to, std::int64_t value) {
  to.signed_number(value);
}

template <class Unsigned>
requires std::is_unsigned_v<Unsigned>

void write(Writer& to, Unsigned value) {
  to.number(value);
}

bool is_zero(const std::string& text) {
  return text.empty();
}

bool is_zero(const Blob& blob) {
  return blob.bytes.empty();
}

template <class Number>
requires std::is_arithmetic_v<Number>

bool is_zero(Number value) {
  return value == Number{};
}

// Bytes in one of Go's many forms: a string, or an array (of a map: keys and values in turn) of
// small integers.
bool read_bytes(Reader& from, const Token& head, bool allow_map, std::string& bytes) {
  if (head.type == Type::bytes) {
    bytes = head.bytes;
    return true;
  }
  if (head.type != Type::array && !(allow_map && head.type == Type::map)) return false;
  bytes.clear();
  for (auto left = head.number * (head.type == Type::map ? 2 : 1); left > 0; --left) {
    const auto element = from.next();
    if (!element || element->type != Type::positive || element->number > 0xff) return false;
    bytes.push_back(static_cast<char>(element->number));
  }
  return true;
}

// Readers of one field; the value's head is read already and is not nil.
bool read(Reader& from, const Token& head, std::string& text) {
  return read_bytes(from, head, false, text);
}

bool read(Reader& from, const Token& head, Blob& blob) {
  blob.present = true;
  return read_bytes(from, head, true, blob.bytes);
}

bool read(Reader&, const Token& head, bool& value) {
  value = head.number == 1;
  return head.type == Type::boolean || (head.type == Type::positive && head.number <= 1);
}

bool read(Reader&, const Token& head, std::int64_t& value) {
  value = static_cast<std::int64_t>(head.number);
  return head.type == Type::negative || (head.type == Type::positive && value >= 0);
}

template <class Unsigned>
requires std::is_unsigned_v<Unsigned>

bool read(Reader&, const Token& head, Unsigned& value) {
  value = static_cast<Unsigned>(head.number);
  return head.type == Type::positive && head.number <= std::numeric_limits<Unsigned>::max();
}

// One field of M: its Go name, and how to get at it without knowing its type.
template <class M>
struct Field {
  std::string_view key;
  bool omit_if_zero;
  bool (*zero)(const M&);
  void (*write)(Writer&, const M&);
  bool (*read)(Reader&, const Token&, M&);
  void (*reset)(M&);
};

template <auto Member>
struct Of;

template <class M, class T, T M::*Member>
struct Of<Member> {
  static constexpr Field<M> field(std::string_view key, bool omit_if_zero = false) {
    return {
        key,
        omit_if_zero,
        [](const M& m) { return is_zero(m.*Member); },
        [](Writer& to, const M& m) { gossip::write(to, m.*Member); },
        [](Reader& from, const Token& head, M& m) { return gossip::read(from, head, m.*Member); },
        [](M& m) { m.*Member = T{}; }};
  }
};

constexpr bool kOmit = true;

// The fields in Go's declaration order, which is that of the array form.
template <class M>
constexpr std::nullptr_t kFields = nullptr;

template <>
constexpr auto kFields<Ping> = std::array{
    Of<&Ping::seq>::field("SeqNo"),
    Of<&Ping::node>::field("Node"),
    Of<&Ping::source_ip>::field("SourceAddr", kOmit),
    Of<&Ping::source_port>::field("SourcePort", kOmit),
    Of<&Ping::source_node>::field("SourceNode", kOmit),
};

template <>
constexpr auto kFields<IndirectPing> = std::array{
    Of<&IndirectPing::seq>::field("SeqNo"),
    Of<&IndirectPing::target_ip>::field("Target"),
    Of<&IndirectPing::port>::field("Port"),
    Of<&IndirectPing::node>::field("Node"),
    Of<&IndirectPing::nack>::field("Nack"),
    Of<&IndirectPing::source_ip>::field("SourceAddr", kOmit),
    Of<&IndirectPing::source_port>::field("SourcePort", kOmit),
    Of<&IndirectPing::source_node>::field("SourceNode", kOmit),
};

template <>
constexpr auto kFields<Ack> = std::array{
    Of<&Ack::seq>::field("SeqNo"),
    Of<&Ack::payload>::field("Payload"),
};

template <>
constexpr auto kFields<Nack> = std::array{Of<&Nack::seq>::field("SeqNo")};

template <>
constexpr auto kFields<Suspect> = std::array{
    Of<&Suspect::incarnation>::field("Incarnation"),
    Of<&Suspect::node>::field("Node"),
    Of<&Suspect::from>::field("From"),
};

template <>
constexpr auto kFields<Dead> = std::array{
    Of<&Dead::incarnation>::field("Incarnation"),
    Of<&Dead::node>::field("Node"),
    Of<&Dead::from>::field("From"),
};

template <>
constexpr auto kFields<Alive> = std::array{
    Of<&Alive::incarnation>::field("Incarnation"),
    Of<&Alive::node>::field("Node"),
    Of<&Alive::ip>::field("Addr"),
    Of<&Alive::port>::field("Port"),
    Of<&Alive::meta>::field("Meta"),
    Of<&Alive::versions>::field("Vsn"),
};

template <>
constexpr auto kFields<ErrorMessage> = std::array{Of<&ErrorMessage::text>::field("Error")};

template <>
constexpr auto kFields<Compressed> = std::array{
    Of<&Compressed::algorithm>::field("Algo"),
    Of<&Compressed::bytes>::field("Buf"),
};

template <>
constexpr auto kFields<PushPullHeader> = std::array{
    Of<&PushPullHeader::nodes>::field("Nodes"),
    Of<&PushPullHeader::user_state_length>::field("UserStateLen"),
    Of<&PushPullHeader::join>::field("Join"),
};

template <>
constexpr auto kFields<PushPullNode> = std::array{
    Of<&PushPullNode::name>::field("Name"),
    Of<&PushPullNode::ip>::field("Addr"),
    Of<&PushPullNode::port>::field("Port"),
    Of<&PushPullNode::meta>::field("Meta"),
    Of<&PushPullNode::incarnation>::field("Incarnation"),
    Of<&PushPullNode::state>::field("State"),
    Of<&PushPullNode::versions>::field("Vsn"),
};

template <>
constexpr auto kFields<UserHeader> = std::array{Of<&UserHeader::length>::field("UserMsgLen")};

// Maps are written with their keys in byte order, whatever the declaration says.
template <class M>
constexpr auto kSorted = [] {
  auto fields = kFields<M>;
  std::sort(fields.begin(), fields.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return fields;
}();

template <class M>
bool read_field(Reader& from, const Field<M>& field, M& message) {
  const auto head = from.next();
  if (!head) return false;
  if (head->type == Type::nil) {
    field.reset(message);
    return true;
  }
  return field.read(from, *head, message);
}

template <class M>
bool read_map(Reader& from, std::uint64_t entries, M& message) {
  std::string key;
  for (; entries > 0; --entries) {
    const auto head = from.next();
    if (!head || !read_bytes(from, *head, false, key) || key.empty()) return false;
    const auto field = std::find_if(kFields<M>.begin(), kFields<M>.end(),
                                    [&](const auto& known) { return known.key == key; });
    if (!(field == kFields<M>.end() ? from.skip() : read_field(from, *field, message)))
      return false;
  }
  return true;
}

template <class M>
bool read_array(Reader& from, std::uint64_t elements, M& message) {
  for (std::size_t i = 0; i < elements; ++i)
    if (!(i < kFields<M>.size() ? read_field(from, kFields<M>[i], message) : from.skip()))
      return false;
  return true;
}

template <class M>
bool read_struct(Reader& from, M& message) {
  const auto head = from.next();
  if (!head) return false;
  if (head->type == Type::map) return read_map(from, head->number, message);
  if (head->type == Type::array) return read_array(from, head->number, message);
  return head->type == Type::nil;
}

}  // namespace

template <class M>
Decoded decode(std::string_view body, M& message) {
  message = M{};
  Reader from(body);
  if (read_struct(from, message)) return {true, from.position(), 0};
  return {false, 0, from.needed()};
}

template <class M>
void encode_body(const M& message, std::string& out) {
  const auto left_out = std::count_if(kSorted<M>.begin(), kSorted<M>.end(), [&](const auto& field) {
    return field.omit_if_zero && field.zero(message);
  });
  Writer to(out);
  to.map(static_cast<std::uint32_t>(kSorted<M>.size() - static_cast<std::size_t>(left_out)));
  for (const auto& field : kSorted<M>) {
    if (field.omit_if_zero && field.zero(message)) continue;
    to.raw(field.key);
    field.write(to, message);
  }
}

#define GOAKT_MESSAGE(M)                                 \
  template Decoded decode<M>(std::string_view body, M&); \
  template void encode_body<M>(const M&, std::string& out);
GOAKT_MESSAGE(Ping)
GOAKT_MESSAGE(IndirectPing)
GOAKT_MESSAGE(Ack)
GOAKT_MESSAGE(Nack)
GOAKT_MESSAGE(Suspect)
GOAKT_MESSAGE(Dead)
GOAKT_MESSAGE(Alive)
GOAKT_MESSAGE(ErrorMessage)
GOAKT_MESSAGE(Compressed)
GOAKT_MESSAGE(PushPullHeader)
GOAKT_MESSAGE(PushPullNode)
GOAKT_MESSAGE(UserHeader)
#undef GOAKT_MESSAGE

std::string encode(const PushPull& state) {
  PushPullHeader header;
  header.join = state.join;
  header.nodes = static_cast<std::int64_t>(state.nodes.size());
  header.user_state_length = static_cast<std::int64_t>(state.user_state.size());
  auto out = encode(header);
  for (const auto& node : state.nodes) encode_body(node, out);
  return out.append(state.user_state);
}

std::string encode(const UserMessage& message) {
  return encode(UserHeader{static_cast<std::int64_t>(message.bytes.size())}).append(message.bytes);
}

}  // namespace goakt::gossip
