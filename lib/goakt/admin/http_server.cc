#include "goakt/admin/http_server.h"

#include "goakt/admin/refusal.h"
#include "goakt/admin/worker_pool.h"
#include "goakt/base/ulid.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace goakt::admin {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kQuiet{5};  // between two reads or writes of one request

bool wait_for(int descriptor, short events, Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  pollfd entry{descriptor, events, 0};
  return ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) > 0;
}

std::string peer_name(int descriptor, bool is_unix) {
  if (is_unix) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return "socket";
    return "uid=" + std::to_string(peer.uid);
  }
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "tcp";
  const void* address =
      storage.ss_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr)
          : &reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr;
  return ::inet_ntop(storage.ss_family, address, text.data(), text.size()) ? text.data() : "tcp";
}

// What httplib reads from and writes to. Buffered, so that a second request which came along with
// the first is kept, and so that its one-byte reads of the head are no system calls.
class Connection final : public httplib::Stream {
 public:
  Connection(int descriptor, bool is_unix)
      : descriptor_(descriptor), caller_(peer_name(descriptor, is_unix)) {
    const int on = 1;
    if (!is_unix) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  ~Connection() override { ::close(descriptor_); }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void begin_request(std::chrono::seconds limit) {
    deadline_ = Clock::now() + limit;
    must_close_ = false;
  }

  bool has_buffered() const { return begin_ < end_; }

  // After an answer given before the request was read to its end: the rest would be taken for the
  // next request.
  void close_after_this() { must_close_ = true; }

  bool must_close() const { return must_close_; }

  // Closing with unread bytes would reset the connection and take the answer with it.
  void linger() {
    ::shutdown(descriptor_, SHUT_WR);
    const auto until = Clock::now() + std::chrono::seconds(2);
    std::array<char, 16384> waste{};
    while (Clock::now() < until && wait_for(descriptor_, POLLIN, until) &&
           ::recv(descriptor_, waste.data(), waste.size(), MSG_DONTWAIT) > 0) {
    }
  }

  bool is_readable() const override {
    return has_buffered() ||
           wait_for(descriptor_, POLLIN, std::min(deadline_, Clock::now() + kQuiet));
  }

  bool is_writable() const override {
    char byte;
    const auto peeked = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (peeked == 0 || (peeked < 0 && errno != EAGAIN && errno != EINTR)) return false;
    return wait_for(descriptor_, POLLOUT, Clock::now() + kQuiet);
  }

  ssize_t read(char* out, std::size_t size) override {
    if (!has_buffered()) {
      if (!is_readable()) return -1;
      const auto got = ::recv(descriptor_, buffer_.data(), buffer_.size(), 0);
      if (got <= 0) return got;
      begin_ = 0;
      end_ = static_cast<std::size_t>(got);
    }
    const std::size_t count = std::min(size, end_ - begin_);
    std::memcpy(out, buffer_.data() + begin_, count);
    begin_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* data, std::size_t size) override {
    std::size_t sent = 0;
    while (sent < size) {
      if (!wait_for(descriptor_, POLLOUT, Clock::now() + kQuiet)) return -1;
      const auto count = ::send(descriptor_, data + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno != EAGAIN && errno != EINTR) return -1;
      if (count > 0) sent += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = caller_;
    port = 0;
  }

  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }

  socket_t socket() const override { return descriptor_; }

  std::list<Connection*>::iterator parked_at;  // the engine's, while parked
  Clock::time_point parked_since;

 private:
  int descriptor_;
  std::string caller_;
  Clock::time_point deadline_;
  bool must_close_ = false;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::array<char, 16384> buffer_{};
};

// httplib's hooks get no stream; each request is handled by one thread from beginning to end.
thread_local Connection* current = nullptr;

// A web page that makes the browser talk to this port has a name in Host or an Origin of its own:
// only literal addresses and localhost are taken.
bool is_local_name(std::string_view host) {
  if (host.starts_with('[')) return true;
  host = host.substr(0, host.rfind(':'));
  return host == "localhost" ||
         (!host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool is_json(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type == kJsonType || type == kLinesType;
}

}  // namespace

class HttpServer::Engine final : public httplib::Server {
 public:
  Engine(Listener listener, Role role, Handle handle, Limits limits)
      : listener_(std::move(listener)),
        role_(role),
        handle_(std::move(handle)),
        limits_(limits),
        pool_(limits.threads) {
    // A regular expression that takes everything: our own router decides.
    const std::string any = "[^]*";
    const auto serve = [this](const httplib::Request& in, httplib::Response& out) {
      dispatch(in, out);
    };
    Get(any, serve).Post(any, serve).Put(any, serve).Patch(any, serve);
    Delete(any, serve).Options(any, serve);
    set_payload_max_length(limits.body);
    set_pre_routing_handler(
        [this](const httplib::Request& in, httplib::Response& out) { return check_head(in, out); });
    set_error_handler(httplib::Server::HandlerWithResponse(
        [this](const httplib::Request& in, httplib::Response& out) { return explain(in, out); }));
    svr_sock_ = listener_.descriptor();  // httplib ends its streams when this is gone

    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    watch(listener_.descriptor(), EPOLLIN, &listener_);
    watch(wake_, EPOLLIN, nullptr);
    loop_ = std::thread([this] { run(); });
  }

  ~Engine() override {
    stop_serving();
    ::close(epoll_);
    ::close(wake_);
  }

  void stop_serving() {
    if (stopping_.exchange(true)) return;
    svr_sock_ = INVALID_SOCKET;
    wake();
    loop_.join();
    pool_.shutdown();
    for (Connection* connection : parked_) delete connection;
    parked_.clear();
  }

  const Listener& listener() const { return listener_; }

  std::size_t threads() const { return pool_.threads(); }

 private:
  void watch(int descriptor, std::uint32_t events, void* what) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = what;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  }

  void run() {
    std::array<epoll_event, 64> events{};
    while (!stopping_) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                     milliseconds_to_next_end());
      for (int i = 0; i < count; ++i) {
        void* what = events[static_cast<std::size_t>(i)].data.ptr;
        if (what == &listener_) {
          accept_all();
        } else if (what == nullptr) {
          std::uint64_t ignored;
          [[maybe_unused]] const auto got = ::read(wake_, &ignored, sizeof ignored);
        } else {
          resume(static_cast<Connection*>(what));
        }
      }
      end_idle();
    }
  }

  void accept_all() {
    for (;;) {
      const int descriptor = ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) {
        // Out of descriptors: the waiting client keeps the listener readable; do not spin on it.
        if (errno == EMFILE || errno == ENFILE)
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return;
      }
      if (open_.fetch_add(1) >= limits_.connections) {
        open_.fetch_sub(1);
        ::close(descriptor);
        continue;
      }
      auto* connection = new Connection(descriptor, listener_.is_unix());
      park(connection);  // most clients need a moment to send; the worker is for those who have
    }
  }

  void park(Connection* connection) {
    std::lock_guard lock(parked_mutex_);
    connection->parked_since = Clock::now();
    connection->parked_at = parked_.insert(parked_.end(), connection);
    watch(connection->socket(), EPOLLIN | EPOLLRDHUP, connection);
    if (parked_.size() == 1) wake();  // the loop may be waiting without an end
  }

  void unpark(Connection* connection) {
    std::lock_guard lock(parked_mutex_);
    parked_.erase(connection->parked_at);
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection->socket(), nullptr);
  }

  void resume(Connection* connection) {
    unpark(connection);
    pool_.submit([this, connection] { serve(connection); });
  }

  int milliseconds_to_next_end() {
    std::lock_guard lock(parked_mutex_);
    if (parked_.empty()) return -1;
    const auto left = parked_.front()->parked_since + limits_.idle - Clock::now();
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::max<std::int64_t>(rounded, 0));
  }

  void end_idle() {
    const auto now = Clock::now();
    for (;;) {
      Connection* oldest = nullptr;
      {
        std::lock_guard lock(parked_mutex_);
        if (parked_.empty() || parked_.front()->parked_since + limits_.idle > now) return;
        oldest = parked_.front();
      }
      unpark(oldest);  // only this thread takes connections out
      close(oldest);
    }
  }

  void close(Connection* connection) {
    delete connection;
    open_.fetch_sub(1);
  }

  // Answers what has arrived, then gives the thread back.
  void serve(Connection* connection) {
    current = connection;
    bool keep = true;
    do {
      connection->begin_request(limits_.request);
      bool closed = false;
      keep = process_request(*connection, stopping_, closed, [](httplib::Request&) {}) && !closed &&
             !connection->must_close() && !stopping_;
    } while (keep && connection->has_buffered());
    current = nullptr;
    if (keep) {
      park(connection);
      return;
    }
    if (connection->must_close()) connection->linger();
    close(connection);
  }

  static void close_after_this(httplib::Response& out) {
    current->close_after_this();
    out.set_header("Connection", "close");
  }

  // Before the body is read. What is refused here must close, see Connection::close_after_this.
  HandlerResponse check_head(const httplib::Request& in, httplib::Response& out) const {
    const auto stop_with = [&](const Refusal& refusal) {
      close_after_this(out);
      write(in, out, refusal);
      return HandlerResponse::Handled;
    };
    if (!listener_.is_unix()) {
      const std::string host = in.get_header_value("Host");
      if (!host.empty() && !is_local_name(host))
        return stop_with(
            Refusal(Problem::forbidden, "Host \"" + host + "\" is not a name of this node"));
      const std::string origin = in.get_header_value("Origin");
      if (!origin.empty() && origin != "http://" + host)
        return stop_with(Refusal(Problem::forbidden, "requests of web pages are not taken"));
    }
    const bool has_body =
        in.has_header("Transfer-Encoding") ||
        (in.has_header("Content-Length") && in.get_header_value("Content-Length") != "0");
    if (!has_body) return HandlerResponse::Unhandled;
    // httplib would leave it unread, and take it for the next request.
    if (in.method == "GET" || in.method == "HEAD" || in.method == "OPTIONS")
      return stop_with(Refusal(Problem::invalid_argument, in.method + " takes no body"));
    if (in.has_header("Content-Encoding"))
      return stop_with(Refusal(Problem::unsupported_media, "compressed bodies are not taken"));
    if (!is_json(in.get_header_value("Content-Type"))) {
      return stop_with(Refusal(Problem::unsupported_media,
                               "the body must be application/json or application/x-ndjson"));
    }
    return HandlerResponse::Unhandled;
  }

  Request request_of(const httplib::Request& in) const {
    Request request;
    request.method = in.method;
    request.path = in.target.substr(0, in.target.find('?'));
    request.caller = in.remote_addr;
    request.role = role_;
    request.request_id = in.get_header_value("X-Request-Id").substr(0, 128);
    if (request.request_id.empty()) request.request_id = make_ulid();
    for (const auto& [name, value] : in.params) request.query.emplace(name, value);
    return request;
  }

  static void write(httplib::Response& out, Response response, const std::string& request_id) {
    out.status = response.status;
    for (auto& [name, value] : response.headers) out.set_header(name, value);
    out.set_header("X-Request-Id", request_id);
    out.set_content(response.body, response.content_type);
  }

  void write(const httplib::Request& in, httplib::Response& out, const Refusal& refusal) const {
    const Request request = request_of(in);
    write(out, refusal.to_response(request), request.request_id);
  }

  void dispatch(const httplib::Request& in, httplib::Response& out) {
    Request request = request_of(in);
    request.body = in.body;
    Response response = handle_(request);
    write(out, std::move(response), request.request_id);
  }

  // Gives httplib's own refusals (bad request line, body too large) our form.
  HandlerResponse explain(const httplib::Request& in, httplib::Response& out) const {
    if (out.has_header("X-Request-Id")) return HandlerResponse::Unhandled;
    close_after_this(out);
    const int status = out.status;
    write(in, out,
          status == 413
              ? Refusal(Problem::body_too_large,
                        "the body is larger than " + std::to_string(limits_.body) + " bytes")
              : Refusal(Problem::invalid_argument, "no readable HTTP request"));
    if (status == 414 || status == 431) out.status = status;
    return HandlerResponse::Handled;
  }

  Listener listener_;
  const Role role_;
  const Handle handle_;
  const Limits limits_;
  int epoll_ = -1;
  int wake_ = -1;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> open_{0};
  std::mutex parked_mutex_;        // guards parked_
  std::list<Connection*> parked_;  // oldest first
  std::thread loop_;
  WorkerPool pool_;
};

HttpServer::HttpServer(Listener listener, Role role, Handle handle, Limits limits)
    : engine_(std::make_unique<Engine>(std::move(listener), role, std::move(handle), limits)) {}

HttpServer::~HttpServer() = default;

void HttpServer::stop() {
  engine_->stop_serving();
}

const Listener& HttpServer::listener() const {
  return engine_->listener();
}

std::size_t HttpServer::threads() const {
  return engine_->threads();
}

}  // namespace goakt::admin
