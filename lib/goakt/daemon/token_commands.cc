#include "goakt/daemon/token_commands.h"

#include "goakt/base/text.h"
#include "goakt/daemon/complaint.h"
#include "goakt/daemon/exit_codes.h"
#include "goakt/daemon/token_file.h"

#include <cstdio>

namespace goakt::daemon {

namespace {

int refuse(const Error& error, const config::Settings& settings) {
  return complain(error.is(ErrorCode::invalid_id)          ? kUsage
                  : error.is(ErrorCode::permission_denied) ? kPermission
                  : error.is(ErrorCode::invalid_argument)  ? kConfiguration
                                                           : kIo,
                  error, &settings);
}

int misused(const char* text) {
  std::fprintf(stderr, "goaktd: %s\n", text);
  return kUsage;
}

// The secret alone on standard output, so that it can go into a file or a secret store unseen.
int make(const CommandLine& line, const config::Settings& settings, TokenFile& file) {
  admin::Role role{};
  if (line.role.empty() || line.name.empty())
    return misused("token new needs --role viewer|operator|admin and --name NAME");
  if (!admin::parse_role(line.role, role) || role == admin::Role::none)
    return misused("--role must be one of viewer|operator|admin");
  const auto secret = file.add(role, line.name);
  if (!secret) return refuse(secret.error(), settings);
  std::fprintf(stderr,
               "This is the token, shown once; the file keeps its digest. A running node takes it "
               "after a reload\n(systemctl reload goaktd, or goaktctl reload):\n");
  return std::printf("%s\n", secret->c_str()) > 0 && std::fflush(stdout) == 0 ? kOk : kIo;
}

int list(const config::Settings& settings, const TokenFile& file) {
  const auto tokens = file.list();
  if (!tokens) return refuse(tokens.error(), settings);
  for (const admin::Token& token : *tokens) {
    std::printf("%-8s  %s  sha256:%s\n", std::string(admin::role_name(token.role)).c_str(),
                token.name.c_str(), hex_encode(token.sha256).substr(0, 12).c_str());
  }
  return std::fflush(stdout) == 0 ? kOk : kIo;
}

int revoke(const CommandLine& line, const config::Settings& settings, TokenFile& file) {
  if (line.arguments.size() != 1) return misused("token revoke needs the name of a token");
  if (const Status revoked = file.revoke(line.arguments.front()); !revoked)
    return refuse(revoked.error(), settings);
  std::fprintf(stderr, "revoked; a running node refuses it after a reload\n");
  return kOk;
}

}  // namespace

int run_token_command(const CommandLine& line) {
  config::Sources sources = sources_of(line);
  sources.check_files = false;  // the file may be about to be made
  const auto settings = config::Settings::load(sources);
  if (!settings) return complain(settings_exit(settings.error()), settings.error());
  if (settings->text("admin.token-file").empty()) {
    const Error error = Error(ErrorCode::invalid_argument, "admin.token-file is not set")
                            .with_hint(
                                "name the file in the configuration, or here: goaktd "
                                "--admin.token-file FILE " +
                                line.command);
    return complain(kConfiguration, error);
  }
  TokenFile file(settings->text("admin.token-file"));
  if (line.command == "token new") return make(line, *settings, file);
  if (line.command == "token list") return list(*settings, file);
  return revoke(line, *settings, file);
}

}  // namespace goakt::daemon
