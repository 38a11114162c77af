#include "goakt/net/internal/transport.h"

#include "goakt/net/internal/tls_state.h"
#include "goakt/net/tls.h"

#include <climits>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace goakt::net::internal {

namespace {

IoResult failed(std::string why) {
  return {.state = IoState::failed, .error = Error(ErrorCode::connection_lost, std::move(why))};
}

IoResult from_errno(int error, IoState wanted) {
  if (error == EAGAIN || error == EWOULDBLOCK) return {.state = wanted};
  return failed(std::strerror(error));
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int descriptor) : descriptor_(descriptor) {}

  IoResult handshake() override { return {}; }

  IoResult read(char* out, std::size_t size) override {
    for (;;) {
      const ssize_t got = ::recv(descriptor_, out, size, 0);
      if (got > 0) return {.bytes = static_cast<std::size_t>(got)};
      if (got == 0) return {.state = IoState::end};
      if (errno != EINTR) return from_errno(errno, IoState::want_read);
    }
  }

  IoResult write(std::span<const iovec> pieces) override {
    msghdr message = {};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    for (;;) {
      const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
      if (sent >= 0) return {.bytes = static_cast<std::size_t>(sent)};
      if (errno != EINTR) return from_errno(errno, IoState::want_write);
    }
  }

  void end_writing() override { ::shutdown(descriptor_, SHUT_WR); }

  std::string peer_subject() const override { return {}; }

 private:
  int descriptor_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(std::shared_ptr<TlsState> state, TlsPtr<SSL> ssl, std::string peer, int descriptor)
      : state_(std::move(state)),
        ssl_(std::move(ssl)),
        peer_(std::move(peer)),
        descriptor_(descriptor) {
    if (!peer_.empty()) SSL_set_app_data(ssl_.get(), &peer_);
  }

  IoResult handshake() override {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) return outcome(result, "TLS handshake");
    is_established_ = true;
    return {};
  }

  IoResult read(char* out, std::size_t size) override {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), out, limited(size));
    if (got > 0) return {.bytes = static_cast<std::size_t>(got)};
    return outcome(got, "TLS");
  }

  IoResult write(std::span<const iovec> pieces) override {
    ERR_clear_error();
    const auto [data, size] = gather(pieces);
    const int sent = SSL_write(ssl_.get(), data, limited(size));
    if (sent > 0) return {.bytes = static_cast<std::size_t>(sent)};
    return outcome(sent, "TLS");
  }

  void end_writing() override {
    ERR_clear_error();
    if (is_established_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
    ::shutdown(descriptor_, SHUT_WR);
  }

  std::string peer_subject() const override {
    const TlsPtr<X509> certificate(SSL_get1_peer_certificate(ssl_.get()));
    if (!certificate) return {};
    const TlsPtr<BIO> out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate.get()), 0,
                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(std::max(size, 0L))};
  }

 private:
  static int limited(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
  }

  // Small pieces become one record: each costs a header, a tag and a system call.
  static std::pair<const char*, std::size_t> gather(std::span<const iovec> pieces) {
    thread_local std::array<char, 16 * 1024> record;  // TLS's largest; used within one call
    const auto* const first = static_cast<const char*>(pieces[0].iov_base);
    if (pieces.size() == 1 || pieces[0].iov_len >= record.size()) return {first, pieces[0].iov_len};
    std::size_t size = 0;
    for (const iovec& piece : pieces) {
      const std::size_t taken = std::min(piece.iov_len, record.size() - size);
      std::memcpy(record.data() + size, piece.iov_base, taken);
      size += taken;
    }
    return {record.data(), size};
  }

  IoResult outcome(int result, std::string_view what) {
    const int saved = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {.state = IoState::want_read};
      case SSL_ERROR_WANT_WRITE:
        return {.state = IoState::want_write};
      case SSL_ERROR_ZERO_RETURN:
        return {.state = IoState::end};
      case SSL_ERROR_SYSCALL:
        is_established_ = false;
        return saved == 0 ? IoResult{.state = IoState::end}
                          : failed(std::string(what) + ": " + std::strerror(saved));
      default:
        break;
    }
    // A peer that goes without saying so: where it stood, the reader of the stream knows.
    if (is_established_ &&
        ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      ERR_clear_error();
      is_established_ = false;
      return {.state = IoState::end};
    }
    is_established_ = false;
    std::string why = take_tls_error();
    if (const long verdict = SSL_get_verify_result(ssl_.get()); verdict != X509_V_OK)
      why += std::string(": ") + X509_verify_cert_error_string(verdict);
    return failed(std::string(what) + ": " + why);
  }

  std::shared_ptr<TlsState> state_;  // outlives the connection's last session callback
  TlsPtr<SSL> ssl_;
  const std::string peer_;  // a client's: under this name its sessions are kept
  int descriptor_;
  bool is_established_ = false;
};

bool set_expected_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1) return true;
  ERR_clear_error();
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

}  // namespace

std::unique_ptr<Transport> plain_transport(int descriptor) {
  return std::make_unique<PlainTransport>(descriptor);
}

std::unique_ptr<Transport> tls_transport(int descriptor, const TlsContext& context,
                                         const Endpoint& peer) {
  auto state = context.state();
  TlsPtr<SSL> ssl(SSL_new(state->context.get()));
  if (!ssl || SSL_set_fd(ssl.get(), descriptor) != 1) return nullptr;
  if (context.is_server()) {
    SSL_set_accept_state(ssl.get());
    return std::make_unique<TlsTransport>(std::move(state), std::move(ssl), "", descriptor);
  }
  SSL_set_connect_state(ssl.get());
  const TlsOptions& options = context.options();
  if (!options.server_name.empty() && !set_expected_name(ssl.get(), options.server_name))
    return nullptr;
  std::string name = peer.to_string();
  state->resume(ssl.get(), name);
  return std::make_unique<TlsTransport>(std::move(state), std::move(ssl), std::move(name),
                                        descriptor);
}

}  // namespace goakt::net::internal
