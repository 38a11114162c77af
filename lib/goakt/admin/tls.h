#pragma once

#include "goakt/base/result.h"

#include <chrono>
#include <memory>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace goakt::config {
class Settings;
}

namespace goakt::admin {

// One TLS connection over a non-blocking descriptor that somebody else closes. One thread.
class TlsSession {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit TlsSession(ssl_st* ssl) : ssl_(ssl) {}

  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // True when it is done, now or before.
  bool handshake(Time until);
  bool has_pending() const;
  // Like recv: 0 when the peer has closed, negative for a failure or when `until` has come.
  ssize_t read(char* out, std::size_t size, Time until);
  ssize_t write(const char* data, std::size_t size, Time until);
  void shut_down();
  // RFC 2253 without escapes of UTF-8, "CN=alice,O=ops"; empty without a certificate.
  std::string peer_subject() const;

 private:
  // Waits for what OpenSSL wants after `result`; false: give up.
  bool wait(int result, Time until);
  void let_alert_arrive();

  ssl_st* ssl_;
  bool done_ = false;
};

// The server's side of TLS: TLS 1.2 and later, a certificate, and if wished the authority that
// clients' certificates must come from (a client without one is let in, as nobody in particular).
//
// Thread-safe. After use() connections that exist keep what they had.
class TlsContext {
 public:
  struct Files {
    std::string certificate;  // PEM, the chain
    std::string key;
    std::string client_authority;  // empty: clients are not asked

    static Files of(const config::Settings& settings);
  };

  // What the files hold.
  using Loaded = std::shared_ptr<ssl_ctx_st>;

  // Error: invalid_tls_configuration, with the file.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> open(const Files& files);
  ~TlsContext();

  // The same error.
  [[nodiscard]] static Result<Loaded> load(const Files& files);
  // The settings whose files cannot be used, each with why.
  static std::vector<std::pair<std::string, std::string>> problems(const Files& files);
  // For new connections from now on.
  void use(Loaded loaded);
  // For a new connection; makes its descriptor non-blocking.
  std::unique_ptr<TlsSession> session(int descriptor) const;

 private:
  struct Impl;

  TlsContext();

  std::unique_ptr<Impl> impl_;
};

}  // namespace goakt::admin
