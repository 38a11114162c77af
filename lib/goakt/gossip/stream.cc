#include "goakt/gossip/stream.h"

#include "goakt/gossip/lzw.h"

#include <algorithm>
#include <utility>

namespace goakt::gossip {

namespace {

constexpr std::size_t kSealHead = 5;
// Of what a peer says about one member; ours are below two thousand.
constexpr std::size_t kMaxEntry = 16 * 1024;
// A value that trickles in is not read from its start for every byte.
constexpr std::size_t kMaxTries = 1024;
constexpr std::size_t kMaxLargeTries = 16;

tl::unexpected<StreamReader::Failure> answer(std::string text) {
  return tl::unexpected(StreamReader::Failure{std::move(text), true});
}

tl::unexpected<StreamReader::Failure> close(std::string text) {
  return tl::unexpected(StreamReader::Failure{std::move(text), false});
}

std::uint8_t first_byte(std::string_view bytes) {
  return static_cast<std::uint8_t>(bytes.front());
}

std::string seal_head(std::size_t length) {
  std::string out(1, static_cast<char>(Kind::encrypt));
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(length >> shift));
  return out;
}

}  // namespace

std::string seal_stream(const Sealing& sealing, std::string message, const Nonce& nonce) {
  if (sealing.compress) message = compressed(message);
  if (!sealing.encrypts()) return message;
  const auto version = cipher_version(sealing.protocol);
  auto head = seal_head(sealed_size(version, message.size()));
  const auto body = seal(version, sealing.keyring.primary(), nonce, message, head + sealing.label);
  return head.append(body);
}

StreamReader::StreamReader(const Sealing& sealing, Side side)
    : sealing_(sealing), step_(side == Side::acceptor ? Step::label : Step::envelope) {}

auto StreamReader::feed(std::string_view bytes) -> Progress {
  fed_ += bytes.size();
  if (fed_ > kMaxStream) return close("a stream of more than 40 MiB");
  if (closed_) return step_ == Step::done;  // what follows the message is ignored
  buffer_.append(bytes);
  while (step_ != Step::done) {
    const auto progress = step();
    if (!progress) return progress;
    if (*progress) continue;
    if (closed_) return close("truncated message");
    return false;
  }
  return true;
}

auto StreamReader::step() -> Progress {
  switch (step_) {
    case Step::label:
      return read_label();
    case Step::envelope:
      return read_envelope();
    case Step::sealed:
      return read_sealed();
    case Step::compressed:
      return read_compressed();
    case Step::type:
      return read_type();
    case Step::header:
      return read_header();
    case Step::nodes:
      return read_nodes();
    case Step::tail:
      return read_tail();
    case Step::done:
      break;
  }
  return true;
}

auto StreamReader::read_label() -> Progress {
  if (rest().empty()) return false;
  const bool labelled = first_byte(rest()) == static_cast<std::uint8_t>(Kind::label);
  if (labelled && (rest().size() < 2 || rest().size() < 2u + static_cast<std::uint8_t>(rest()[1])))
    return false;
  const auto inner = remove_label(rest(), sealing_.label, sealing_.skip_label_check);
  if (!inner) return close("unexpected label");
  at_ = buffer_.size() - inner->size();
  step_ = Step::envelope;
  return true;
}

auto StreamReader::read_envelope() -> Progress {
  if (rest().empty()) return false;
  if (first_byte(rest()) == static_cast<std::uint8_t>(Kind::encrypt)) {
    if (sealing_.keyring.empty())
      return answer("remote state is encrypted and encryption is not configured");
    step_ = Step::sealed;
    return true;
  }
  if (!sealing_.keyring.empty() && sealing_.verify_incoming)
    return answer("encryption is configured but remote state is not encrypted");
  step_ = first_byte(rest()) == static_cast<std::uint8_t>(Kind::compress) ? Step::compressed
                                                                          : Step::type;
  return true;
}

auto StreamReader::read_sealed() -> Progress {
  if (rest().size() < kSealHead) return false;
  std::size_t length = 0;
  for (std::size_t i = 1; i < kSealHead; ++i)
    length = length << 8 | static_cast<std::uint8_t>(rest()[i]);
  if (length > kMaxSealedStream)
    return answer("remote node state is larger than limit (" + std::to_string(length) + ")");
  if (rest().size() < kSealHead + length) return false;
  const auto head = rest().substr(0, kSealHead);
  auto plain = unseal(sealing_.keyring, rest().substr(kSealHead, length),
                      std::string(head).append(sealing_.label));
  if (!plain) return answer("no installed keys could decrypt the message");
  if (plain->empty()) return answer("truncated message");
  replace(*std::move(plain));
  step_ = first_byte(rest()) == static_cast<std::uint8_t>(Kind::compress) ? Step::compressed
                                                                          : Step::type;
  return true;
}

