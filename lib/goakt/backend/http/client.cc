#include "goakt/backend/http/client.h"

#include <httplib.h>

namespace goakt::http {

struct Client::Connection {
  explicit Connection(const Address& address)
      : client(address.is_unix() ? address.unix_path : address.host,
               address.is_unix() ? 80 : address.port) {}

  httplib::Client client;
};

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

tl::unexpected<Error> lost(const Address& address, std::string_view why) {
  return fail(ErrorCode::unreachable, address.to_string().append(": ").append(why));
}

}  // namespace

std::string_view Response::header(std::string_view name) const {
  for (const Header& header : headers)
    if (same_name(header.name, name)) return header.value;
  return {};
}

Client::Client(Address address, Timeouts timeouts)
    : address_(std::move(address)),
      timeouts_(timeouts),
      connection_(std::make_unique<Connection>(address_)) {
  httplib::Client& client = connection_->client;
  if (address_.is_unix()) client.set_address_family(AF_UNIX);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(!address_.is_unix());  // headers and body are two writes: 40 ms otherwise
  client.set_url_encode(false);                 // targets come encoded
  client.set_connection_timeout(timeouts_.connect);
  client.set_read_timeout(timeouts_.request);
  client.set_write_timeout(timeouts_.request);
}

Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Response> Client::send(const Request& request) {
  httplib::Request out;
  out.method = request.method;
  out.path = request.target;
  out.body = request.body;
  for (const Header& header : request.headers) out.headers.emplace(header.name, header.value);
  if (address_.is_unix()) out.headers.emplace("Host", "localhost");
  if (!request.content_type.empty()) out.headers.emplace("Content-Type", request.content_type);

  const auto begin = std::chrono::steady_clock::now();
  auto answer = connection_->client.send(out);
  if (!answer) {
    switch (answer.error()) {
      case httplib::Error::Connection:
        return lost(address_, "nobody answers there");
      case httplib::Error::ConnectionTimeout:
        return lost(address_, "no connection in time");
      default:
        // The library does not say whether a read failed or took too long.
        if (std::chrono::steady_clock::now() - begin >= timeouts_.request)
          return fail(ErrorCode::request_timeout, address_.to_string() + ": no answer in time");
        return fail(ErrorCode::connection_lost, address_.to_string() + ": the connection broke (" +
                                                    httplib::to_string(answer.error()) + ")");
    }
  }
  Response response;
  response.status = answer->status;
  response.body = std::move(answer->body);
  for (const auto& [name, value] : answer->headers) response.headers.push_back({name, value});
  return response;
}

std::string encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-_.~").find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace goakt::http
