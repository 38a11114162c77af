#include "goakt/admin/tls.h"

#include "goakt/admin/connection.h"
#include "goakt/config/settings.h"

#include <climits>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>

namespace goakt::admin {

namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;

using Problems = std::vector<std::pair<std::string, std::string>>;

void note(Problems& problems, const char* key, const std::string& file) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  problems.emplace_back(key, file + ": " + (reason ? reason : "cannot be used"));
}

// As far as the files are good; with what is wrong with each that is not.
ContextPtr load_into(const TlsContext::Files& files, Problems& problems) {
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) {
    note(problems, "admin.tls.cert", "OpenSSL");
    return context;
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  const bool certified =
      SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) == 1;
  if (!certified) note(problems, "admin.tls.cert", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      (certified && SSL_CTX_check_private_key(context.get()) != 1))
    note(problems, "admin.tls.key", files.key);
  const std::string& authority = files.client_authority;
  if (authority.empty()) return context;
  if (SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr) != 1) {
    note(problems, "admin.tls.client-ca", authority);
    return context;
  }
  SSL_CTX_set_client_CA_list(context.get(), SSL_load_client_CA_file(authority.c_str()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

int clamp(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

}  // namespace

TlsSession::~TlsSession() {
  SSL_free(ssl_);
}

bool TlsSession::wait(int result, Time until) {
  const int error = SSL_get_error(ssl_, result);
  ERR_clear_error();  // the next call looks at this thread's queue
  if (error == SSL_ERROR_WANT_READ) return wait_for(SSL_get_fd(ssl_), POLLIN, until);
  if (error == SSL_ERROR_WANT_WRITE) return wait_for(SSL_get_fd(ssl_), POLLOUT, until);
  return false;
}

// Under TLS 1.3 a client has sent its request before it hears that its certificate is refused.
// Closing with that unread would reset the connection and take the alert, which says why, with it.
void TlsSession::let_alert_arrive() {
  constexpr std::chrono::seconds kLinger{2};
  constexpr int kMostReads = 16;
  const int descriptor = SSL_get_fd(ssl_);
  ::shutdown(descriptor, SHUT_WR);
  const auto until = std::chrono::steady_clock::now() + kLinger;
  std::array<char, 4096> unread;
  for (int i = 0; i < kMostReads && wait_for(descriptor, POLLIN, until); ++i)
    if (::recv(descriptor, unread.data(), unread.size(), 0) <= 0) break;
}

bool TlsSession::handshake(Time until) {
  while (!done_) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_);
    if (result == 1) {
      done_ = true;
    } else if (!wait(result, until)) {
      let_alert_arrive();
      return false;
    }
  }
  return true;
}

bool TlsSession::has_pending() const {
  return SSL_pending(ssl_) > 0;
}

ssize_t TlsSession::read(char* out, std::size_t size, Time until) {
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(ssl_, out, clamp(size));
    if (got > 0) return got;
    if (SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN) return 0;
    if (!wait(got, until)) return -1;
  }
}

ssize_t TlsSession::write(const char* data, std::size_t size, Time until) {
  for (;;) {
    ERR_clear_error();
    const int sent = SSL_write(ssl_, data, clamp(size));
    if (sent > 0) return sent;
    if (!wait(sent, until)) return -1;
  }
}

void TlsSession::shut_down() {
  ERR_clear_error();
  if (done_) SSL_shutdown(ssl_);
  ERR_clear_error();
}

std::string TlsSession::peer_subject() const {
  X509* const certificate = SSL_get1_peer_certificate(ssl_);
  if (certificate == nullptr) return {};
  std::string subject;
  BIO* const out = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  if (size > 0) subject.assign(text, static_cast<std::size_t>(size));
  BIO_free(out);
  X509_free(certificate);
  return subject;
}

struct TlsContext::Impl {
  mutable std::mutex mutex;  // guards context
  std::shared_ptr<SSL_CTX> context;
};

TlsContext::Files TlsContext::Files::of(const config::Settings& settings) {
  return {settings.text("admin.tls.cert"), settings.text("admin.tls.key"),
          settings.text("admin.tls.client-ca")};
}

TlsContext::TlsContext() : impl_(std::make_unique<Impl>()) {}

TlsContext::~TlsContext() = default;

Result<TlsContext::Loaded> TlsContext::load(const Files& files) {
  Problems problems;
  Loaded context = load_into(files, problems);
  if (problems.empty()) return context;
  return fail(ErrorCode::invalid_tls_configuration,
              problems.front().first + ": " + problems.front().second);
}

std::vector<std::pair<std::string, std::string>> TlsContext::problems(const Files& files) {
  Problems problems;
  load_into(files, problems);
  return problems;
}

Result<std::unique_ptr<TlsContext>> TlsContext::open(const Files& files) {
  GOAKT_TRY(Loaded loaded, load(files));
  std::unique_ptr<TlsContext> context(new TlsContext);
  context->use(std::move(loaded));
  return context;
}

void TlsContext::use(Loaded loaded) {
  std::lock_guard lock(impl_->mutex);
  impl_->context = std::move(loaded);
}

std::unique_ptr<TlsSession> TlsContext::session(int descriptor) const {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  std::lock_guard lock(impl_->mutex);
  SSL* const ssl = SSL_new(impl_->context.get());  // holds the context from now on
  if (ssl == nullptr) return nullptr;
  SSL_set_fd(ssl, descriptor);
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsSession>(ssl);
}

}  // namespace goakt::admin
