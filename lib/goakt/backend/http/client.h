#pragma once

#include "goakt/backend/http/address.h"
#include "goakt/base/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::http {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  std::string method = "GET";
  std::string target;  // path and query, already encoded
  std::vector<Header> headers;
  std::string body;
  std::string content_type;
};

struct Response {
  int status = 0;
  std::vector<Header> headers;
  std::string body;

  // The first value of that name, compared without case; empty when absent.
  std::string_view header(std::string_view name) const;
};

// Files and names for https; empty: the system's authorities, no certificate of our own, the name
// in the address.
struct Tls {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  bool verify = true;
};

// One kept-alive connection to one server, used by everyone who talks HTTP to somebody.
//
// Not for use by two threads at once: one client is one request at a time. Fails with `unreachable`
// when nobody answers there, `connection_lost` when it breaks (the server may have acted or not),
// `request_timeout` when the time is over (likewise), `permission_denied` when the server refuses
// our certificate, `invalid_argument` when a file of `Tls` cannot be read.
// The program must ignore SIGPIPE.
class Client {
 public:
  struct Timeouts {
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds request{10'000};  // of a stream: between two pieces
  };

  // Takes a piece of a body; false ends the request.
  using Receiver = std::function<bool(std::string_view)>;

  Client(Address address, Timeouts timeouts, const Tls& tls = {});
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  [[nodiscard]] Result<Response> send(const Request& request);
  // The body of a success goes to `receive` as it comes; that of an error is in the response. When
  // the receiver ends it, that is a success too.
  [[nodiscard]] Result<Response> stream(const Request& request, const Receiver& receive);

  const Address& address() const { return address_; }

 private:
  struct Connection;

  [[nodiscard]] Result<Response> run(const Request& request, const Receiver* receive);

  Address address_;
  Timeouts timeouts_;
  std::unique_ptr<Connection> connection_;
};

// Percent-encodes one path segment or query value.
std::string encode(std::string_view text);

}  // namespace goakt::http
