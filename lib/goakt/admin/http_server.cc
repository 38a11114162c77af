#include "goakt/admin/http_server.h"

#include "goakt/admin/connection_loop.h"
#include "goakt/admin/refusal.h"
#include "goakt/admin/request_guard.h"
#include "goakt/admin/router.h"
#include "goakt/admin/worker_pool.h"
#include "goakt/base/ulid.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <poll.h>
#include <thread>

namespace goakt::admin {

namespace {

constexpr const char* kHeadersRead[] = {"Accept",   "Authorization", "Idempotency-Key",
                                        "If-Match", "If-None-Match", "Last-Event-ID"};

// What the HTTP library reads from and writes to.
class LibraryStream final : public httplib::Stream {
 public:
  explicit LibraryStream(Connection& connection) : connection_(connection) {}

  bool is_readable() const override { return connection_.is_readable(); }

  bool is_writable() const override { return connection_.is_writable(); }

  ssize_t read(char* out, std::size_t size) override { return connection_.read(out, size); }

  ssize_t write(const char* data, std::size_t size) override {
    return connection_.write(data, size);
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = connection_.peer();
    port = 0;
  }

  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }

  socket_t socket() const override { return connection_.descriptor(); }

 private:
  Connection& connection_;
};

// The library's hooks get no stream; each request is handled by one thread from beginning to end.
thread_local Connection* current = nullptr;

// "a=b&c". A broken escape stays as it is.
void read_query(std::string_view text, Members& query) {
  const auto decoded = [](std::string_view part) {
    std::string spaced(part);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    std::string out;
    return percent_decode(spaced, out) ? out : spaced;
  };
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    const auto equals = pair.find('=');
    if (!pair.empty())
      query.emplace(decoded(pair.substr(0, equals)),
                    equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "::1";
}

}  // namespace

class HttpServer::Engine final : public httplib::Server {
 public:
  Engine(Listener listener, HttpServer::Options options, Handle handle)
      : listener_(std::move(listener)),
        options_(std::move(options)),
        door_(listener_.is_unix()             ? Door::socket
              : is_loopback(listener_.host()) ? Door::loopback
                                              : Door::network),
        handle_(std::move(handle)),
        pool_(options_.limits.threads) {
    // A regular expression that takes everything: our own router decides.
    const std::string any = "[^]*";
    const auto answer = [this](const httplib::Request& in, httplib::Response& out) {
      dispatch(in, out);
    };
    Get(any, answer).Post(any, answer).Put(any, answer).Patch(any, answer);
    Delete(any, answer).Options(any, answer);
    set_payload_max_length(options_.limits.body);
    set_pre_routing_handler(
        [this](const httplib::Request& in, httplib::Response& out) { return check_head(in, out); });
    set_error_handler(httplib::Server::HandlerWithResponse(
        [this](const httplib::Request& in, httplib::Response& out) { return explain(in, out); }));
    svr_sock_ = listener_.descriptor();  // the library ends its streams when this is gone
    loop_.emplace(listener_, options_.tls,
                  ConnectionLoop::Limits{options_.limits.connections, options_.limits.idle},
                  [this](Connection* connection) {
                    pool_.submit([this, connection] { serve(connection); });
                  });
    loop_->start();
  }

  ~Engine() override { stop_serving(); }

