#include "goakt/config/keys.h"

#include <cctype>

namespace goakt::config {

namespace {

constexpr Key kKeys[] = {
    {.name = "system.name",
     .type = KeyType::text,
     .default_value = "goakt",
     .doc = "name of the actor system, part of every address"},
    {.name = "system.dispatcher-workers",
     .type = KeyType::number,
     .default_value = "0",
     .min = 0,
     .max = 1024,
     .doc = "threads that run actors; 0: one per usable core"},
    {.name = "system.blocking-threads",
     .type = KeyType::number,
     .default_value = "64",
     .min = 1,
     .max = 4096,
     .doc = "most threads for actors that may block"},
    {.name = "system.throughput-budget",
     .type = KeyType::number,
     .default_value = "32",
     .min = 1,
     .max = 1'000'000,
     .doc = "messages that an actor handles in one turn"},
    {.name = "system.ask-timeout",
     .type = KeyType::duration,
     .default_value = "5s",
     .doc = "for an ask that names no time"},
    {.name = "system.shutdown-timeout",
     .type = KeyType::duration,
     .default_value = "5m",
     .doc = "for stopping all actors"},
    {.name = "system.passivation-timeout",
     .type = KeyType::duration,
     .default_value = "2m",
     .doc = "idle time after which an actor is stopped to free its memory"},
    {.name = "system.actor-init-timeout",
     .type = KeyType::duration,
     .default_value = "1s",
     .doc = "for an actor's PreStart"},
    {.name = "system.dead-letters",
     .type = KeyType::number,
     .default_value = "1000",
     .min = 0,
     .max = 1'000'000,
     .doc = "messages that nobody handled, kept for a look at them"},
    {.name = "admin.listen",
     .type = KeyType::text,
     .default_value = "127.0.0.1:4258",
     .doc = "address of the admin API; read only; \"\" for none"},
    {.name = "admin.socket",
     .type = KeyType::text,
     .default_value = "auto",
     .doc = "unix socket of the admin API, with all rights; \"\" for none"},
    {.name = "admin.loopback-role",
     .type = KeyType::text,
     .default_value = "viewer",
     .choices = "none|viewer|operator|admin",
     .reload = true,
     .doc = "what the loopback port may do without credentials"},
    {.name = "admin.token-file",
     .type = KeyType::text,
     .default_value = "",
     .reload = true,
     .doc = "bearer tokens: lines role:name:SHA-256 of the token in hexadecimal"},
    {.name = "admin.tls.cert",
     .type = KeyType::text,
     .default_value = "",
     .reload = true,
     .doc = "certificate chain of the admin port, PEM; with admin.tls.key"},
    {.name = "admin.tls.key",
     .type = KeyType::text,
     .default_value = "",
     .reload = true,
     .doc = "private key of admin.tls.cert, PEM"},
    {.name = "admin.tls.client-ca",
     .type = KeyType::text,
     .default_value = "",
     .reload = true,
     .doc = "authority whose client certificates are taken, PEM"},
    {.name = "admin.tls.roles",
     .type = KeyType::list,
     .default_value = "",
     .reload = true,
     .doc = "roles by certificate, the first that fits: CN=ops-*:operator"},
    {.name = "admin.names",
     .type = KeyType::list,
     .default_value = "",
     .doc = "names under which the admin port may be called, beside addresses"},
    {.name = "admin.threads",
     .type = KeyType::number,
     .default_value = "8",
     .min = 1,
     .max = 256,
     .doc = "requests of the admin API answered at once; streams and asks come on top"},
    {.name = "admin.max-streams",
     .type = KeyType::number,
     .default_value = "16",
     .min = 0,
     .max = 1024,
     .doc = "streams of events, logs and traces open at once"},
    {.name = "admin.rate",
     .type = KeyType::number,
     .default_value = "50",
     .min = 0,
     .max = 1'000'000,
     .doc = "requests per second of one caller over TCP, writes two fifths of it; 0: no limit"},
    {.name = "admin.audit-file",
     .type = KeyType::text,
     .default_value = "",
     .doc = "where writes and refused requests are noted; \"\": in the log"},
    {.name = "plugins.dir",
     .type = KeyType::text,
     .default_value = "/usr/lib/goaktd/plugins",
     .doc = "where plugins named without a path are"},
    {.name = "plugins.load",
     .type = KeyType::list,
     .default_value = "",
     .doc = "plugins to load: names in plugins.dir, or paths"},
    {.name = "demo.kinds",
     .type = KeyType::text,
     .default_value = "auto",
     .choices = "auto|true|false",
     .doc = "the kinds that come with the program: demo.echo, demo.counter, ..."},
    {.name = "log.level",
     .type = KeyType::text,
     .default_value = "info",
     .choices = "debug|info|warn|error|fatal|panic",
     .reload = true,
     .doc = "what is logged at least"},
    {.name = "log.format",
     .type = KeyType::text,
     .default_value = "auto",
     .choices = "auto|text|json",
     .doc = "auto: text on a terminal, JSON lines elsewhere"},
};

}  // namespace

std::span<const Key> keys() {
  return kKeys;
}

const Key* find_key(std::string_view name) {
  for (const Key& key : kKeys)
    if (key.name == name) return &key;
  return nullptr;
}

std::string environment_name(std::string_view key) {
  std::string name = "GOAKTD_";
  for (const char c : key) {
    name += std::isalnum(static_cast<unsigned char>(c))
                ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                : '_';
  }
  return name;
}

}  // namespace goakt::config