auto StreamReader::read_compressed() -> Progress {
  if (buffer_.size() < retry_at_) return false;
  Compressed message;
  const auto decoded = decode(rest().substr(1), message);
  if (!decoded.ok) {
    if (closed_ || decoded.needed == 0 ||
        ++tries_ > (rest().size() > 4 * kMaxEntry ? kMaxLargeTries : kMaxTries))
      return answer("malformed compressed message");
    retry_at_ = at_ + 1 + decoded.needed;
    return false;
  }
  if (message.algorithm != 0)
    return answer("cannot decompress unknown algorithm " + std::to_string(message.algorithm));
  auto plain = lzw::expand(message.bytes.bytes, kMaxExpanded);
  if (!plain || plain->empty()) return answer("malformed compressed message");
  replace(*std::move(plain));
  step_ = Step::type;
  return true;
}

void StreamReader::replace(std::string plain) {
  buffer_ = std::move(plain);
  at_ = 0;
  closed_ = true;
  retry_at_ = 0;
  tries_ = 0;
}

auto StreamReader::read_type() -> Progress {
  if (rest().empty()) return false;
  kind_ = static_cast<Kind>(first_byte(rest()));
  ++at_;
  retry_at_ = 0;
  tries_ = 0;
  step_ = Step::header;
  switch (kind_) {
    case Kind::push_pull:
    case Kind::user:
    case Kind::ping:
    case Kind::ack:
    case Kind::error:
      return true;
    default:
      return close("unexpected message type " + std::to_string(static_cast<int>(kind_)));
  }
}

template <class M>
auto StreamReader::read_body(M& message) -> Progress {
  if (buffer_.size() < retry_at_) return false;
  const auto decoded = decode(rest(), message);
  if (decoded.ok) {
    at_ += decoded.size;
    retry_at_ = 0;
    tries_ = 0;
    return true;
  }
  if (decoded.needed == 0 || decoded.needed > kMaxEntry || ++tries_ > kMaxTries)
    return close("malformed message");
  retry_at_ = at_ + decoded.needed;
  return false;
}

auto StreamReader::read_header() -> Progress {
  const auto whole = [this](auto message) -> Progress {
    auto progress = read_body(message);
    if (progress && *progress) {
      message_ = std::move(message);
      step_ = Step::done;
    }
    return progress;
  };
  switch (kind_) {
    case Kind::ping:
      return whole(Ping{});
    case Kind::ack:
      return whole(Ack{});
    case Kind::error:
      return whole(ErrorMessage{});
    case Kind::user: {
      UserHeader header;
      const auto progress = read_body(header);
      if (!progress || !*progress) return progress;
      if (header.length < 0 || header.length > kMaxUserState)
        return close("user message too large");
      message_ = UserMessage{};
      tail_ = static_cast<std::size_t>(header.length);
      step_ = Step::tail;
      return true;
    }
    default: {
      const auto progress = read_body(header_);
      if (!progress || !*progress) return progress;
      if (header_.nodes < 0 || header_.nodes > kMaxStreamNodes || header_.user_state_length < 0 ||
          header_.user_state_length > kMaxUserState)
        return close("push/pull beyond the limits");
      PushPull state;
      state.join = header_.join;
      message_ = std::move(state);
      tail_ = static_cast<std::size_t>(header_.user_state_length);
      step_ = Step::nodes;
      return true;
    }
  }
}

auto StreamReader::read_nodes() -> Progress {
  auto& nodes = std::get<PushPull>(message_).nodes;
  while (nodes.size() < static_cast<std::size_t>(header_.nodes)) {
    PushPullNode node;
    const auto progress = read_body(node);
    if (!progress || !*progress) {
      // What was read is not kept twice while more comes.
      if (progress && at_ > buffer_.size() / 2) {
        buffer_.erase(0, at_);
        retry_at_ -= std::min(retry_at_, at_);
        at_ = 0;
      }
      return progress;
    }
    nodes.push_back(std::move(node));
  }
  step_ = Step::tail;
  return true;
}

auto StreamReader::read_tail() -> Progress {
  if (rest().size() < tail_) return false;
  std::string bytes(rest().substr(0, tail_));
  if (auto* state = std::get_if<PushPull>(&message_))
    state->user_state = std::move(bytes);
  else
    std::get<UserMessage>(message_).bytes = std::move(bytes);
  step_ = Step::done;
  return true;
}

}  // namespace goakt::gossip
