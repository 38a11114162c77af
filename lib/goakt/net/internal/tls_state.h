#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace goakt::net::internal {

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

  void operator()(SSL* ssl) const { SSL_free(ssl); }

  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }

  void operator()(X509* certificate) const { X509_free(certificate); }

  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

  void operator()(BIO* bio) const { BIO_free(bio); }
};

template <class T>
using TlsPtr = std::unique_ptr<T, FreeTls>;

// One loading of a TlsContext; connections keep the one that they began with.
struct TlsState {
  TlsPtr<SSL_CTX> context;

  std::mutex sessions_mutex;  // guards sessions
  std::map<std::string, TlsPtr<SSL_SESSION>> sessions;

  void remember(const std::string& peer, TlsPtr<SSL_SESSION> session);
  // Sets the session that was kept for this peer, if there is one.
  void resume(SSL* ssl, const std::string& peer);
};

// Takes OpenSSL's queue of this thread: "unable to get local issuer certificate", ...
std::string take_tls_error();

}  // namespace goakt::net::internal
