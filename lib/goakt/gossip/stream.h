#pragma once

#include "goakt/base/export.h"
#include "goakt/gossip/messages.h"
#include "goakt/gossip/packet.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

// A stream carries one request and at most one answer:
//
//   [label, from who opened it] [0A length encrypted [09 compressed [message]]]
//
// Nobody half-closes, so a reader finds the end of a message in its content.
namespace goakt::gossip {

using StreamMessage = std::variant<PushPull, UserMessage, Ping, Ack, ErrorMessage>;

inline constexpr std::size_t kMaxStream = 40u << 20;
inline constexpr std::size_t kMaxSealedStream = 20u << 20;
inline constexpr std::int64_t kMaxStreamNodes = 1 << 20;
inline constexpr std::int64_t kMaxUserState = 20 << 20;

// Always compressed if compression is on; without the label.
GOAKT_API std::string seal_stream(const Sealing& sealing, std::string message, const Nonce& nonce);

// Reads one message from bytes as they come.
class GOAKT_API StreamReader {
 public:
  enum class Side { acceptor, initiator };

  // What went wrong. The acceptor answers what it says before the message's type is known, and
  // closes without a word after that, as Go does.
  struct Failure {
    std::string text;
    bool answer = false;
  };

  StreamReader(const Sealing& sealing, Side side);

  // True when the message is complete.
  tl::expected<bool, Failure> feed(std::string_view bytes);

  StreamMessage take() { return std::move(message_); }

  // Known as soon as the type byte is: such messages are the large ones.
  bool reads_push_pull() const { return kind_ == Kind::push_pull; }

 private:
  enum class Step { label, envelope, sealed, compressed, type, header, nodes, tail, done };
  using Progress = tl::expected<bool, Failure>;

  // Each returns false if it needs more bytes, true if the next step can be tried.
  Progress step();
  Progress read_label();
  Progress read_envelope();
  Progress read_sealed();
  Progress read_compressed();
  Progress read_type();
  Progress read_header();
  Progress read_nodes();
  Progress read_tail();
  template <class M>
  Progress read_body(M& message);
  // All is in the buffer: from here on "more bytes needed" is an error.
  void replace(std::string plain);

  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }

  const Sealing& sealing_;
  Step step_;
  Kind kind_ = Kind::error;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t fed_ = 0;
  bool closed_ = false;
  // Reading is tried again at this length of the buffer, and so often at one place.
  std::size_t retry_at_ = 0;
  std::size_t tries_ = 0;
  PushPullHeader header_;
  std::size_t tail_ = 0;
  StreamMessage message_;
};

}  // namespace goakt::gossip
