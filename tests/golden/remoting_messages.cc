#include "tests/golden/remoting_messages.h"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <internal/cluster.pb.h>
#include <internal/crdt.pb.h>
#include <internal/nats.pb.h>
#include <internal/network.pb.h>
#include <internal/remoting.pb.h>
#include <internal/supervision.pb.h>

namespace golden {

std::unique_ptr<google::protobuf::Message> new_message(const std::string& type_name) {
  // One of each file, so that the linker keeps all of them.
  static const void* const files[] = {
      google::protobuf::Empty::descriptor(),     google::protobuf::StringValue::descriptor(),
      internalpb::CRDTKey::descriptor(),         internalpb::Error::descriptor(),
      internalpb::GetKindsRequest::descriptor(), internalpb::NatsMessage::descriptor(),
      internalpb::PeerState::descriptor(),       internalpb::RemoteAskRequest::descriptor(),
      internalpb::StopDirective::descriptor()};
  static_cast<void>(files);
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type_name);
  if (type == nullptr) return nullptr;
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(type)->New());
}

}  // namespace golden
