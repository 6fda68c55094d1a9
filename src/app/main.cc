// The command line: lochan start | sql | config | version.
#include <fcntl.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "app/reference.h"
#include "app/server.h"
#include "app/settings.h"
#include "app/shell.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"
#include "base/version.h"
#include "connect/server.h"

namespace lochan::app {
namespace {

using Flags = std::map<std::string, std::string>;

/// One option for each row of the settings table.
void add_setting_options(CLI::App& command, Flags& flags) {
  for (const auto& setting : settings()) {
    std::string option = "--" + std::string(setting.name);
    std::replace(option.begin(), option.end(), '_', '-');
    command.add_option_function<std::string>(
        option,
        [&flags, name = std::string(setting.name)](const std::string& value) {
          flags[name] = value;
        },
        std::string(setting.doc));
  }
}

std::string user_name() {
  const passwd* user = getpwuid(getuid());
  return user ? user->pw_name : "user";
}

int start(const Flags& flags) {
  // Signals go to this thread only, which waits for them: nothing runs inside a handler.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Settings settings(flags);
  spdlog::set_level(spdlog::level::from_str(settings.text("log_level")));
  spdlog::flush_on(spdlog::level::trace);
  Server server(settings);
  connect::ServerOptions options;
  options.address = settings.text("spark");
  options.server_user = user_name();
  connect::Server spark(server.sessions(), options);
  const std::string host = options.address.substr(0, options.address.rfind(':'));
  std::cout << "Lochan " << kVersion << " is ready: Spark Connect on sc://" << host << ":"
            << spark.port() << ", home " << server.home() << std::endl;

  const auto idle = std::chrono::minutes(settings.integer("session_timeout_minutes"));
  const timespec period{.tv_sec = 10, .tv_nsec = 0};
  int signal = 0;
  while ((signal = sigtimedwait(&signals, nullptr, &period)) < 0) server.sessions().expire(idle);
  std::cout << "Stopping: ending running work" << std::endl;
  server.sessions().close_all();
  // Clients may be busy with a batch before they read that their query was cancelled.
  spark.shutdown(std::chrono::seconds(30));
  return 0;
}

int sql(const Flags& flags, const std::string& text, const std::string& file,
        const std::string& format) {
  static const std::map<std::string, OutputFormat> kFormats{{"table", OutputFormat::kTable},
                                                            {"csv", OutputFormat::kCsv},
                                                            {"json", OutputFormat::kJson},
                                                            {"arrow", OutputFormat::kArrow}};
  Settings settings(flags);
  Server server(settings);
  auto session = server.sessions().open(user_name(), random_uuid());
  Shell shell(session, kFormats.at(format), std::cout, std::cerr);
  if (!text.empty()) return shell.run_script(text) ? 0 : 1;
  if (!file.empty()) {
    std::ifstream in(file);
    if (!in) throw Error("PATH_NOT_FOUND", {{"path", file}});
    errno = 0;
    in.peek();
    if (in.bad())
      throw Error("STORAGE_IO_ERROR",
                  {{"operation", "read"}, {"path", file}, {"reason", std::strerror(errno)}});
    std::stringstream script;
    script << in.rdbuf();
    // Editors on Windows begin files with a byte order mark.
    std::string statements = script.str();
    if (statements.starts_with("\xEF\xBB\xBF")) statements.erase(0, 3);
    return shell.run_script(statements) ? 0 : 1;
  }
  if (!isatty(STDIN_FILENO)) {
    std::stringstream script;
    script << std::cin.rdbuf();
    return shell.run_script(script.str()) ? 0 : 1;
  }
  shell.interact(server.home() + "/sql_history");
  return 0;
}

/// Prints what CLI11 stopped for: help, the version, or a mistake in how the command was called.
int exit_status(CLI::App& command, const CLI::ParseError& error) {
  constexpr int kUsage = 2;
  return command.exit(error) == 0 ? 0 : kUsage;
}

/// Options and commands that do not exist, with what is most like them.
int refuse_arguments(CLI::App& command, const CLI::ExtrasError& error) {
  const int status = exit_status(command, error);
  for (auto* used : command.get_subcommands()) {
    if (used->get_option_no_throw("--home") == nullptr) continue;  // takes no settings
    for (std::string argument : used->remaining()) {
      if (!argument.starts_with("--")) continue;
      argument = argument.substr(2, argument.find('=') - 2);
      std::replace(argument.begin(), argument.end(), '-', '_');
      std::string nearest(nearest_setting(argument));
      std::replace(nearest.begin(), nearest.end(), '_', '-');
      std::cerr << "The nearest option is --" << nearest << ".\n";
    }
  }
  return status;
}

std::string version_line() {
  return std::string("lochan ") + kVersion + " (Spark " + std::string(session::kSparkVersion) +
         (kHasFailPoints ? ", fail points" : "") + ")";
}

int config(const Flags& flags) {
  Settings settings(flags);
  for (const auto& setting : app::settings()) {
    std::cout << setting.name << " = " << settings.text(setting.name) << "\n    " << setting.doc
              << " (" << setting.type << "; default '" << setting.default_value << "'; from "
              << settings.source(setting.name) << ")\n";
  }
  return 0;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App command(
      "Lochan: a lakehouse in one server. It speaks Spark Connect and reads and writes Delta Lake.",
      "lochan");
  command.require_subcommand(1);
  command.set_version_flag("--version", version_line(), "Print the version");
  Flags flags;
  std::string text, file, format = "table";

  auto* start_command = command.add_subcommand("start", "Start the server in the foreground");
  add_setting_options(*start_command, flags);
  auto* sql_command =
      command.add_subcommand("sql", "Run SQL on a session of its own, from a script or as a shell");
  add_setting_options(*sql_command, flags);
  auto* statements =
      sql_command->add_option("-e,--execute", text, "Statements to run, separated by semicolons");
  sql_command->add_option("-f,--file", file, "A file of statements to run")->excludes(statements);
  sql_command->add_option("--format", format, "table, csv, json or arrow")
      ->check(CLI::IsMember({"table", "csv", "json", "arrow"}));
  auto* config_command =
      command.add_subcommand("config", "Show all settings, their values and where they come from");
  add_setting_options(*config_command, flags);
  auto* version_command = command.add_subcommand("version", "Print the version");
  auto* reference_command =
      command.add_subcommand("reference", "Print what the reference pages are made from")
          ->group("");

  try {
    command.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    return refuse_arguments(command, error);
  } catch (const CLI::RequiredError& error) {
    for (const auto& word : command.remaining())
      std::cerr << "There is no command " << word << ": start, sql, config and version are.\n";
    return exit_status(command, error);
  } catch (const CLI::ParseError& error) {
    return exit_status(command, error);
  }
  try {
    if (*version_command) {
      std::cout << version_line() << "\n";
      return 0;
    }
    if (*reference_command) {
      std::cout << reference_json() << "\n";
      return 0;
    }
    if (*config_command) return config(flags);
    if (*sql_command) return sql(flags, text, file, format);
    return start(flags);
  } catch (const Error& error) {
    std::cerr << "lochan: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace lochan::app

int main(int argc, char** argv) {
  // What is opened later must not take the place of a closed output.
  for (int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(standard, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) return 1;
  return lochan::app::run(argc, argv);
}
