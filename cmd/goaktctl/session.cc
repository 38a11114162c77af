#include "session.h"

#include "exit_codes.h"
#include "goakt/admin/client/endpoints.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace goaktctl {

using goakt::admin::CallFailure;
using goakt::admin::CallResult;

namespace {

std::vector<std::string> split_commas(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (comma != 0) words.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return words;
}

void to_stderr(std::string_view text) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

}  // namespace

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

std::optional<std::size_t> terminal_width() {
  winsize size{};
  if (!is_terminal(STDOUT_FILENO) || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
      size.ws_col == 0)
    return std::nullopt;
  return size.ws_col;
}

std::optional<int> Session::prepare() {
  const auto format = parse_format(globals_.output);
  if (!format) {
    return usage("unknown output format \"" + globals_.output + "\"",
                 "one of table, wide, json, ndjson, yaml, name");
  }
  printer_.emplace(Printer::Options{*format, !globals_.no_headers, !globals_.no_trunc,
                                    split_commas(globals_.columns), terminal_width()});

  if (globals_.endpoints.empty()) {
    if (const char* list = std::getenv("GOAKTCTL_ENDPOINTS"); list && *list)
      globals_.endpoints.emplace_back(list);
  }
  goakt::admin::Endpoints endpoints;
  if (globals_.endpoints.empty()) {
    endpoints = goakt::admin::default_endpoints();
    for (const std::string& warning : endpoints.warnings) note("warning: " + warning);
  } else {
    auto parsed = goakt::admin::parse_endpoints(globals_.endpoints);
    if (!parsed) return usage(parsed.error().message(), parsed.error().hint());
    endpoints = *std::move(parsed);
  }
  goakt::admin::Client::Options options;
  options.timeout = globals_.timeout;
  options.retries = static_cast<int>(globals_.retries);
  options.request_id = globals_.request_id;
  if (globals_.verbose > 0)
    options.trace = [](std::string_view line) { to_stderr("* " + std::string(line)); };
  client_.emplace(std::move(endpoints), std::move(options));
  return std::nullopt;
}

goakt::admin::Client& Session::client() {
  return *client_;
}

bool Session::errors_as_json() const {
  return printer_ && !printer_->is_table() && printer_->format() != Format::name;
}

int Session::report(const CallFailure& failure) {
  if (errors_as_json()) {
    to_stderr(failure.document);
    return failure.exit;
  }
  std::string text = "goaktctl: " + (failure.detail.empty() ? failure.title : failure.detail);
  text += " (" + failure.code + ")";
  if (!failure.hint.empty()) text += "\n  hint: " + failure.hint;
  if (failure.exit == Exit::timeout && !failure.request_id.empty())
    text += "\n  request id: " + failure.request_id;
  to_stderr(text);
  return failure.exit;
}

int Session::usage(std::string_view what, std::string_view hint) {
  CallFailure failure;
  failure.code = "usage";
  failure.detail = what;
  failure.hint = hint;
  failure.exit = Exit::usage;
  Document document = {{"title", "Usage"}, {"code", "usage"}};
  document["detail"] = what;
  if (!hint.empty()) document["hint"] = hint;
  failure.document = document.dump(-1, ' ', false, Document::error_handler_t::replace);
  if (errors_as_json()) return report(failure);
  std::string text = "goaktctl: " + failure.detail;
  if (!hint.empty()) text += "\n  hint: " + failure.hint;
  to_stderr(text);
  return Exit::usage;
}

void Session::note(std::string_view text) const {
  if (!globals_.quiet) to_stderr(text);
}

std::optional<Document> Session::document(CallResult result, int& exit) {
  if (!result) {
    exit = report(result.error());
    return std::nullopt;
  }
  if (result->body.empty()) return Document::object();
  Document document = Document::parse(result->body, nullptr, false);
  if (!document.is_discarded()) return document;
  CallFailure failure = CallFailure::from_answer(502, result->body);
  exit = report(failure);
  return std::nullopt;
}

std::optional<Document> Session::get(std::string_view target, int& exit) {
  return document(client().get(target), exit);
}

std::optional<Document> Session::post(std::string_view target, const Document& body, int& exit) {
  return document(
      client().post(target, body.dump(-1, ' ', false, Document::error_handler_t::replace)), exit);
}

}  // namespace goaktctl
