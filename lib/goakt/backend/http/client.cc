#include "goakt/backend/http/client.h"

#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <condition_variable>
#include <mutex>
#include <netdb.h>
#include <thread>

namespace goakt::http {

namespace {

// The numeric address of a host, so that a name of another certificate can be asked for there.
std::string numeric(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return host;
  char text[NI_MAXHOST] = {};
  ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  ::freeaddrinfo(found);
  return text;
}

std::unique_ptr<httplib::ClientImpl> make_client(const Address& address, const Tls& tls) {
  if (address.is_unix()) return std::make_unique<httplib::ClientImpl>(address.unix_path, 80);
  if (!address.tls) return std::make_unique<httplib::ClientImpl>(address.host, address.port);
  const std::string& name = tls.server_name.empty() ? address.host : tls.server_name;
  auto client =
      std::make_unique<httplib::SSLClient>(name, address.port, tls.cert_file, tls.key_file);
  if (name != address.host) client->set_hostname_addr_map({{name, numeric(address.host)}});
  if (!tls.ca_file.empty()) client->set_ca_cert_path(tls.ca_file);
  client->enable_server_certificate_verification(tls.verify);
  return client;
}

}  // namespace

struct Client::Connection {
  Connection(const Address& address, const Tls& tls) : client(make_client(address, tls)) {}

  std::unique_ptr<httplib::ClientImpl> client;
};

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

// Ends a request whose answer has not begun in time. The library has one time for all reads, and a
// stream may well be silent for longer than anybody waits for its beginning.
class HeadGuard {
 public:
  HeadGuard(httplib::ClientImpl& client, std::chrono::milliseconds time) {
    if (time.count() == 0) return;
    watcher_ = std::thread([this, &client, time] {
      std::unique_lock lock(mutex_);
      late_ = !changed_.wait_for(lock, time, [this] { return settled_; });
      if (late_) client.stop();
    });
  }

  // The answer has begun, or there will be none. Whether that was too late.
  bool settle() {
    std::lock_guard lock(mutex_);
    settled_ = true;
    changed_.notify_one();
    return late_;
  }

  ~HeadGuard() {
    settle();
    if (watcher_.joinable()) watcher_.join();
  }

 private:
  std::mutex mutex_;  // guards the two below
  bool settled_ = false;
  bool late_ = false;
  std::condition_variable changed_;
  std::thread watcher_;
};

constexpr std::size_t kMaxErrorBody = 1024 * 1024;

std::string host_header(const Address& address) {
  if (address.is_unix()) return "localhost";
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

tl::unexpected<Error> lost(const Address& address, std::string_view why) {
  return fail(ErrorCode::unreachable, address.to_string().append(": ").append(why));
}

bool refuses_certificate(int reason) {
  switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
      return true;
    default:
      return false;
  }
}

// With TLS 1.3 a server refuses a client's certificate after the handshake: the next read fails
// with its alert. The library's closing may have added errors of its own since.
bool certificate_was_refused() {
  while (const unsigned long error = ::ERR_get_error())
    if (refuses_certificate(ERR_GET_REASON(error))) return true;
  return false;
}

tl::unexpected<Error> failure(const Address& address, httplib::Error error, bool timed_out) {
  if (address.tls && certificate_was_refused()) {
    return unexpected(Error(ErrorCode::permission_denied,
                            address.to_string() + ": the server refuses our certificate")
                          .with_hint("--cert and --key of a client that it knows"));
  }
  switch (error) {
    case httplib::Error::Connection:
      return lost(address, "nobody answers there");
    case httplib::Error::ConnectionTimeout:
      return lost(address, "no connection in time");
    case httplib::Error::SSLConnection:
      return lost(address, "the TLS handshake failed");
    case httplib::Error::SSLLoadingCerts:
      return unexpected(Error(ErrorCode::invalid_argument, "cannot read the authorities' file"));
    case httplib::Error::SSLServerVerification:
      return unexpected(
          Error(ErrorCode::unreachable, address.to_string() + ": its certificate is not trusted")
              .with_hint("--cacert FILE of its authority, --server-name NAME of its certificate"));
    default:
      break;
  }
  if (timed_out)
    return fail(ErrorCode::request_timeout, address.to_string() + ": no answer in time");
  return fail(ErrorCode::connection_lost,
              address.to_string() + ": the connection broke (" + httplib::to_string(error) + ")");
}

}  // namespace

std::string_view Response::header(std::string_view name) const {
  for (const Header& header : headers)
    if (same_name(header.name, name)) return header.value;
  return {};
}

Client::Client(Address address, Timeouts timeouts, const Tls& tls)
    : address_(std::move(address)),
      timeouts_(timeouts),
      connection_(std::make_unique<Connection>(address_, tls)) {
  httplib::ClientImpl& client = *connection_->client;
  if (address_.is_unix()) client.set_address_family(AF_UNIX);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(!address_.is_unix());  // headers and body are two writes: 40 ms otherwise
  client.set_url_encode(false);                 // targets come encoded
  client.set_connection_timeout(timeouts_.connect);
  client.set_read_timeout(timeouts_.request);
  client.set_write_timeout(timeouts_.request);
}

Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Response> Client::send(const Request& request) {
  return run(request, nullptr);
}

Result<Response> Client::stream(const Request& request, const Receiver& receive) {
  return run(request, &receive);
}

Result<Response> Client::run(const Request& request, const Receiver* receive) {
  if (!connection_->client->is_valid())
    return fail(ErrorCode::invalid_argument,
                "our certificate and key cannot be read, or do not belong together");
  httplib::Request out;
  out.method = request.method;
  out.path = request.target;
  out.body = request.body;
  for (const Header& header : request.headers) out.headers.emplace(header.name, header.value);
  out.headers.emplace("Host", host_header(address_));
  if (!request.content_type.empty()) out.headers.emplace("Content-Type", request.content_type);

  Response response;
  bool ended_by_us = false;
  HeadGuard guard(*connection_->client,
                  receive ? 2 * timeouts_.connect : std::chrono::milliseconds(0));
  const auto take_head = [&](const httplib::Response& head) {
    guard.settle();
    response.status = head.status;
    for (const auto& [name, value] : head.headers) response.headers.push_back({name, value});
    return true;
  };
  if (receive) {
    out.response_handler = take_head;
    out.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      if (response.status >= 400) {
        response.body.append(data, size);
        return response.body.size() < kMaxErrorBody;
      }
      ended_by_us = !(*receive)({data, size});
      return !ended_by_us;
    };
  }
  ::ERR_clear_error();
  const auto begin = std::chrono::steady_clock::now();
  auto answer = connection_->client->send(out);
  if (answer) {
    if (!receive) {
      take_head(*answer);
      response.body = std::move(answer->body);
    }
    return response;
  }
  if (receive && (ended_by_us || response.status >= 400)) return response;
  const auto took = std::chrono::steady_clock::now() - begin;
  // The library does not say whether a read failed or took too long.
  const bool nothing_came = !receive || response.status == 0;
  const bool too_late = guard.settle() || (nothing_came && took >= timeouts_.request);
  return failure(address_, answer.error(), too_late);
}

std::string encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-_.~").find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace goakt::http
