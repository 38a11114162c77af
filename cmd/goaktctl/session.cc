#include "session.h"

#include "exit_codes.h"
#include "goakt/admin/client/endpoints.h"
#include "goakt/base/random.h"
#include "goakt/base/text.h"
#include "output/text.h"
#include "query.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

namespace goaktctl {

using goakt::admin::Answer;
using goakt::admin::Call;
using goakt::admin::CallFailure;
using goakt::admin::CallResult;

namespace {

constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kPlain = "\033[0m";

std::string dump(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace);
}

bool wants_color(const std::string& choice, int descriptor) {
  if (choice != "auto") return choice == "always";
  if (std::getenv("NO_COLOR")) return false;
  if (const char* force = std::getenv("CLICOLOR_FORCE"); force && *force && *force != '0')
    return true;
  const char* terminal = std::getenv("TERM");
  return is_terminal(descriptor) && !(terminal && std::string_view(terminal) == "dumb");
}

}  // namespace

void to_stderr(std::string_view text) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

std::optional<TerminalSize> terminal_size() {
  winsize size{};
  if (!is_terminal(STDOUT_FILENO) || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
      size.ws_col == 0)
    return std::nullopt;
  return TerminalSize{size.ws_col, std::max<std::size_t>(size.ws_row, 4)};
}

std::optional<int> Session::prepare() {
  if (const auto wrong = prepare_contexts()) return wrong;
  if (const auto wrong = prepare_printer()) return wrong;
  return prepare_client();
}

std::optional<int> Session::prepare_contexts() {
  // Which file and which context cannot themselves come from a context.
  const Settings first = Settings::resolve(given_, process_environment, nullptr);
  const std::string configured = first.text("config");
  settings_ = first;
  std::string complaint;
  if (!read_contexts(contexts_path(configured), contexts_, complaint)) return usage(complaint);
  context_name_ = first.text("context");
  if (context_name_.empty()) context_name_ = contexts_.current;
  const Context* context = contexts_.find(context_name_);
  if (!context && !first.text("context").empty()) {
    std::vector<std::string> known;
    for (const Context& each : contexts_.contexts) known.push_back(each.name);
    const std::string near = goakt::nearest(context_name_, known);
    return usage("no context " + context_name_ + " in " + contexts_.path,
                 near.empty() ? "goaktctl context list" : "did you mean " + near + "?");
  }
  settings_ = Settings::resolve(given_, process_environment, context);
  if (const auto wrong = settings_.complaint()) return usage(*wrong);
  for (const std::string& warning : contexts_.warnings) note("warning: " + warning);
  return std::nullopt;
}

std::optional<int> Session::prepare_printer() {
  const std::string jq = settings_.text("jq");
  const std::string word = jq.empty() ? settings_.text("output") : "jq=" + jq;
  const auto format = parse_format(word);
  if (!format) {
    std::string words;
    for (const std::string& known : format_words()) words += (words.empty() ? "" : ", ") + known;
    return usage("unknown output format \"" + printable(word) + "\"", "one of " + words);
  }
  Printer::Options options;
  options.format = format->format;
  options.argument = format->argument;
  options.headers = !settings_.on("no-headers");
  options.trunc = !settings_.on("no-trunc");
  options.color = wants_color(settings_.text("color"), STDOUT_FILENO);
  options.columns = split_commas(settings_.text("columns"));
  if (const auto size = terminal_size()) options.width = size->columns;
  std::string complaint;
  printer_ = Printer::make(std::move(options), complaint);
  if (!printer_) return usage(complaint);
  return std::nullopt;
}

// Of token and token file the one that was given closer by; of equals the token.
std::optional<int> Session::read_token() {
  const Setting& token = settings_.at("token");
  const Setting& file = settings_.at("token-file");
  if (token.origin == Origin::flag)
    note("warning: --token can be seen by others in ps; --token-file or GOAKTCTL_TOKEN cannot");
  if (!token.values.empty() && (file.values.empty() || token.origin >= file.origin)) {
    options_.token = token.values.back();
  } else if (!file.values.empty()) {
    const std::string path = expand_home(file.values.back());
    std::ifstream in(path);
    if (!in || !std::getline(in, options_.token))
      return usage("cannot read the token file " + path);
  }
  options_.token.erase(options_.token.find_last_not_of(" \t\r\n") + 1);
  for (const char c : options_.token)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F)
      return usage("the token has characters that no token has");
  return std::nullopt;
}