  void stop_serving() {
    if (stopping_.exchange(true)) return;
    // Streams see it within a second, say good-bye and end; only then may the library give up
    // what it is writing.
    while (streams_.load() != 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    svr_sock_ = INVALID_SOCKET;
    loop_->stop();
    pool_.shutdown();
    loop_.reset();
  }

  const Listener& listener() const { return listener_; }

  bool is_tls() const { return options_.tls != nullptr; }

  std::size_t threads() const { return pool_.threads(); }

 private:
  // Answers what has arrived, then gives the thread back.
  void serve(Connection* connection) {
    bool keep = connection->prepare(options_.limits.request);
    LibraryStream stream(*connection);
    current = connection;
    // After a handshake there may be nothing to read yet.
    const bool early = is_tls() && !connection->has_buffered() &&
                       !wait_for(connection->descriptor(), POLLIN, Connection::Clock::now());
    if (keep && !early) {
      do {
        connection->begin_request(options_.limits.request, options_.limits.head);
        bool closed = false;
        keep = process_request(stream, stopping_, closed, [](httplib::Request&) {}) && !closed &&
               !connection->must_close() && !stopping_;
      } while (keep && connection->has_buffered());
    }
    current = nullptr;
    if (keep) return loop_->park(connection);
    if (connection->must_close()) connection->linger();
    loop_->close(connection);
  }

  static void close_after_this(httplib::Response& out) {
    current->close_after_this();
    out.set_header("Connection", "close");
  }

  // Before the body is read. What is refused here must close, see Connection::close_after_this.
  HandlerResponse check_head(const httplib::Request& in, httplib::Response& out) const {
    current->head_is_read();
    const std::string host = in.get_header_value("Host");
    const std::string origin = in.get_header_value("Origin");
    const std::string type = in.get_header_value("Content-Type");
    const std::string encoding = in.get_header_value("Content-Encoding");
    RequestHead head{in.method, host, origin, type, encoding, false};
    head.has_body =
        in.has_header("Transfer-Encoding") ||
        (in.has_header("Content-Length") && in.get_header_value("Content-Length") != "0");
    const auto refusal = admin::check_head(head, listener_.is_unix(), is_tls(), options_.names);
    if (!refusal) return HandlerResponse::Unhandled;
    close_after_this(out);
    write(in, out, *refusal);
    return HandlerResponse::Handled;
  }

  Request request_of(const httplib::Request& in) const {
    Request request;
    request.method = in.method;
    request.path = in.target.substr(0, in.target.find('?'));
    request.peer = in.remote_addr;
    request.certificate = current->certificate();
    request.door = door_;
    request.role = options_.role;
    request.request_id = in.get_header_value("X-Request-Id").substr(0, 128);
    if (request.request_id.empty()) request.request_id = make_ulid();
    // Not the library's parameters: it cuts a value at its second '='.
    const auto question = in.target.find('?');
    if (question != std::string::npos)
      read_query(std::string_view(in.target).substr(question + 1), request.query);
    for (const char* name : kHeadersRead) {
      if (!in.has_header(name)) continue;
      std::string lower(name);
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      request.headers.emplace(std::move(lower), in.get_header_value(name));
    }
    return request;
  }

  void write(httplib::Response& out, Response response, const std::string& request_id) {
    if (response.stream) {
      // Counted before anything is sent: stop_serving waits for it.
      streams_.fetch_add(1);
      out.set_chunked_content_provider(
          response.content_type,
          [this, stream = response.stream](std::size_t, httplib::DataSink& sink) {
            return write_piece(*stream, sink);
          },
          [this](bool) { streams_.fetch_sub(1); });
      out.set_header("Cache-Control", "no-store");
    } else {
      out.set_content(std::move(response.body), response.content_type);
    }
    put_head(out, response, request_id);
  }

  bool write_piece(BodyStream& stream, httplib::DataSink& sink) const {
    if (stopping_) {
      const std::string last = stream.farewell();
      if (!last.empty()) sink.write(last.data(), last.size());
      sink.done();
      return true;
    }
    const BodyStream::Piece piece = stream.next();
    if (!piece.text.empty() && !sink.write(piece.text.data(), piece.text.size())) return false;
    if (piece.end) sink.done();
    return piece.end || sink.is_writable();
  }

  static void put_head(httplib::Response& out, const Response& response,
                       const std::string& request_id) {
    out.status = response.status;
    for (const auto& [name, value] : response.headers) out.set_header(name, value);
    out.set_header("X-Request-Id", request_id);
  }

  void write(const httplib::Request& in, httplib::Response& out, const Refusal& refusal) const {
    const Request request = request_of(in);
    Response response = refusal.to_response(request);
    out.set_content(std::move(response.body), response.content_type);
    put_head(out, response, request.request_id);
  }

  void dispatch(const httplib::Request& in, httplib::Response& out) {
    Request request = request_of(in);
    request.body = in.body;
    Response response = handle_(request);
    write(out, std::move(response), request.request_id);
  }

  // Gives the library's own refusals (bad request line, body too large) our form.
  HandlerResponse explain(const httplib::Request& in, httplib::Response& out) const {
    if (out.has_header("X-Request-Id")) return HandlerResponse::Unhandled;
    close_after_this(out);
    int status = out.status;
    if (current->head_was_too_large()) status = 431;
    if (status == 413) {
      write(in, out,
            Refusal(Problem::body_too_large,
                    "the body is larger than " + std::to_string(options_.limits.body) + " bytes"));
    } else if (status == 431) {
      write(
          in, out,
          Refusal(Problem::invalid_argument, "the request's head is larger than " +
                                                 std::to_string(options_.limits.head) + " bytes"));
    } else {
      write(in, out, Refusal(Problem::invalid_argument, "no readable HTTP request"));
    }
    if (status == 414 || status == 431) out.status = status;
    return HandlerResponse::Handled;
  }

  Listener listener_;
  const HttpServer::Options options_;
  const Door door_;
  const Handle handle_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> streams_{0};
  WorkerPool pool_;
  std::optional<ConnectionLoop> loop_;
};

HttpServer::HttpServer(Listener listener, Options options, Handle handle)
    : engine_(
          std::make_unique<Engine>(std::move(listener), std::move(options), std::move(handle))) {}

HttpServer::~HttpServer() = default;

void HttpServer::stop() {
  engine_->stop_serving();
}

const Listener& HttpServer::listener() const {
  return engine_->listener();
}

std::string HttpServer::url() const {
  std::string url = listener().url();
  if (engine_->is_tls()) url.replace(0, 4, "https");
  return url;
}

std::size_t HttpServer::threads() const {
  return engine_->threads();
}

}  // namespace goakt::admin
