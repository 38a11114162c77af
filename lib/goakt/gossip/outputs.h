#pragma once

#include "goakt/gossip/endpoint.h"
#include "goakt/gossip/member.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What a core wants done, in this order. The shell does it; nothing is answered but by new inputs.
namespace goakt::gossip {

using StreamId = std::uint64_t;
using PacketId = std::uint64_t;
using CallId = std::uint64_t;

struct SendPacket {
  PacketId id = 0;
  Endpoint to;
  std::string bytes;
};

struct OpenStream {
  StreamId stream = 0;
  Endpoint to;
};

struct WriteStream {
  StreamId stream = 0;
  std::string bytes;
};

// After what was written is sent. The core has forgotten the stream.
struct CloseStream {
  StreamId stream = 0;
};

struct MemberEvent {
  enum class Kind : std::uint8_t { join, update, leave, conflict };

  Kind kind = Kind::join;
  MemberInfo member;
  // conflict: who claims the same name.
  MemberInfo other = {};
};

struct UserData {
  std::string bytes;
};

// What the other side's user said in a push/pull.
struct RemoteState {
  std::string bytes;
  bool join = false;
};

// A probe was answered.
struct PingAnswered {
  std::string name;
  Duration round_trip{};
  std::string payload;
};

struct CallDone {
  CallId call = 0;
  // join: how many members were reached.
  std::size_t reached = 0;
  // Empty: it went well.
  std::string error = {};
};

using Output = std::variant<SendPacket, OpenStream, WriteStream, CloseStream, MemberEvent, UserData,
                            RemoteState, PingAnswered, CallDone>;
using Outputs = std::vector<Output>;

}  // namespace goakt::gossip