std::optional<int> Session::prepare_client() {
  const std::vector<std::string>& urls = settings_.at("endpoints").values;
  if (urls.empty()) {
    endpoints_ = goakt::admin::default_endpoints();
    for (const std::string& warning : endpoints_.warnings) note("warning: " + warning);
  } else {
    auto parsed = goakt::admin::parse_endpoints(urls);
    if (!parsed) return usage(parsed.error().message(), parsed.error().hint());
    endpoints_ = *std::move(parsed);
  }
  if (settings_.text("endpoint-order") == "random")
    std::shuffle(endpoints_.addresses.begin(), endpoints_.addresses.end(), goakt::Rng::local());
  if (const auto wrong = read_token()) return wrong;
  options_.timeout = settings_.duration("timeout");
  options_.retries = static_cast<int>(settings_.number("retries"));
  options_.request_id = settings_.text("request-id");
  options_.dry_run = settings_.on("dry-run");
  options_.tls.ca_file = expand_home(settings_.text("cacert"));
  options_.tls.cert_file = expand_home(settings_.text("cert"));
  options_.tls.key_file = expand_home(settings_.text("key"));
  options_.tls.server_name = settings_.text("server-name");
  options_.tls.verify = !settings_.on("insecure-skip-verify");
  for (const std::string* file :
       {&options_.tls.ca_file, &options_.tls.cert_file, &options_.tls.key_file})
    if (!file->empty() && ::access(file->c_str(), R_OK) != 0) return usage("cannot read " + *file);
  if (!options_.tls.verify) {
    const bool red = wants_color(settings_.text("color"), STDERR_FILENO);
    to_stderr(std::string(red ? kRed : "") +
              "warning: the server's certificate is not checked; anybody can answer" +
              std::string(red ? kPlain : ""));
  }
  options_.trace_level = static_cast<int>(settings_.at("verbose").values.size());
  if (options_.trace_level > 0)
    options_.trace = [](std::string_view line) { to_stderr("* " + printable(line)); };
  client_.emplace(endpoints_, options_);
  return std::nullopt;
}

goakt::admin::Client Session::probe(std::chrono::milliseconds timeout) const {
  goakt::admin::Client::Options options = options_;
  options.timeout = timeout;
  options.retries = 0;
  return {endpoints_, std::move(options)};
}

bool Session::shows_progress() const {
  return !quiet() && is_terminal(STDERR_FILENO);
}

bool Session::errors_as_json() const {
  return printer_ && (printer_->format() == Format::json || printer_->format() == Format::ndjson ||
                      printer_->format() == Format::yaml);
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

int Session::refuse(int exit, std::string_view code, std::string_view what, std::string_view hint) {
  Document document = {{"title", code}, {"code", code}, {"detail", what}};
  if (!hint.empty()) document["hint"] = hint;
  std::string text = "goaktctl: " + std::string(what);
  if (!hint.empty()) text += "\n  hint: " + std::string(hint);
  to_stderr(errors_as_json() ? dump(document) : text);
  return exit;
}

int Session::usage(std::string_view what, std::string_view hint) {
  return refuse(Exit::usage, "usage", what, hint);
}

void Session::note(std::string_view text) const {
  if (!quiet()) to_stderr(text);
}

std::optional<int> Session::confirm(const std::string& what, const std::string& name) {
  const Context* context = contexts_.find(context_name_);
  const std::string way = context ? context->text("confirm") : std::string();
  if (way == "none" || settings_.on("yes") || settings_.on("dry-run")) return std::nullopt;
  std::string question = what + "?";
  if (context) {
    const std::string hint = context->text("color-hint");
    question = context->name + (hint.empty() ? "" : " (" + hint + ")") + ": " + question;
  }
  if (!is_terminal(STDIN_FILENO) || !is_terminal(STDERR_FILENO))
    return usage(question + " There is no terminal to ask at", "-y says yes");
  std::fprintf(
      stderr, "%s ",
      (printable(question) + (way == "type-name" ? " Type " + printable(name) + ":" : " [y/N]"))
          .c_str());
  std::fflush(stderr);
  std::string answer;
  std::getline(std::cin, answer);
  const bool yes =
      way == "type-name" ? answer == name : same_word(answer, "y") || same_word(answer, "yes");
  if (yes) return std::nullopt;
  note("nothing was done");
  return Exit::failed;
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

std::string Session::with_node(std::string_view target) const {
  const std::string node = settings_.text("node");
  if (node.empty() || target.find("node=") != std::string_view::npos ||
      target.starts_with("/v1/nodes") || !target.starts_with("/v1/"))
    return std::string(target);
  return Query(std::string(target)).add("node", plain_id("node", node)).target();
}

std::optional<Document> Session::get(std::string_view target, int& exit) {
  return document(client().get(with_node(target)), exit);
}

std::optional<Document> Session::post(std::string_view target, const Document& body, int& exit) {
  return send({"POST", std::string(target), dump(body), "application/json", {}}, exit);
}

std::optional<Document> Session::send(Call call, int& exit) {
  call.target = with_node(call.target);
  auto answer = client().call(std::move(call));
  if (answer) {
    if (const auto planned = plan_of(*answer)) {
      exit = *planned;
      return std::nullopt;
    }
  }
  return document(std::move(answer), exit);
}

std::optional<int> Session::plan_of(const Answer& answer) {
  if (!settings_.on("dry-run")) return std::nullopt;
  const Document plan = Document::parse(answer.body, nullptr, false);
  if (!answer.content_type.starts_with(goakt::admin::kPlanAnswer) || !plan.is_object())
    return refuse(Exit::unsupported, "unsupported",
                  "the node does not know --dry-run: it has done what was asked",
                  "goaktctl version shows how old it is");
  if (out().is_plain_table()) {
    const Document* summary = at_path(plan, "summary");
    out().raw((summary ? printable(plain_text(*summary)) : answer.body) + "\n");
  } else {
    out().one(schema_of("plan"), plan);
  }
  return Exit::ok;
}

std::optional<int> Session::plan(std::string_view action, std::string_view target,
                                 std::string_view summary) {
  if (!settings_.on("dry-run")) return std::nullopt;
  const Document plan = {{"kind", "Plan"},
                         {"dryRun", true},
                         {"action", action},
                         {"target", target},
                         {"summary", summary}};
  return plan_of({200, dump(plan), std::string(goakt::admin::kPlanAnswer), {}});
}

}  // namespace goaktctl
