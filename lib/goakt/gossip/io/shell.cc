#include "goakt/gossip/io/shell.h"

#include "goakt/base/clock.h"
#include "goakt/base/random.h"
#include "goakt/gossip/io/addresses.h"
#include "goakt/gossip/io/packet_dialer.h"
#include "goakt/gossip/node.h"
#include "goakt/gossip/tcp_frame.h"
#include "goakt/net/connect.h"
#include "goakt/net/datagram_socket.h"
#include "goakt/net/listener.h"
#include "goakt/net/loop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace goakt::gossip {

using namespace std::chrono_literals;

namespace {

// As memberlist asks for; the kernel gives what it allows.
constexpr int kReceiveBuffer = 2 << 20;
// A caller that says nothing, or a packet that does not end.
constexpr auto kIdle = 60s;
// Later than this, a timer is late because the process slept.
constexpr auto kSlept = 200ms;
constexpr int kPortAttempts = 10;
constexpr std::size_t kMaxConnections = 1024;
// Of a packet over TCP: the largest budget, and what frames and seals add.
constexpr std::size_t kMaxFrame = 16u << 20;

Nonce random_nonce() {
  Nonce nonce{};
  for (std::size_t at = 0; at < nonce.size(); at += sizeof(std::uint64_t)) {
    const auto word = Rng::entropy();
    std::memcpy(nonce.data() + at, &word, std::min(sizeof word, nonce.size() - at));
  }
  return nonce;
}

TimePoint now() {
  return SystemClock::instance().now();
}

}  // namespace

// All of it belongs to the loop's thread, except what says otherwise. The shell stops the loop
// before it lets go of the core, so whatever runs there may use it.
class Shell::Core {
 public:
  explicit Core(ShellOptions options) : options_(std::move(options)) {}

  // Any thread: the rest happens on the loop's.
  Status start(Config config);
  void stop();

  template <class Call>
  void call(Call call, Done done) {
    loop().post([this, call = std::move(call), done = std::move(done)]() mutable {
      if (!node_) return;
      const auto id = call(*node_);
      if (done) calls_.emplace(id, std::move(done));
      act();
    });
  }

  std::vector<MemberInfo> members() const {
    std::lock_guard lock(mutex_);
    return members_;
  }

  Facts inspect();

  // False: the loop has stopped, nothing was done.
  bool run_and_wait(const std::function<void(Node&)>& task);

  const net::Endpoint& local() const { return local_; }

 private:
  // One connection: a stream, or one that was accepted and whose first byte will say whether it is
  // a stream or a packet.
  class Peer final : public net::ConnectionHandler, public std::enable_shared_from_this<Peer> {
   public:
    Peer(Core& core, net::Connection connection)
        : core_(core), connection_(std::move(connection)) {}

    net::Connection& connection() { return connection_; }

    void become(StreamId stream) { stream_ = stream; }

    std::size_t on_data(std::string_view bytes) override {
      const auto size = bytes.size();
      if (!stream_ && frame_.empty() && bytes.front() == kTcpStream) {
        stream_ = core_.accept_stream(shared_from_this());
        bytes.remove_prefix(1);
      }
      if (stream_) {
        if (!bytes.empty()) core_.node_->stream_bytes(now(), *stream_, bytes);
        core_.act();
      } else if ((!frame_.empty() || bytes.front() == kTcpPacket) &&
                 frame_.size() + size <= kMaxFrame) {
        frame_.append(bytes);
      } else {
        connection_.abort();
      }
      return size;
    }

    void on_close(Status why) override {
      if (stream_) {
        if (core_.streams_.erase(*stream_) == 0) return;  // closed by the node, which forgot it
        core_.node_->stream_closed(now(), *stream_, why ? std::string() : why.error().message());
      } else if (const auto frame = decode_tcp_packet(frame_); why && frame) {
        core_.node_->packet(now(), from_text(frame->from), frame->packet);
      }
      core_.act();
    }

   private:
    Core& core_;
    net::Connection connection_;
    std::optional<StreamId> stream_;
    std::string frame_;
  };

  struct Stream {
    // Until it is connected.
    net::Connecting connecting;
    std::shared_ptr<Peer> peer;
  };

  net::Loop& loop() { return loops_[0]; }

  Status open(Config config);
  Status listen();
  net::ConnectionOptions connection_options() const;
  void accept(net::Connection connection);
  StreamId accept_stream(std::shared_ptr<Peer> peer);
  // Does what the node wants done, until it wants nothing more.
  void act();
  void arm();
  void tick();

  void handle(SendPacket& packet);
  void handle(const OpenStream& open);
  void handle(WriteStream& write);
  void handle(const CloseStream& close);
  void handle(const MemberEvent& event);
  void handle(const UserData& data);
  void handle(const CallDone& done);

  void handle(const RemoteState&) {}

  void handle(const PingAnswered&) {}

