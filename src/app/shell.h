#pragma once
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "session/session.h"

namespace lochan::app {

enum class OutputFormat { kTable, kCsv, kJson, kArrow };

/// Splits a script at semicolons outside of quotes and comments; drops empty statements.
std::vector<std::string> split_statements(const std::string& script);

/// `lochan sql`: runs statements on a session and prints their rows. One thread; Ctrl-C (SIGINT)
/// cancels the statement that runs.
class Shell {
 public:
  Shell(std::shared_ptr<session::Session> session, OutputFormat format, std::ostream& out,
        std::ostream& err)
      : session_(std::move(session)), format_(format), out_(out), err_(err) {}

  /// Runs one statement. False if it failed; the error is printed.
  bool run(const std::string& statement);
  /// Runs all statements of a script until one fails.
  bool run_script(const std::string& script);
  /// Reads statements from the terminal, with history in `history_file`, until end of input.
  void interact(const std::string& history_file);

 private:
  void print(const std::string& statement, session::EventSink& sink);
  /// STORAGE_IO_ERROR where the output takes no more.
  void write(std::string_view text);

  std::shared_ptr<session::Session> session_;
  OutputFormat format_;
  std::ostream& out_;
  std::ostream& err_;
};

}  // namespace lochan::app
