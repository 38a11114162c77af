#pragma once

#include "goakt/net/loop.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/server.h"
#include "goakt/remoting/socket_dialer.h"
#include "goakt/wire/big_endian.h"
#include "goakt/wire/payload.h"
#include "tests/unit/net/raw_socket.h"
#include "tests/unit/remoting/support.h"

#include <internal/remoting.pb.h>
#include <list>
#include <set>

namespace goakt::remoting {

using net::RawSocket;

inline constexpr auto kNever = std::chrono::hours(1);

// A node on 127.0.0.1, at the port that its addresses say.
class SocketNode {
 public:
  explicit SocketNode(const ServerOptions& server_options = {}, ClientOptions client_options = {}) {
    auto opened = Server::open(loops, server_options);
    REQUIRE(opened);
    server = std::make_unique<Server>(*std::move(opened));
    SystemOptions options;
    options.port = server->local().port();
    auto made = ActorSystem::create("sys", std::move(options));
    REQUIRE(made);
    system = *std::move(made);
    REQUIRE(system->start());
    client = std::make_shared<Client>(*system,
                                      std::make_shared<SocketDialer>(loops, SocketDialerOptions{}),
                                      std::move(client_options));
    server->serve(std::make_shared<Service>(*system, ServiceOptions{.client = client}));
  }

  ~SocketNode() {
    server->close();
    client->close(Duration::zero());
    loops.stop();
    server.reset();
  }

  SocketNode(const SocketNode&) = delete;
  SocketNode& operator=(const SocketNode&) = delete;

  net::Endpoint endpoint() const { return server->local(); }

  // What others call an actor of this node.
  std::string path(const std::string& name) const { return path_at(endpoint().port(), name); }

  // The handle that this node has for an actor at that port.
  Pid pid(std::uint16_t port, const std::string& name) const {
    const auto address = Address::parse(path_at(port, name));
    REQUIRE(address);
    const auto made = client->pid_of(*address);
    REQUIRE(made);
    return *made;
  }

  static std::string path_at(std::uint16_t port, const std::string& name) {
    return "goakt://sys@127.0.0.1:" + std::to_string(port) + '/' + name;
  }

  net::Loops loops{1};
  std::unique_ptr<Server> server;
  std::unique_ptr<ActorSystem> system;
  std::shared_ptr<Client> client;
};

// Takes the place of a node on 127.0.0.1: what becomes of each connection is the test's, on a
// thread for each.
class StandIn {
 public:
  enum class End { close, reset };
  // Called with the number of the connection, from 0 on; the connection then ends like that.
  using Serve = std::function<End(RawSocket& peer, int number)>;

  explicit StandIn(Serve serve, int receive_buffer = 0)
      : serve_(std::move(serve)),
        listener_(RawSocket::listening(receive_buffer)),
        accepting_([this] { accept(); }) {}

  ~StandIn() {
    {
      std::lock_guard lock(mutex_);
      is_over_ = true;
      for (const RawSocket* peer : open_) peer->shut_down();
      changed_.notify_all();
    }
    listener_.shut_down();
    accepting_.join();
    for (auto& thread : serving_) thread.join();
  }

  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  std::uint16_t port() const { return listener_.endpoint().port(); }

  int accepted() const { return accepted_; }

  // The test has ended, perhaps early: nobody will do what a connection waits for.
  bool is_over() {
    std::lock_guard lock(mutex_);
    return is_over_;
  }

  // For a connection that shall see and do nothing more.
  End wait_for_the_end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_over_; });
    return End::close;
  }

 private:
  void accept() {
    for (;;) {
      RawSocket peer = listener_.accept();
      if (!peer.is_open()) return;
      serving_.emplace_back(
          [this, number = accepted_++, peer = std::move(peer)]() mutable { serve(peer, number); });
    }
  }

  void serve(RawSocket& peer, int number) {
    {
      std::lock_guard lock(mutex_);
      if (is_over_) return;
      open_.insert(&peer);
    }
    const End end = serve_(peer, number);
    std::lock_guard lock(mutex_);
    open_.erase(&peer);
    if (end == End::reset) peer.reset();
    peer.close();
  }

  const Serve serve_;
  std::mutex mutex_;  // guards is_over_, open_
  std::condition_variable changed_;
  bool is_over_ = false;
  std::set<const RawSocket*> open_;
  const RawSocket listener_;
  std::atomic<int> accepted_{0};
  std::list<std::thread> serving_;  // of the accepting thread until it has ended
  std::thread accepting_;
};

// -- what a test's own end of a connection says and hears

// Empty: the peer ended the stream, perhaps within a frame.
inline std::string read_frame(const RawSocket& peer, std::string begun = {}) {
  constexpr std::size_t kLength = sizeof(std::uint32_t);
  if (begun.size() < kLength) begun += peer.read(kLength - begun.size());
  if (begun.size() < kLength) return {};
  const auto length = wire::load_big_endian<std::uint32_t>(begun.data());
  if (begun.size() < length) begun += peer.read(length - begun.size());
  return begun.size() == length ? begun : std::string();
}

inline std::string payload_of(const std::string& text) {
  const StringValue message = words(text);
  const auto payload = wire::OutgoingPayload::of(message);
  REQUIRE(payload);
  return payload->to_string();
}

inline std::string text_of(std::string_view payload) {
  const auto named = wire::read_named(payload);
  REQUIRE(named);
  StringValue message;
  REQUIRE(message.ParseFromArray(named->body.data(), static_cast<int>(named->body.size())));
  return message.value();
}

// A request for one actor: RemoteTellRequest or RemoteAskRequest.
template <class Q>
std::string request_of(const std::string& receiver, const std::vector<std::string>& texts) {
  Q request;
  for (const std::string& text : texts) {
    auto* message = request.add_remote_messages();
    message->set_receiver(receiver);
    message->set_message(payload_of(text));
  }
  return frame_of(request);
}

template <class M>
M body_of(std::string_view bytes, wire::FrameKind kind) {
  const auto frame = wire::parse_frame(bytes, kind);
  REQUIRE(frame);
  REQUIRE(frame->type_name == M::descriptor()->full_name());
  M message;
  REQUIRE(message.ParseFromArray(frame->body.data(), static_cast<int>(frame->body.size())));
  return message;
}

// The texts that a frame of told messages has.
inline std::vector<std::string> told(std::string_view frame) {
  std::vector<std::string> texts;
  const auto request = body_of<internalpb::RemoteTellRequest>(frame, wire::FrameKind::request);
  for (const auto& message : request.remote_messages()) texts.push_back(text_of(message.message()));
  return texts;
}

// Answers one request as a node would whose actors return what they are asked.
inline std::string answer_to(std::string_view request) {
  const auto frame = wire::parse_frame(request, wire::FrameKind::request);
  REQUIRE(frame);
  if (frame->type_name == internalpb::RemoteTellRequest::descriptor()->full_name())
    return frame_of(internalpb::RemoteTellResponse());
  const auto asked = body_of<internalpb::RemoteAskRequest>(request, wire::FrameKind::request);
  internalpb::RemoteAskResponse response;
  for (const auto& message : asked.remote_messages()) response.add_messages(message.message());
  return frame_of(response);
}

// Answers whatever comes until the peer has gone.
inline StandIn::End answer_all(const RawSocket& peer) {
  for (std::string frame = read_frame(peer); !frame.empty(); frame = read_frame(peer))
    peer.write(answer_to(frame));
  return StandIn::End::close;
}

}  // namespace goakt::remoting
