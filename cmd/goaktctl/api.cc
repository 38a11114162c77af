#include "command.h"
#include "exit_codes.h"
#include "read_argument.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace goaktctl {

namespace {

struct Options {
  std::string method, path, data;
  std::vector<std::string> headers;
};

int call_api(Session& session, const Options& o) {
  goakt::admin::Call call;
  // `api /v1/actors` is a GET, `api POST /v1/actors -d ...` says so itself.
  const bool has_method = !o.path.empty();
  call.method = has_method ? o.method : o.data.empty() ? "GET" : "POST";
  call.target = has_method ? o.path : o.method;
  std::transform(call.method.begin(), call.method.end(), call.method.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (!call.target.starts_with('/'))
    return session.usage("the path begins with a slash: /v1/actors, not " + call.target);
  for (const char c : call.target)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
      return session.usage("the path has a character that must be written as %20 and the like");
  if (!o.data.empty()) {
    auto body = read_argument(o.data);
    if (!body) return session.usage("cannot read " + o.data);
    call.body = std::move(*body);
    call.content_type =
        call.method == "PATCH" ? "application/merge-patch+json" : "application/json";
  }
  for (const std::string& header : o.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos || header.find_first_of("\r\n") != std::string::npos)
      return session.usage("--header is NAME: VALUE");
    const auto value = header.find_first_not_of(' ', colon + 1);
    call.headers.push_back(
        {header.substr(0, colon), value == std::string::npos ? "" : header.substr(value)});
  }
  const bool reads = call.method == "GET" || call.method == "HEAD";
  auto answer = session.client().call(std::move(call));
  if (!answer) return session.report(answer.error());
  if (!reads)
    if (const auto planned = session.plan_of(*answer)) return *planned;
  const Document document = Document::parse(answer->body, nullptr, false);
  // As it came, unless a form was asked for.
  if (session.out().is_table() || document.is_discarded())
    session.out().raw(answer->body +
                      (answer->body.empty() || answer->body.ends_with('\n') ? "" : "\n"));
  else
    session.out().document(document);
  return Exit::ok;
}

}  // namespace

std::vector<Command> api_commands() {
  auto o = std::make_shared<Options>();
  return {{"api",
           "",
           {},
           "calls the admin API as it is, with endpoints and token of the context",
           "METHOD PATH",
           {"goaktctl api /v1/actors?limit=5",
            "goaktctl api POST /v1/actors -d '{\"name\":\"a\",\"kind\":\"demo.echo\"}'",
            "goaktctl api DELETE /v1/actors/a"},
           {{"METHOD", &o->method, "GET and so on, or the path alone", true,
             "GET|POST|PUT|PATCH|DELETE"},
            {"PATH", &o->path, "path and query, encoded"},
            {"-d,--data", &o->data, "the body: JSON, @FILE, or - for stdin", false, "@file"},
            {"--header", &o->headers, "NAME: VALUE; repeatable"}},
           [o](Session& session) { return call_api(session, *o); },
           {Exit::not_found, Exit::conflict}}};
}

}  // namespace goaktctl
