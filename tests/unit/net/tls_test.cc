#include "goakt/net/tls.h"

#include "tests/unit/net/support.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>

using namespace goakt;
using namespace goakt::net;

namespace {

// A key and a certificate for it, signed by itself or by another.
class Identity {
 public:
  explicit Identity(const char* name, const Identity* issuer = nullptr,
                    const char* alternatives = nullptr)
      : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), issuer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate_), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    const Identity& signer = issuer == nullptr ? *this : *issuer;
    X509_set_issuer_name(certificate_, X509_get_subject_name(signer.certificate_));
    if (issuer == nullptr) extend(NID_basic_constraints, "critical,CA:TRUE");
    if (alternatives != nullptr) extend(NID_subject_alt_name, alternatives);
    X509_sign(certificate_, signer.key_, EVP_sha256());
  }

  ~Identity() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }

  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  std::string certificate() const {
    BIO* const out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, certificate_);
    return text_of(out);
  }

  std::string key() const {
    BIO* const out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, key_, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(out);
  }

 private:
  void extend(int what, const char* value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
    X509_add_ext(certificate_, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static std::string text_of(BIO* out) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(out);
    return text;
  }

  EVP_PKEY* key_;
  X509* certificate_;
};

const Identity& authority() {
  static const Identity identity("test authority");
  return identity;
}

const Identity& node() {
  static const Identity identity("node-1", &authority(), "DNS:node-1.test,IP:127.0.0.1");
  return identity;
}

const Identity& client() {
  static const Identity identity("client-1", &authority());
  return identity;
}

const Identity& stranger() {
  static const Identity identity("stranger");
  return identity;
}

std::shared_ptr<TlsContext> server_tls(bool asks_clients = false) {
  TlsOptions options = {.certificate = node().certificate(), .key = node().key()};
  if (asks_clients) options.authorities = authority().certificate();
  return must(TlsContext::server(options));
}

ConnectOptions as_client(TlsOptions tls, Compression compression = Compression::none) {
  if (tls.authorities.empty()) tls.authorities = authority().certificate();
  return {.tls = must(TlsContext::client(std::move(tls))),
          .connection = {.compression = compression}};
}

ListenOptions as_server(std::shared_ptr<TlsContext> tls,
                        Compression compression = Compression::none) {
  ListenOptions options;
  options.tls = std::move(tls);
  options.connection.compression = compression;
  return options;
}