  const ShellOptions options_;
  Delegate delegate_;
  std::optional<Node> node_;
  std::map<StreamId, Stream> streams_;
  std::map<CallId, Done> calls_;
  std::optional<TimePoint> armed_;
  bool listed_ = false;
  net::Endpoint local_;
  mutable std::mutex mutex_;  // guards members_
  std::vector<MemberInfo> members_;
  std::atomic<bool> stopped_ = false;
  net::Loops loops_{1, {.name = "goakt-gossip"}};
  std::optional<net::Timer> timer_;
  std::optional<net::Listener> listener_;
  // Packets go by one of these.
  std::optional<net::DatagramSocket> socket_;
  std::optional<PacketDialer> dialer_;
  // How this member calls itself in them.
  std::string sender_;
};

Status Shell::Core::start(Config config) {
  std::promise<Status> result;
  auto started = result.get_future();
  loop().post([&] { result.set_value(open(std::move(config))); });
  return started.get();
}

Status Shell::Core::open(Config config) {
  // Both need the same number, and the kernel chooses for one of them only.
  for (int attempt = 1;; ++attempt) {
    auto opened = listen();
    if (opened) break;
    if (options_.bind.port() != 0 || attempt == kPortAttempts) return opened;
  }
  if (config.advertise.ip.empty()) config.advertise = from_net(local_);
  config.bind_port = local_.port();
  if (const auto advertised = to_net(config.advertise)) sender_ = advertised->to_string();
  GOAKT_CHECK(config.validate());
  node_.emplace(std::move(config), delegate_, random_nonce, Rng::entropy());
  timer_.emplace(loop());
  node_->start(now());
  act();
  return {};
}

Status Shell::Core::listen() {
  net::ListenOptions options;
  options.endpoint = options_.bind;
  options.max_connections = kMaxConnections;
  options.tls = options_.server_tls;
  options.connection = connection_options();
  GOAKT_TRY(auto listener,
            net::Listener::open(loops_, options, [this](net::Connection connection, net::Loop&) {
              accept(std::move(connection));
            }));
  local_ = listener.local();
  if (options_.packets_over_tcp) {
    listener_.emplace(std::move(listener));
    net::ConnectOptions dial;
    dial.tls = options_.client_tls;
    dial.connection = connection_options();
    dialer_.emplace(loop(), std::move(dial));
    return {};
  }
  net::DatagramOptions datagrams;
  datagrams.endpoint = local_;
  datagrams.receive_buffer = kReceiveBuffer;
  GOAKT_TRY(auto socket,
            net::DatagramSocket::open(loop(), datagrams,
                                      [this](const net::Endpoint& from, std::string_view bytes) {
                                        if (!node_) return;
                                        node_->packet(now(), from_net(from), bytes);
                                        act();
                                      }));
  listener_.emplace(std::move(listener));
  socket_.emplace(std::move(socket));
  return {};
}

// The node has its own deadline for each stream; these bound what it does not see.
net::ConnectionOptions Shell::Core::connection_options() const {
  net::ConnectionOptions options;
  options.close_timeout = 5s;
  options.linger = 1s;
  options.idle_timeout = kIdle;
  return options;
}

void Shell::Core::stop() {
  if (stopped_.exchange(true)) return;
  loop().post([this] {
    if (node_) {
      node_->stop(now());
      act();
    }
    timer_.reset();
    listener_.reset();
    socket_.reset();
    dialer_.reset();
    streams_.clear();
  });
  loops_.stop();
}

bool Shell::Core::run_and_wait(const std::function<void(Node&)>& task) {
  std::promise<bool> done;
  auto finished = done.get_future();
  // What was taken is run, even while the loop stops.
  if (!loop().post([&] {
        if (node_) task(*node_);
        done.set_value(node_.has_value());
      }))
    return false;
  return finished.get();
}

Facts Shell::Core::inspect() {
  Facts facts;
  run_and_wait([&](const Node& node) {
    const auto steady = now();
    const auto wall = SystemClock::instance().wall();
    for (const auto& member : node.membership().table()) {
      facts.members.push_back({*member, wall - std::chrono::duration_cast<WallTime::duration>(
                                                   steady - member->changed)});
    }
    facts.counters = node.counters();
    facts.health = node.health();
    facts.queued = node.membership().queue().size();
  });
  std::sort(facts.members.begin(), facts.members.end(),
            [](const MemberFacts& a, const MemberFacts& b) { return a.name < b.name; });
  return facts;
}

void Shell::Core::accept(net::Connection connection) {
  if (!node_) return;
  const auto peer = std::make_shared<Peer>(*this, std::move(connection));
  peer->connection().start(peer);
  // Over UDP each connection is a stream, and its deadline runs from now on.
  if (!dialer_) peer->become(accept_stream(peer));
  act();
}

StreamId Shell::Core::accept_stream(std::shared_ptr<Peer> peer) {
  const auto stream = node_->stream_accepted(now(), from_net(peer->connection().remote()));
  streams_[stream].peer = std::move(peer);
  return stream;
}

void Shell::Core::act() {
  for (auto outputs = node_->take_outputs(); !outputs.empty(); outputs = node_->take_outputs()) {
    listed_ = false;
    for (auto& output : outputs) std::visit([this](auto& one) { handle(one); }, output);
  }
  arm();
}

