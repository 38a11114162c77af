#include "goakt/remoting/client.h"

#include "goakt/actor/system.h"
#include "goakt/base/errors.h"
#include "goakt/remoting/internal/answers.h"
#include "goakt/remoting/internal/destination.h"
#include "goakt/wire/metadata.h"

#include <google/protobuf/message_lite.h>

#include <future>
#include <internal/remoting.pb.h>
#include <limits>
#include <utility>

namespace goakt::remoting {

namespace {

// Handles are never given back.
constexpr std::size_t kMaxHandles = 262'144;

ClientOptions complete(ClientOptions options) {
  if (!options.serializers) options.serializers = std::make_shared<wire::Serializers>();
  return options;
}

// Somebody waits for it. Dropped, as everything is when the loops have stopped, it is an error.
class Awaited {
 public:
  Awaited() = default;

  Awaited(Awaited&& other) noexcept
      : promise_(std::move(other.promise_)), is_set_(std::exchange(other.is_set_, true)) {}

  Awaited& operator=(Awaited&&) = delete;

  ~Awaited() {
    if (!is_set_) promise_.set_value(fail(ErrorCode::system_shutting_down));
  }

  std::future<Result<std::string>> future() { return promise_.get_future(); }

  void set(Result<std::string> answer) {
    is_set_ = true;
    promise_.set_value(std::move(answer));
  }

 private:
  std::promise<Result<std::string>> promise_;
  bool is_set_ = false;
};

}  // namespace

Client::Client(ActorSystem& system, std::shared_ptr<Dialer> dialer, ClientOptions options)
    : runtime_(system), dialer_(std::move(dialer)), options_(complete(std::move(options))) {}

Client::~Client() {
  close(Duration::zero());
}

Result<Pid> Client::pid_of(const Address& address) {
  if (address.text().starts_with(runtime_.prefix())) {
    if (const Pid local = runtime_.find(address.parent_name(), address.name())) return local;
    return unexpected(errors::address_not_found(address.text()));
  }
  if (address.port() <= 0 || address.port() > std::numeric_limits<std::uint16_t>::max())
    return fail(ErrorCode::invalid_argument, "no node can be reached at " + address.text());
  const auto to =
      destination(std::string(address.host()), static_cast<std::uint16_t>(address.port()));
  std::lock_guard lock(mutex_);
  if (const auto known = pids_.find(address.text()); known != pids_.end()) return known->second;
  if (pids_.size() >= kMaxHandles)
    return fail(ErrorCode::invalid_argument, "too many actors on other nodes are known by handle");
  GOAKT_TRY(const Pid pid, runtime_.make_pid(address, to));
  pids_.emplace(address.text(), pid);
  return pid;
}

std::shared_ptr<Destination> Client::destination(const std::string& host, std::uint16_t port) {
  std::lock_guard lock(mutex_);
  auto& found = destinations_[host + ':' + std::to_string(port)];
  if (!found) found = std::make_shared<Destination>(runtime_, dialer_, options_, host, port);
  return found;
}

Status Client::call(const std::string& host, std::uint16_t port,
                    const google::protobuf::MessageLite& request,
                    google::protobuf::MessageLite& response, Duration timeout) {
  wire::Metadata metadata;
  metadata.remaining = timeout;
  wire::Buffer frame;
  GOAKT_CHECK(wire::append_frame(frame, request, &metadata, options_.max_frame_size));
  Awaited awaited;
  auto future = awaited.future();
  destination(host, port)
      ->call(net::Bytes::own(std::move(frame)), runtime_.clock().now() + timeout,
             [awaited = std::move(awaited)](Result<std::string_view> answer) mutable {
               if (answer)
                 awaited.set(std::string(*answer));
               else
                 awaited.set(unexpected(std::move(answer).error()));
             });
  GOAKT_TRY(const std::string bytes, future.get());
  GOAKT_TRY(const wire::Frame answer, read_answer(bytes, response.GetTypeName()));
  if (!response.ParseFromArray(answer.body.data(), static_cast<int>(answer.body.size())))
    return fail(ErrorCode::invalid_response);
  return {};
}

Result<Pid> Client::lookup(const std::string& host, std::uint16_t port, const std::string& name) {
  internalpb::RemoteLookupRequest request;
  request.set_host(host);
  request.set_port(port);
  request.set_name(name);
  internalpb::RemoteLookupResponse response;
  Status found = call(host, port, request, response, options_.call_timeout);
  if (!found) {
    if (found.error().is(ErrorCode::address_not_found)) return Pid();
    return unexpected(std::move(found).error());
  }
  GOAKT_TRY(const Address address, Address::parse(response.address()));
  return pid_of(address);
}

void Client::close(Duration timeout) {
  std::map<std::string, std::shared_ptr<Destination>> all;
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(is_closed_, true)) return;
    all = destinations_;
  }
  const TimePoint limit = runtime_.clock().now() + timeout;
  for (const auto& [name, destination] : all) destination->close(limit);
}

}  // namespace goakt::remoting
