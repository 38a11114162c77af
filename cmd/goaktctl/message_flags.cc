#include "message_flags.h"

#include "goakt/base/text.h"
#include "output/text.h"
#include "read_argument.h"

#include <nlohmann/json.hpp>

namespace goaktctl {

std::vector<Flag> MessageFlags::flags() {
  return {{"--type", &type, "full name of the message type", false, "@type"},
          {"--json", &json, "the message: JSON, @FILE, or - for stdin", false, "@file"},
          {"--string", &string_value, "a google.protobuf.StringValue"},
          {"--int", &int_value, "a google.protobuf.Int64Value"},
          {"--bytes", &bytes_file, "@FILE: a google.protobuf.BytesValue", false, "@file"},
          {"--hex", &hex, "the serialized message in hexadecimal; needs --type"},
          {"--raw", &raw_file, "@FILE: the serialized message; needs --type", false, "@file"}};
}

std::optional<Document> MessageFlags::document(std::string& complaint) const {
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
