#include "message_flags.h"

#include "goakt/base/text.h"
#include "output/text.h"
#include "read_argument.h"

#include <nlohmann/json.hpp>

namespace goaktctl {

std::vector<Flag> MessageFlags::flags() {
  return {{"--type", &type, "full name of the message type", false, "@type"},
          {"--json", &json, "the message: JSON, @FILE, or - for stdin", false, "@file"},
          {"--text", &text, "the message in protobuf's text format; needs --type"},
          {"--string", &string_value, "a google.protobuf.StringValue"},
          {"--int", &int_value, "a google.protobuf.Int64Value"},
          {"--bytes", &bytes_file, "@FILE: a google.protobuf.BytesValue", false, "@file"},
          {"--hex", &hex, "the serialized message in hexadecimal; needs --type"},
          {"--raw", &raw_file, "@FILE: the serialized message; needs --type", false, "@file"},
          {"--proto", &proto_file, "a FileDescriptorSet with types that the node does not know",
           false, "@file"},
          {"--meta", &meta, "KEY=VALUE that travels with the message; repeatable"}};
}

bool MessageFlags::given() const {
  for (const std::string* flag :
       {&type, &json, &text, &string_value, &hex, &raw_file, &bytes_file, &int_value, &proto_file})
    if (!flag->empty()) return true;
  return !meta.empty();
}

std::optional<Document> MessageFlags::document(std::string& complaint) const {
  auto body = message(complaint);
  if (!body) return body;
  if (!proto_file.empty()) {
    const auto bytes = read_argument("@" + proto_file.substr(proto_file.starts_with('@') ? 1 : 0));
    if (!bytes) {
      complaint = "cannot read " + proto_file;
      return std::nullopt;
    }
    (*body)["descriptors"] = goakt::base64_encode(*bytes);
  }
  for (const std::string& pair : meta) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      complaint = "--meta is KEY=VALUE, not " + pair;
      return std::nullopt;
    }
    (*body)["meta"][pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return body;
}

std::optional<Document> MessageFlags::message(std::string& complaint) const {
  Document document = Document::object();
  if (!type.empty()) document["type"] = type;
  const auto with = [&](const char* usual, Document message) {
    if (type.empty()) document["type"] = usual;
    document["message"] = std::move(message);
    return document;
  };
  if (!string_value.empty()) return with("google.protobuf.StringValue", string_value);
  if (!int_value.empty()) return with("google.protobuf.Int64Value", int_value);
  if (!bytes_file.empty()) {
    const auto bytes = read_argument(bytes_file);
    if (bytes) return with("google.protobuf.BytesValue", goakt::base64_encode(*bytes));
    complaint = "cannot read " + bytes_file;
    return std::nullopt;
  }
  if (!hex.empty() || !raw_file.empty()) {
    const auto bytes = hex.empty() ? read_argument(raw_file) : goakt::hex_decode(hex);
    if (type.empty()) complaint = "raw bytes need --type";
    if (!bytes) complaint = hex.empty() ? "cannot read " + raw_file : "that is no hexadecimal";
    if (!complaint.empty()) return std::nullopt;
    document["raw"] = goakt::base64_encode(*bytes);
    return document;
  }
  if (!text.empty()) {
    if (type.empty()) {
      complaint = "--text needs --type";
      return std::nullopt;
    }
    document["text"] = text;
    return document;
  }
  if (json.empty()) {
    if (!type.empty()) {
      document["message"] = Document::object();  // a message without fields
      return document;
    }
    complaint = "no message: --string, --int, or --type with --json";
    return std::nullopt;
  }
  auto message = json_argument(json, complaint);
  if (!message) {
    complaint = "--json: " + complaint;
    return std::nullopt;
  }
  document["message"] = std::move(*message);
  return document;
}

}  // namespace goaktctl
