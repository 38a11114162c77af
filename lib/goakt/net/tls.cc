#include "goakt/net/tls.h"

#include "goakt/net/internal/tls_state.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace goakt::net {

namespace internal {

namespace {

constexpr std::size_t kKeptSessions = 32;  // as many as GoAkt's client keeps

}  // namespace

void TlsState::remember(const std::string& peer, TlsPtr<SSL_SESSION> session) {
  std::lock_guard lock(sessions_mutex);
  if (sessions.size() >= kKeptSessions && !sessions.contains(peer))
    sessions.erase(sessions.begin());
  sessions[peer] = std::move(session);
}

void TlsState::resume(SSL* ssl, const std::string& peer) {
  std::lock_guard lock(sessions_mutex);
  const auto kept = sessions.find(peer);
  if (kept != sessions.end()) SSL_set_session(ssl, kept->second.get());
}

std::string take_tls_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return reason != nullptr ? reason : "cannot be used";
}

}  // namespace internal

namespace {

using internal::TlsPtr;
using internal::TlsState;

tl::unexpected<Error> refuse(std::string_view what, const std::string& source,
                             const std::string& why) {
  const bool is_text = source.starts_with("-----BEGIN");
  return fail(ErrorCode::invalid_tls_configuration,
              std::string(what) + (is_text ? "" : " " + source) + ": " + why);
}

Result<TlsPtr<BIO>> open_pem(std::string_view what, const std::string& source) {
  std::string text = source;
  if (!source.starts_with("-----BEGIN")) {
    std::ifstream file(source, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (!file.is_open() || file.bad()) return refuse(what, source, std::strerror(errno));
  }
  TlsPtr<BIO> bio(BIO_new(BIO_s_mem()));
  BIO_write(bio.get(), text.data(), static_cast<int>(text.size()));
  return bio;
}

Status use_certificate(SSL_CTX* context, const TlsOptions& options) {
  GOAKT_TRY(TlsPtr<BIO> chain, open_pem("certificate", options.certificate));
  bool is_first = true;
  while (X509* const read = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)) {
    const TlsPtr<X509> certificate(read);
    const bool taken = is_first ? SSL_CTX_use_certificate(context, read) == 1
                                : SSL_CTX_add1_chain_cert(context, read) == 1;
    if (!taken) return refuse("certificate", options.certificate, internal::take_tls_error());
    is_first = false;
  }
  if (is_first) return refuse("certificate", options.certificate, "no certificate in it");
  ERR_clear_error();  // the end of the text is an error to OpenSSL

  GOAKT_TRY(TlsPtr<BIO> text, open_pem("key", options.key));
  const TlsPtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    return refuse("key", options.key, internal::take_tls_error());
  return {};
}

Status use_authorities(SSL_CTX* context, const TlsOptions& options, bool is_server) {
  GOAKT_TRY(TlsPtr<BIO> text, open_pem("authorities", options.authorities));
  std::size_t count = 0;
  while (X509* const read = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)) {
    const TlsPtr<X509> certificate(read);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), read);
    if (is_server) SSL_CTX_add_client_CA(context, read);
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return refuse("authorities", options.authorities, "no certificate in it");
  return {};
}

// Where a connection says whose session it makes: the TlsState and the peer's name.
int new_session(SSL* ssl, SSL_SESSION* session) {
  auto* const state = static_cast<TlsState*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const auto* const peer = static_cast<const std::string*>(SSL_get_app_data(ssl));
  if (peer == nullptr) return 0;
  state->remember(*peer, TlsPtr<SSL_SESSION>(session));
  return 1;  // it is ours now
}

Status prepare_server(SSL_CTX* context, const TlsOptions& options) {
  if (options.certificate.empty())
    return fail(ErrorCode::invalid_tls_configuration, "a TLS server needs a certificate");
  static constexpr unsigned char kContext[] = "goakt";
  SSL_CTX_set_session_id_context(context, kContext, sizeof kContext - 1);
  if (options.authorities.empty()) return {};
  GOAKT_CHECK(use_authorities(context, options, true));
  SSL_CTX_set_verify(
      context,
      SSL_VERIFY_PEER | (options.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
      nullptr);
  return {};
}

Status prepare_client(SSL_CTX* context, const TlsOptions& options) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, new_session);
  SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!options.authorities.empty()) return use_authorities(context, options, false);
  if (SSL_CTX_set_default_verify_paths(context) != 1)
    return fail(ErrorCode::invalid_tls_configuration, internal::take_tls_error());
  return {};
}

Result<std::shared_ptr<TlsState>> load(const TlsOptions& options, bool is_server) {
  ERR_clear_error();
  auto state = std::make_shared<TlsState>();
  state->context.reset(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()));
  SSL_CTX* const context = state->context.get();
  if (context == nullptr)
    return fail(ErrorCode::invalid_tls_configuration, internal::take_tls_error());
  SSL_CTX_set_app_data(context, state.get());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);  // a record in one read, not in two
  if (!options.certificate.empty()) GOAKT_CHECK(use_certificate(context, options));
  GOAKT_CHECK(is_server ? prepare_server(context, options) : prepare_client(context, options));
  return state;
}

}  // namespace

struct TlsContext::Impl {
  TlsOptions options;
  bool is_server = false;
  mutable std::mutex mutex;  // guards state
  std::shared_ptr<TlsState> state;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::server(TlsOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->is_server = true;
  std::shared_ptr<TlsContext> context(new TlsContext(std::move(impl)));
  GOAKT_CHECK(context->reload());
  return context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::client(TlsOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  std::shared_ptr<TlsContext> context(new TlsContext(std::move(impl)));
  GOAKT_CHECK(context->reload());
  return context;
}

Status TlsContext::reload() {
  GOAKT_TRY(std::shared_ptr<TlsState> fresh, load(impl_->options, impl_->is_server));
  std::lock_guard lock(impl_->mutex);
  impl_->state = std::move(fresh);
  return {};
}

std::shared_ptr<TlsState> TlsContext::state() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

const TlsOptions& TlsContext::options() const noexcept {
  return impl_->options;
}

bool TlsContext::is_server() const noexcept {
  return impl_->is_server;
}

}  // namespace goakt::net
