#include "goakt/admin/listener.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace goakt::admin {

namespace {

constexpr int kBacklog = 1024;

Error os_error(const std::string& what, int number) {
  const ErrorCode code = number == EADDRINUSE                  ? ErrorCode::address_in_use
                         : number == EACCES || number == EPERM ? ErrorCode::permission_denied
                                                               : ErrorCode::internal;
  return Error(code, what + ": " + std::strerror(number));
}

// Sockets in /tmp stand in a directory of our own; anything else there may be a trap set by
// another user, so it is looked at without following links.
Status prepare_directory(const std::filesystem::path& directory) {
  const bool shared = directory.native().starts_with("/tmp/goaktd-");
  std::error_code error;
  std::filesystem::create_directories(directory.parent_path(), error);
  if (::mkdir(directory.c_str(), shared ? 0700 : 0750) == 0) return {};
  if (errno != EEXIST) return unexpected(os_error("cannot make " + directory.string(), errno));
  if (!shared) return {};

  struct stat info {};

  if (::lstat(directory.c_str(), &info) != 0)
    return unexpected(os_error("cannot read " + directory.string(), errno));
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 077) != 0) {
    return unexpected(Error(ErrorCode::permission_denied,
                            directory.string() + " is not a private directory of this user")
                          .with_hint("remove it or set admin.socket to a path of your own"));
  }
  return {};
}

bool somebody_serves(const sockaddr_un& address) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool served =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN;
  ::close(probe);
  return served;
}

}  // namespace

Listener::Listener(Listener&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::exchange(other.path_, {})),
      host_(std::move(other.host_)),
      port_(other.port_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(host_, other.host_);
  std::swap(port_, other.port_);
  return *this;
}

Listener::~Listener() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<Listener> Listener::tcp(const std::string& host, std::uint16_t port) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof *v4;
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof *v6;
  } else {
    return fail(ErrorCode::invalid_argument, "\"" + host + "\" is no IP address");
  }
  Listener listener;
  listener.host_ = host;
  listener.descriptor_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  const std::string what = "cannot listen on " + host + ":" + std::to_string(port);
  if (listener.descriptor_ < 0 ||
      ::setsockopt(listener.descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(listener.descriptor_, reinterpret_cast<sockaddr*>(&storage), size) != 0 ||
      ::listen(listener.descriptor_, kBacklog) != 0)
    return unexpected(os_error(what, errno));
  if (::getsockname(listener.descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return unexpected(os_error(what, errno));
  listener.port_ = ntohs(storage.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
  return listener;
}

Result<Listener> Listener::unix_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!path.starts_with('/') || path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::invalid_argument,
                "\"" + path + "\" is no socket path: absolute and at most " +
                    std::to_string(sizeof address.sun_path - 1) + " bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  GOAKT_CHECK(prepare_directory(std::filesystem::path(path).parent_path()));

  struct stat info {};

  const std::string what = "cannot listen on " + path;
  if (::lstat(path.c_str(), &info) == 0) {
    if (!S_ISSOCK(info.st_mode))
      return fail(ErrorCode::address_in_use, what + ": a file that is no socket stands there");
    if (somebody_serves(address)) return unexpected(os_error(what, EADDRINUSE));
    ::unlink(path.c_str());
  }
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return unexpected(os_error(what, errno));
  // On Linux the mode of the socket becomes that of the file, so no moment is left in which
  // everybody may connect, and no umask has to change under other threads. What the umask took from
  // the group is given back by the chmod.
  if (::fchmod(descriptor, 0660) != 0 ||
      ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path.c_str(), 0660) != 0 || ::listen(descriptor, kBacklog) != 0) {
    const int number = errno;
    ::close(descriptor);
    return unexpected(os_error(what, number));
  }
  Listener listener;
  listener.descriptor_ = descriptor;
  listener.path_ = path;
  return listener;
}

std::string Listener::url() const {
  if (is_unix()) return "unix://" + path_;
  const bool ipv6 = host_.find(':') != std::string::npos;
  return "http://" + (ipv6 ? "[" + host_ + "]" : host_) + ":" + std::to_string(port_);
}

std::string default_socket_path() {
  if (const char* run = std::getenv("RUNTIME_DIRECTORY"); run && *run)
    return std::string(run) + "/admin.sock";
  if (::geteuid() == 0) return "/run/goaktd/admin.sock";
  if (const char* run = std::getenv("XDG_RUNTIME_DIR"); run && *run)
    return std::string(run) + "/goaktd/admin.sock";
  return "/tmp/goaktd-" + std::to_string(::geteuid()) + "/admin.sock";
}

}  // namespace goakt::admin
