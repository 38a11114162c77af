#include "tests/simulation/membership/machine.h"

namespace sim::membership {

using namespace gossip;
using namespace std::chrono_literals;

std::string name_of(MachineId id) {
  return "m" + std::to_string(id);
}

Endpoint endpoint_of(MachineId id) {
  const char ip[] = {10, static_cast<char>(id >> 16), static_cast<char>(id >> 8),
                     static_cast<char>(id)};
  return {std::string(ip, sizeof ip), 7946};
}

namespace {

MachineId machine_at(const Endpoint& endpoint) {
  MachineId id = 0;
  for (std::size_t i = 1; i < endpoint.ip.size(); ++i)
    id = id << 8 | static_cast<std::uint8_t>(endpoint.ip[i]);
  return id;
}

Config with_identity(Config config, MachineId id) {
  config.name = name_of(id);
  config.advertise = endpoint_of(id);
  return config;
}

}  // namespace

Member::Member(World& world, MachineId id, Config config, std::uint64_t seed)
    : world_(world),
      id_(id),
      node_(
          with_identity(std::move(config), id), delegate_, [] { return Nonce{}; }, seed) {}

void Member::act() {
  for (auto& output : node_.take_outputs()) {
    if (auto* packet = std::get_if<SendPacket>(&output)) {
      seen_.packets.push_back(packet->bytes.size());
      world_.send(id_, machine_at(packet->to), std::move(packet->bytes));
    } else if (const auto* open = std::get_if<OpenStream>(&output)) {
      world_.open_stream(id_, open->stream, machine_at(open->to));
    } else if (auto* write = std::get_if<WriteStream>(&output)) {
      world_.write_stream(id_, write->stream, std::move(write->bytes));
    } else if (const auto* close = std::get_if<CloseStream>(&output)) {
      accepted_.erase(close->stream);
      world_.close_stream(id_, close->stream);
    } else if (auto* event = std::get_if<MemberEvent>(&output)) {
      seen_.events.push_back(std::move(*event));
    } else if (const auto* done = std::get_if<CallDone>(&output)) {
      if (calls_.erase(done->call) == 0) ++seen_.unasked_results;
    }
  }
}

Observed Member::take() {
  if (!accepted_.empty()) seen_.oldest_stream = accepted_.begin()->second;
  return std::exchange(seen_, {});
}

void Member::called(CallId call) {
  calls_.insert(call);
  act();
}

void Member::start(TimePoint now) {
  node_.start(now);
  act();
}

void Member::join(TimePoint now, const std::vector<MachineId>& others) {
  std::vector<Endpoint> addresses;
  for (const auto other : others) addresses.push_back(endpoint_of(other));
  called(node_.join(now, std::move(addresses)));
}

void Member::leave(TimePoint now) {
  called(node_.leave(now, 5s));
}

void Member::update(TimePoint now, std::string meta) {
  called(node_.update(now, std::move(meta), 5s));
}

void Member::hear(TimePoint now, std::string_view bytes) {
  const char nowhere[] = {11, 0, 0, 1};
  node_.packet(now, {std::string(nowhere, sizeof nowhere), 7946}, bytes);
  act();
}

void Member::packet(TimePoint now, MachineId from, std::string_view bytes) {
  node_.packet(now, endpoint_of(from), bytes);
  act();
}

StreamId Member::stream_accepted(TimePoint now, MachineId from) {
  const auto stream = node_.stream_accepted(now, endpoint_of(from));
  accepted_.emplace(stream, now);
  return stream;
}

void Member::stream_opened(TimePoint now, StreamId stream) {
  node_.stream_opened(now, stream);
  act();
}

void Member::stream_bytes(TimePoint now, StreamId stream, std::string_view bytes) {
  node_.stream_bytes(now, stream, bytes);
  act();
}

void Member::stream_closed(TimePoint now, StreamId stream, const std::string& why) {
  node_.stream_closed(now, stream, why);
  act();
}

void Member::advance(TimePoint now) {
  node_.advance(now);
  act();
}

}  // namespace sim::membership
