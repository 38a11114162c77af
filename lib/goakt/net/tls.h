#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <memory>
#include <string>

namespace goakt::net {

namespace internal {
struct TlsState;
}

// Certificates and keys: paths of PEM files, or the PEM text itself ("-----BEGIN ...").
struct TlsOptions {
  std::string certificate = {};  // the chain; a client may have none
  std::string key = {};
  // Whom to trust. A client without them trusts the machine's store; a server without them does not
  // ask for certificates.
  std::string authorities = {};
  // Server with authorities: false lets clients without a certificate in.
  bool require_client_certificate = true;
  // Client: what the server's certificate must be issued to (also sent as SNI unless an IP). Empty:
  // any name that the authorities vouch for, as nodes dial each other by IP.
  std::string server_name = {};
  // Client: false accepts any certificate. For tests.
  bool verify = true;
};

// What TLS connections of one side are made from. TLS 1.2 and later.
//
// Shared by listeners, connections and whoever reloads it; any thread. Sessions are kept for
// resumption (a client: the latest of each of 32 peers).
class GOAKT_API TlsContext {
 public:
  // Error: invalid_tls_configuration, with what could not be used.
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> server(TlsOptions options);
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> client(TlsOptions options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Reads the files again. Connections that are made from now on use what they hold; after an error
  // everything stays as it was.
  [[nodiscard]] Status reload();

  // For this folder's own classes.
  std::shared_ptr<internal::TlsState> state() const;
  const TlsOptions& options() const noexcept;
  bool is_server() const noexcept;

 private:
  struct Impl;

  explicit TlsContext(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace goakt::net