void Shell::Core::arm() {
  const auto due = node_->wakeup();
  if (!timer_ || due == armed_) return;
  armed_ = due;
  if (due)
    timer_->start(std::max<Duration>(*due - now(), Duration::zero()), [this] { tick(); });
  else
    timer_->cancel();
}

void Shell::Core::tick() {
  const auto advance = [this] {
    if (!timer_) return;
    node_->advance(now());
    act();
  };
  const auto due = std::exchange(armed_, std::nullopt);
  // After a sleep, what waits in the sockets comes first: it may refute what time would confirm.
  if (due && now() - *due > kSlept)
    loop().post(advance);
  else
    advance();
}

void Shell::Core::handle(SendPacket& packet) {
  const auto to = to_net(packet.to);
  if (dialer_ && to) return dialer_->send(*to, encode_tcp_packet(sender_, packet.bytes));
  if (!socket_ || !to || !socket_->send(*to, packet.bytes)) node_->packet_failed(now(), packet.id);
}

void Shell::Core::handle(const OpenStream& open) {
  const auto stream = open.stream;
  const auto to = to_net(open.to);
  if (!to) return node_->stream_closed(now(), stream, "not an address");
  net::ConnectOptions options;
  options.timeout = node_->config().tcp_timeout;
  options.tls = options_.client_tls;
  options.connection = connection_options();
  streams_[stream].connecting =
      net::connect(loop(), *to, options, [this, stream](Result<net::Connection> connection) {
        if (!streams_.contains(stream)) return;
        if (connection) {
          const auto peer = std::make_shared<Peer>(*this, *std::move(connection));
          peer->become(stream);
          streams_[stream].peer = peer;
          peer->connection().start(peer);
          const std::string_view head(&kTcpStream, 1);
          if (dialer_ && !peer->connection().send(head)) peer->connection().abort();
          node_->stream_opened(now(), stream);
        } else {
          streams_.erase(stream);
          node_->stream_closed(now(), stream, connection.error().message());
        }
        act();
      });
}

void Shell::Core::handle(WriteStream& write) {
  const auto found = streams_.find(write.stream);
  if (found == streams_.end() || !found->second.peer) return;
  auto& connection = found->second.peer->connection();
  if (!connection.send(net::Bytes::own(std::move(write.bytes)))) connection.abort();
}

void Shell::Core::handle(const CloseStream& close) {
  const auto found = streams_.find(close.stream);
  if (found == streams_.end()) return;
  const auto stream = std::move(found->second);
  streams_.erase(found);
  if (stream.peer) stream.peer->connection().close();
}

void Shell::Core::handle(const MemberEvent& event) {
  // Once for all events of an input: an exchange of tables can bring thousands.
  if (!std::exchange(listed_, true)) {
    auto present = node_->members();
    std::lock_guard lock(mutex_);
    members_.swap(present);
  }
  if (options_.on_event) options_.on_event(event);
}

void Shell::Core::handle(const UserData& data) {
  if (options_.on_data) options_.on_data(data.bytes);
}

void Shell::Core::handle(const CallDone& done) {
  if (const auto call = calls_.extract(done.call)) call.mapped()(done);
}

Result<std::unique_ptr<Shell>> Shell::start(Config config, ShellOptions options) {
  auto core = std::make_unique<Core>(std::move(options));
  if (auto started = core->start(std::move(config)); !started) {
    core->stop();
    return unexpected(std::move(started).error());
  }
  return std::unique_ptr<Shell>(new Shell(std::move(core)));
}

Shell::Shell(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Shell::~Shell() {
  stop();
}

void Shell::stop() {
  core_->stop();
}

void Shell::join(std::vector<net::Endpoint> addresses, Done done) {
  core_->call(
      [addresses = std::move(addresses)](Node& node) {
        std::vector<Endpoint> raw;
        for (const auto& address : addresses) raw.push_back(from_net(address));
        return node.join(now(), std::move(raw));
      },
      std::move(done));
}

void Shell::leave(Duration timeout, Done done) {
  core_->call([timeout](Node& node) { return node.leave(now(), timeout); }, std::move(done));
}

void Shell::update(std::string meta, Duration timeout, Done done) {
  core_->call(
      [meta = std::move(meta), timeout](Node& node) { return node.update(now(), meta, timeout); },
      std::move(done));
}

void Shell::send(std::string member, std::string bytes, Done done) {
  core_->call([member = std::move(member),
               bytes = std::move(bytes)](Node& node) { return node.send(now(), member, bytes); },
              std::move(done));
}

std::vector<MemberInfo> Shell::members() const {
  return core_->members();
}

Facts Shell::inspect() const {
  return core_->inspect();
}

Status Shell::change_keys(const std::function<Status(Keyring&)>& change) {
  Status outcome;
  if (!core_->run_and_wait([&](Node& node) { outcome = change(node.keyring()); }))
    return fail(ErrorCode::system_shutting_down);
  return outcome;
}

const net::Endpoint& Shell::local() const noexcept {
  return core_->local();
}

}  // namespace goakt::gossip
