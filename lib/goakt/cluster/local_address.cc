#include "goakt/cluster/local_address.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>

namespace goakt::cluster {

namespace {

bool is_private(std::uint32_t ip) {
  return ip >> 24 == 10 || ip >> 20 == (172 << 4 | 1) || ip >> 16 == (192 << 8 | 168);
}

std::string text_of(std::uint32_t ip) {
  const in_addr raw{htonl(ip)};
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &raw, text, sizeof text);
  return text;
}

}  // namespace

Result<std::string> local_address() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return fail(ErrorCode::unreachable, std::strerror(errno));
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
  std::uint32_t other = 0;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    const bool up = (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_LOOPBACK) == 0;
    if (!up || one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    sockaddr_in address{};
    std::memcpy(&address, one->ifa_addr, sizeof address);
    const std::uint32_t ip = ntohl(address.sin_addr.s_addr);
    if (is_private(ip)) return text_of(ip);
    if (other == 0) other = ip;
  }
  if (other != 0) return text_of(other);
  return unexpected(
      Error(ErrorCode::unreachable, "this machine has no address that others could reach")
          .with_hint("say which one in remoting.bind"));
}

}  // namespace goakt::cluster