// Its message, or "" when it works.
std::string failure_of(const Loop& loop, const Endpoint& to, const ConnectOptions& options) {
  const auto end = dial(loop, to, options);
  return end ? "" : end.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("bytes go through TLS there and back, whatever the compression") {
  for (const auto kind :
       {Compression::none, Compression::gzip, Compression::zstd, Compression::brotli}) {
    CAPTURE(to_string(kind));
    Server server(echo, as_server(server_tls(), kind));
    Loop loop;
    const auto end =
        must(dial(loop, server.endpoint(), as_client({.server_name = "node-1.test"}, kind)));
    std::string sent;
    for (unsigned i = 0; i < 40; ++i) {
      const std::string piece = noise(i * i * 300 + 1, i);
      sent += piece;
      end->run([&](Connection& c) {
        CHECK(c.send(piece.substr(0, piece.size() / 2)));
        CHECK(c.send(Bytes::own(piece.substr(piece.size() / 2))));
        return 0;
      });
    }
    CHECK(end->wait_for_bytes(sent.size()) == sent);
    CHECK(end->run([](Connection& c) { return c.peer_subject(); }) == "CN=node-1");
    end->run([](Connection& c) { return c.close(), 0; });
    CHECK(end->wait_for_close().is_clean);
    CHECK(server.wait_for_end()->wait_for_close().is_clean);
  }
}

TEST_CASE("the server's name is verified when one is expected, also an address") {
  Server server(echo, as_server(server_tls()));
  Loop loop;
  CHECK(failure_of(loop, server.endpoint(), as_client({.server_name = "node-1.test"})).empty());
  CHECK(failure_of(loop, server.endpoint(), as_client({.server_name = "127.0.0.1"})).empty());
  CHECK(failure_of(loop, server.endpoint(), as_client({})).empty());
  const std::string other =
      failure_of(loop, server.endpoint(), as_client({.server_name = "node-2.test"}));
  CHECK(contains(other, "certificate verify failed"));
  CHECK(contains(other, "hostname mismatch"));
  CHECK(contains(server.wait_for_failure(), "TLS handshake"));
  CHECK(contains(failure_of(loop, server.endpoint(), as_client({.server_name = "127.0.0.2"})),
                 "IP address mismatch"));
}

TEST_CASE("a server of strangers is refused unless verification is off") {
  Server server(echo, as_server(must(TlsContext::server(
                          {.certificate = stranger().certificate(), .key = stranger().key()}))));
  Loop loop;
  CHECK(contains(failure_of(loop, server.endpoint(), as_client({})), "certificate verify failed"));
  CHECK(failure_of(loop, server.endpoint(), as_client({.verify = false})).empty());
}

TEST_CASE("mutual TLS lets in whom the authority knows, and nobody else") {
  Server server(echo, as_server(server_tls(true)));
  Loop loop;
  const auto known =
      must(dial(loop, server.endpoint(),
                as_client({.certificate = client().certificate(), .key = client().key()})));
  CHECK(known->send("hello"));
  CHECK(known->wait_for_bytes(5) == "hello");
  CHECK(server.wait_for_end()->run([](Connection& c) { return c.peer_subject(); }) ==
        "CN=client-1");
  // With TLS 1.3 the client hears of the refusal when it reads.
  for (const TlsOptions& tls : {TlsOptions{}, TlsOptions{.certificate = stranger().certificate(),
                                              .key = stranger().key()}}) {
    const auto refused = dial(loop, server.endpoint(), as_client(tls));
    if (!refused) continue;
    CHECK(!(*refused)->wait_for_close().is_clean);
  }
  CHECK(server.accepted() == 1);
}

TEST_CASE("a server may ask for certificates without insisting") {
  TlsOptions options = {.certificate = node().certificate(),
                        .key = node().key(),
                        .authorities = authority().certificate(),
                        .require_client_certificate = false};
  Server server(echo, as_server(must(TlsContext::server(options))));
  Loop loop;
  const auto end = must(dial(loop, server.endpoint(), as_client({})));
  CHECK(end->send("x"));
  CHECK(end->wait_for_bytes(1) == "x");
  CHECK(server.wait_for_end()->run([](Connection& c) { return c.peer_subject(); }).empty());
}

TEST_CASE("who speaks no TLS is turned away on either side") {
  Server tls(echo, as_server(server_tls()));
  RawSocket plain(tls.endpoint());
  plain.write(std::string(100, '\0'));
  CHECK(contains(tls.wait_for_failure(), "TLS handshake"));
  Server clear(echo);
  Loop loop;
  CHECK(contains(failure_of(loop, clear.endpoint(), as_client({})), "TLS handshake"));
}

TEST_CASE("a handshake that never ends is given up") {
  ListenOptions options = as_server(server_tls());
  options.connection.handshake_timeout = std::chrono::milliseconds(50);
  Server server(echo, options);
  const RawSocket silent(server.endpoint());
  CHECK(contains(server.wait_for_failure(), "timed out"));
  CHECK(silent.read(1).empty());
}

TEST_CASE("a peer that drops TLS between messages is an end, a cut record an error") {
  Server server([](End&, std::string_view) { return std::size_t{0}; }, as_server(server_tls()));
  Loop loop;
  const auto end = must(dial(loop, server.endpoint(), as_client({})));
  CHECK(end->send("half a message"));
  const auto far = server.wait_for_end();
  while (far->run([](Connection& c) { return c.bytes_read(); }) < 14) {
  }
  end->run([](Connection& c) { return c.abort(), 0; });
  CHECK(far->wait_for_close().code == ErrorCode::connection_lost);
}

TEST_CASE("sessions are resumed without certificates being asked for again") {
  Server server(echo, as_server(server_tls()));
  Loop loop;
  const ConnectOptions options = as_client({});
  std::uint64_t first_size = 0;
  for (int i = 0; i < 2; ++i) {
    const auto end = must(dial(loop, server.endpoint(), options));
    CHECK(end->send("x"));
    CHECK(end->wait_for_bytes(1) == "x");  // behind it the ticket has come
    CHECK(server.wait_for_end(static_cast<std::size_t>(i)));
    end->run([](Connection& c) { return c.close(), 0; });
    end->wait_for_close();
    if (i == 0) first_size = end->run([](Connection& c) { return c.bytes_read(); });
  }
  CHECK(first_size > 0);
}

TEST_CASE("a reload is for new connections; a broken one keeps the old and says why") {
  std::string pattern = (std::filesystem::temp_directory_path() / "goakt-net-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  };
  const auto tls = must(TlsContext::server({.certificate = write("node.pem", node().certificate()),
                                            .key = write("node.key", node().key())}));
  Server server(echo, as_server(tls));
  Loop loop;
  const auto subject = [&](const std::shared_ptr<End>& end) {
    return end->run([](Connection& c) { return c.peer_subject(); });
  };
  const ConnectOptions options = as_client({.verify = false});
  const auto before = must(dial(loop, server.endpoint(), options));
  CHECK(subject(before) == "CN=node-1");

  write("node.key", "no key");
  const Status broken = tls->reload();
  REQUIRE(!broken);
  CHECK(broken.error().code() == ErrorCode::invalid_tls_configuration);
  CHECK(contains(broken.error().message(), "node.key"));
  CHECK(subject(must(dial(loop, server.endpoint(), as_client({.verify = false})))) == "CN=node-1");

  const Identity fresh("node-1-renewed", &authority());
  write("node.pem", fresh.certificate());
  write("node.key", fresh.key());
  CHECK(tls->reload());
  CHECK(subject(must(dial(loop, server.endpoint(), as_client({.verify = false})))) ==
        "CN=node-1-renewed");
  CHECK(before->send("still there"));
  CHECK(before->wait_for_bytes(11) == "still there");
  std::filesystem::remove_all(folder);
}

TEST_CASE("what cannot be used as TLS settings is named") {
  const auto refusal = [](const TlsOptions& options) {
    const auto made = TlsContext::server(options);
    REQUIRE(!made);
    CHECK(made.error().code() == ErrorCode::invalid_tls_configuration);
    return made.error().message();
  };
  CHECK(refusal({}) == "a TLS server needs a certificate");
  CHECK(contains(refusal({.certificate = "/nowhere.pem"}), "/nowhere.pem: No such file"));
  CHECK(contains(refusal({.certificate = node().key()}), "no certificate in it"));
  CHECK(contains(refusal({.certificate = node().certificate(), .key = stranger().key()}),
                 "key values mismatch"));
  CHECK(contains(refusal({.certificate = node().certificate(),
                          .key = node().key(),
                          .authorities = "/nowhere-ca.pem"}),
                 "/nowhere-ca.pem"));
}
