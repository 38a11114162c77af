#pragma once

#include "goakt/admin/http.h"
#include "goakt/admin/listener.h"

#include <chrono>
#include <functional>
#include <memory>

namespace goakt::admin {

// Serves one listener. cpp-httplib reads and writes the requests; connections are handled here,
// because its own way holds a thread for each idle keep-alive client and keeps eight of them.
//
// One thread waits for new connections and for parked ones to speak; a worker is held only while a
// request runs. The handler is called from many workers at once and must outlive the server.
class HttpServer {
 public:
  struct Limits {
    std::size_t connections = 1024;
    std::size_t threads = 64;
    std::size_t body = 16 << 20;
    std::chrono::seconds idle{75};     // a parked connection is closed after this
    std::chrono::seconds request{30};  // to send a whole request
  };

  using Handle = std::function<Response(Request&)>;

  // `role`: what everybody who can connect may do.
  HttpServer(Listener listener, Role role, Handle handle, Limits limits);
  ~HttpServer();

  // Ends waiting connections, lets running requests finish, closes the listener. Once.
  void stop();

  const Listener& listener() const;
  // Workers that exist now; for tests.
  std::size_t threads() const;

 private:
  class Engine;

  std::unique_ptr<Engine> engine_;
};

}  // namespace goakt::admin
