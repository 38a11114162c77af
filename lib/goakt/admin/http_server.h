#pragma once

#include "goakt/admin/http.h"
#include "goakt/admin/listener.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace goakt::admin {

class TlsContext;

// Serves one listener. cpp-httplib reads and writes the requests; connections are handled by
// ConnectionLoop, because the library's own way holds a thread for each idle keep-alive client and
// keeps eight of them.
//
// A worker is held only while a request runs or a stream is open. The handler is called from many
// workers at once and must outlive the server.
class HttpServer {
 public:
  struct Limits {
    std::size_t connections = 1024;
    std::size_t threads = 64;
    std::size_t head = 8 << 10;
    std::size_t body = 16 << 20;
    std::chrono::seconds idle{75};     // a parked connection is closed after this
    std::chrono::seconds request{30};  // to send a whole request
  };

  struct Options {
    Role role = Role::none;  // what everybody who can connect may do
    Limits limits = {};
    std::vector<std::string> names;  // taken in Host beside literal addresses
    const TlsContext* tls = nullptr;
  };

  using Handle = std::function<Response(Request&)>;

  HttpServer(Listener listener, Options options, Handle handle);
  ~HttpServer();

  // Ends streams and waiting connections, lets running requests finish, closes the listener. Once.
  void stop();

  const Listener& listener() const;
  // "https://..." under TLS.
  std::string url() const;
  // Workers that exist now; for tests.
  std::size_t threads() const;

 private:
  class Engine;

  std::unique_ptr<Engine> engine_;
};

}  // namespace goakt::admin
