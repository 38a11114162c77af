#include "goakt/admin/tls.h"

#include "tests/unit/admin/running_node.h"

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>

using namespace goakt;
using namespace goakt::admin;

namespace {

// A key and a certificate for it, signed by itself or by another.
class Identity {
 public:
  explicit Identity(const char* name, const Identity* issuer = nullptr)
      : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    const bool is_authority = issuer == nullptr;
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), is_authority ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* subject = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    const Identity& signer = is_authority ? *this : *issuer;
    X509_set_issuer_name(certificate_, X509_get_subject_name(signer.certificate_));
    if (is_authority) {
      X509_EXTENSION* basic =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
      X509_add_ext(certificate_, basic, -1);
      X509_EXTENSION_free(basic);
    }
    X509_sign(certificate_, signer.key_, EVP_sha256());
  }

  ~Identity() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }

  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  void write(const std::string& certificate, const std::string& key) const {
    std::FILE* file = std::fopen(certificate.c_str(), "w");
    PEM_write_X509(file, certificate_);
    std::fclose(file);
    file = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(file, key_, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

 private:
  EVP_PKEY* key_;
  X509* certificate_;
};

struct Files {
  Files() {
    authority.write(folder / "ca.pem", folder / "ca.key");
    Identity("localhost", &authority).write(folder / "node.pem", folder / "node.key");
    Identity("ops-7", &authority).write(folder / "ops.pem", folder / "ops.key");
    const Identity stranger("ops-stranger");
    stranger.write(folder / "stranger.pem", folder / "stranger.key");
  }

  ScratchFolder folder;
  Identity authority{"test authority"};
};

int port_of(const std::string& url) {
  return std::stoi(url.substr(url.rfind(':') + 1));
}

}  // namespace

TEST_CASE("under TLS a client certificate carries a role, one of strangers is turned away") {
  const Files files;
  Running running({{"admin.tls.cert", files.folder / "node.pem"},
                   {"admin.tls.key", files.folder / "node.key"},
                   {"admin.tls.client-ca", files.folder / "ca.pem"},
                   {"admin.tls.roles", "CN=ops-*:operator"}});
  const std::string url = running.service().urls().at(1);
  REQUIRE(url.starts_with("https://127.0.0.1:"));
  const int port = port_of(url);
  const std::string spawn = R"({"name":"a","kind":"test.quiet"})";

  httplib::SSLClient nobody("127.0.0.1", port);
  nobody.enable_server_certificate_verification(false);
  nobody.set_keep_alive(true);
  for (int i = 0; i < 3; ++i) {  // on one connection
    const auto look = nobody.Get("/v1/version");
    REQUIRE(look);
    CHECK(look->status == 200);
  }
  CHECK(nobody.Post("/v1/actors", spawn, "application/json")->status == 403);

  httplib::SSLClient ops("127.0.0.1", port, files.folder / "ops.pem", files.folder / "ops.key");
  ops.set_ca_cert_path((files.folder / "ca.pem").c_str());
  ops.enable_server_certificate_verification(false);
  const auto made = ops.Post("/v1/actors", spawn, "application/json");
  REQUIRE(made);
  CHECK(made->status == 201);
  const auto large = ops.Get("/v1/openapi.yaml");
  REQUIRE(large);
  CHECK(large->body.size() > 30'000);

  httplib::SSLClient stranger("127.0.0.1", port, files.folder / "stranger.pem",
                              files.folder / "stranger.key");
  stranger.enable_server_certificate_verification(false);
  CHECK(!stranger.Get("/v1/version"));

  // Who speaks no TLS gets no answer, and harms nobody.
  httplib::Client plain("127.0.0.1", port);
  CHECK(!plain.Get("/v1/version"));
  CHECK(nobody.Get("/livez")->status == 200);

  // A reload that cannot read the files keeps the old ones.
  auto socket = running.by_socket();
  CHECK(status_of(socket, post("/v1/nodes/self/reload", "")) == 200);
  std::filesystem::remove(files.folder / "node.key");
  CHECK(status_of(socket, post("/v1/nodes/self/reload", "")) == 422);
  httplib::SSLClient again("127.0.0.1", port);
  again.enable_server_certificate_verification(false);
  CHECK(again.Get("/livez"));
}
