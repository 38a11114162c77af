#include "command.h"
#include "exit_codes.h"
#include "output/text.h"
#include "query.h"
#include "send_file.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <unistd.h>

namespace goaktctl {

namespace {

// The flags that say what is sent.
struct Body {
  std::string type, json, text, string_value, hex, raw_file, bytes_file, int_value;

  std::vector<Flag> flags() {
    return {{"--type", &type, "full name of the message type"},
            {"--json", &json, "the message: JSON, @FILE, or - for stdin"},
            {"--string", &string_value, "a google.protobuf.StringValue"},
            {"--int", &int_value, "a google.protobuf.Int64Value"},
            {"--bytes", &bytes_file, "@FILE: a google.protobuf.BytesValue"},
            {"--hex", &hex, "the serialized message in hexadecimal; needs --type"},
            {"--raw", &raw_file, "@FILE: the serialized message; needs --type"}};
  }
};

std::optional<std::string> read_all(std::istream& in) {
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return std::nullopt;
  return text;
}

// "@FILE", "-" or the text itself.
std::optional<std::string> read_argument(const std::string& argument) {
  if (argument == "-") return read_all(std::cin);
  if (!argument.starts_with('@')) return argument;
  std::ifstream file(argument.substr(1), std::ios::binary);
  return file ? read_all(file) : std::nullopt;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k <= bytes.size() ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view hex) {
  std::string out;
  if (hex.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned byte = 0;
    for (const char c : hex.substr(i, 2)) {
      if (!std::isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
      byte = byte * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    out.push_back(static_cast<char>(byte));
  }
  return out;
}

// The request's body, or why the flags make none.
std::optional<Document> document_of(const Body& body, std::string& complaint) {
  Document document = Document::object();
  if (!body.type.empty()) document["type"] = body.type;
  const auto with = [&](const char* type, Document message) {
    if (body.type.empty()) document["type"] = type;
    document["message"] = std::move(message);
    return document;
  };
  if (!body.string_value.empty()) return with("google.protobuf.StringValue", body.string_value);
  if (!body.int_value.empty()) return with("google.protobuf.Int64Value", body.int_value);
  if (!body.bytes_file.empty()) {
    const auto bytes = read_argument(body.bytes_file);
    if (bytes) return with("google.protobuf.BytesValue", base64(*bytes));
    complaint = "cannot read " + body.bytes_file;
    return std::nullopt;
  }
  if (!body.hex.empty() || !body.raw_file.empty()) {
    const auto bytes = body.hex.empty() ? read_argument(body.raw_file) : from_hex(body.hex);
    if (body.type.empty()) complaint = "raw bytes need --type";
    if (!bytes)
      complaint = body.hex.empty() ? "cannot read " + body.raw_file : "that is no hexadecimal";
    if (!complaint.empty()) return std::nullopt;
    document["raw"] = base64(*bytes);
    return document;
  }
  if (body.json.empty()) {
    if (!body.type.empty()) {
      document["message"] = Document::object();  // a message without fields
      return document;
    }
    complaint = "no message: --string, --int, or --type with --json";
    return std::nullopt;
  }
  const auto json = read_argument(body.json);
  if (!json) {
    complaint = "cannot read " + body.json;
    return std::nullopt;
  }
  Document message = Document::parse(*json, nullptr, false);
  if (message.is_discarded()) {
    complaint = "--json is no JSON: " + printable(json->substr(0, 80));
    return std::nullopt;
  }
  document["message"] = std::move(message);
  return document;
}

Command send_command() {
  struct Options {
    std::string name, file;
    std::int64_t count = 1;
    Body body;
  };

  auto o = std::make_shared<Options>();
  std::vector<Flag> flags = {
      {"NAME", &o->name, "to whom; none with -f"},
      {"-f,--file", &o->file, "NDJSON lines {to, type, message, ask?}; - is stdin"},
      {"--count", &o->count, "so many times, 1"}};
  for (Flag& flag : o->body.flags()) flags.push_back(std::move(flag));
  return {"actor",
          "send",
          {"send"},
          "sends a message and does not wait",
          "POST /v1/actors/{name}/messages, POST /v1/messages",
          {"goaktctl send hello --string hi",
           "goaktctl send account-1 --type bank.Credit --json '{\"amount\": \"5\"}'",
           "goaktctl send -f transfers.ndjson > answers.ndjson"},
          std::move(flags),
          [o](Session& session) {
            if (!o->file.empty()) {
              if (!o->name.empty()) return session.usage("-f has its own names, NAME is too much");
              return send_file(session, o->file);
            }
            if (o->name.empty()) return session.usage("send to whom?", "NAME, or -f FILE");
            std::string complaint;
            const auto body = document_of(o->body, complaint);
            if (!body) return session.usage(complaint);
            int exit = Exit::ok;
            for (std::int64_t i = 0; i < o->count && exit == Exit::ok; ++i) {
              const auto answer = session.post(actor_target(o->name, "/messages"), *body, exit);
              if (answer && !session.out().is_table()) session.out().document(*answer);
            }
            if (exit == Exit::ok && session.out().is_table()) session.out().raw("accepted\n");
            return exit;
          }};
}

Command ask_command() {
  struct Options {
    std::string name;
    std::chrono::milliseconds timeout{5'000};
    Body body;
  };

  auto o = std::make_shared<Options>();
  std::vector<Flag> flags = {{"NAME", &o->name, "whom", true},
                             {"--ask-timeout", &o->timeout, "for the answer, 5s"}};
  for (Flag& flag : o->body.flags()) flags.push_back(std::move(flag));
  return {"actor",
          "ask",
          {"ask"},
          "sends a message and prints the answer",
          "POST /v1/actors/{name}/ask",
          {"goaktctl ask hello --string hi",
           "goaktctl ask account-1 --type bank.GetBalance --json '{}'"},
          std::move(flags),
          [o](Session& session) {
            std::string complaint;
            auto body = document_of(o->body, complaint);
            if (!body) return session.usage(complaint);
            (*body)["timeoutMs"] = o->timeout.count();
            // The node must have the time to say that the actor did not answer.
            if (session.globals().timeout < o->timeout + std::chrono::seconds(2))
              session.client().set_timeout(o->timeout + std::chrono::seconds(2));
            int exit = Exit::ok;
            const auto answer = session.post(actor_target(o->name, "/ask"), *body, exit);
            if (!answer) return exit;
            if (!session.out().is_table()) {
              session.out().document(*answer);
              return exit;
            }
            const Document* message = at_path(*answer, "message");
            session.out().raw((message ? message->dump() : answer->dump()) + "\n");
            const Document* nanos = at_path(*answer, "nanos");
            if (is_terminal(STDERR_FILENO) && nanos && nanos->is_number()) {
              session.note("# " + answer->value("type", "") + ", " +
                           short_duration(nanos->get<double>() / 1e9));
            }
            return exit;
          }};
}

}  // namespace

std::vector<Command> message_commands() {
  return {send_command(), ask_command()};
}

}  // namespace goaktctl
