#include "app/shell.h"

#include <editline/readline.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <iostream>
#include <sstream>

#include "base/ascii.h"
#include "base/error.h"
#include "base/version.h"
#include "engine/engine.h"
#include "engine/kernels/utf8.h"
#include "session/show_plan.h"
#include "session/show_string.h"

namespace lochan::app {
namespace {

constexpr int kTableRows = 1000;  // what a terminal can take in; csv, json and arrow print all

std::atomic<bool> interrupted{false};

void on_interrupt(int) { interrupted = true; }

/// The next character of the terminal, for readline(): Ctrl-C ends the line. Its own reader goes on
/// after a signal, and at the second takes it for the end of the input.
int read_character(FILE*) {
  std::mbstate_t state{};
  while (true) {
    // The signal may come before the wait begins, or to another thread: look again now and then.
    if (interrupted) return '\n';
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (poll(&input, 1, 50) <= 0) continue;
    char byte;
    const auto count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return EOF;
    wchar_t character;
    const auto used = std::mbrtowc(&character, &byte, 1, &state);
    if (used == static_cast<size_t>(-2)) continue;  // more bytes of it to come
    if (used == static_cast<size_t>(-1)) return static_cast<unsigned char>(byte);
    return static_cast<int>(character);
  }
}

constexpr const char* kHelp =
    "A statement may span lines and ends with ';'. Up and down go through the history.\n"
    "  SHOW TABLES;  DESCRIBE name;  EXPLAIN query;  SET key = value;\n"
    "  SELECT * FROM delta.`/path/to/table`;  SELECT * FROM parquet.`/path`;\n"
    "Ctrl-C cancels the running statement or clears what is typed. 'exit', 'quit' or Ctrl-D "
    "leave.\n";

/// A statement of one word, without blanks around it, in lower case.
std::string word_of(const std::string& statement) {
  const size_t first = statement.find_first_not_of(" \n\t");
  const size_t last = statement.find_last_not_of(" \n\t");
  return lower_case(std::string_view(statement).substr(first, last - first + 1));
}

/// Whether the last statement is finished: a ';' outside of quotes and comments comes after it.
bool ends_statement(const std::string& script) {
  // With one word more there is one statement more exactly if the last one was ended.
  return split_statements(script + "\nx").size() > split_statements(script).size();
}

/// What stands for null among the texts of CSV cells: no UTF-8 text is equal to it.
constexpr const char* kNullCell = "\xff";

/// A field of RFC 4180: null is empty, an empty text is "".
std::string csv_cell(const std::string& text) {
  if (text == kNullCell) return "";
  if (!text.empty() && text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) line += (i ? "," : "") + csv_cell(cells[i]);
  return line + "\n";
}

void draw_progress(const session::ProgressEvent& progress, double seconds, std::ostream& err) {
  char line[80];
  if (progress.fraction > 0)
    std::snprintf(line, sizeof line, "\r%3.0f %%  %.1f s ", progress.fraction * 100, seconds);
  else
    std::snprintf(line, sizeof line, "\rrunning  %.1f s ", seconds);
  err << line << std::flush;
}

}  // namespace

std::vector<std::string> split_statements(const std::string& script) {
  std::vector<std::string> statements;
  std::string current;
  bool blank = true;
  const auto finish = [&] {
    if (!blank) statements.push_back(current);
    current.clear();
    blank = true;
  };
  for (size_t i = 0; i < script.size(); ++i) {
    const char c = script[i];
    if (c == '\'' || c == '"' || c == '`') {
      size_t end = i + 1;
      while (end < script.size() && script[end] != c)
        end += script[end] == '\\' && c != '`' ? 2 : 1;
      end = std::min(end, script.size() - 1);
      current.append(script, i, end - i + 1);
      i = end;
      blank = false;
    } else if (script.compare(i, 2, "--") == 0) {
      const size_t end = std::min(script.find('\n', i), script.size());
      current.append(script, i, end - i);
      i = end - 1;
    } else if (script.compare(i, 2, "/*") == 0) {
      const size_t close = script.find("*/", i + 2);
      const size_t end = close == std::string::npos ? script.size() : close + 2;
      current.append(script, i, end - i);
      i = end - 1;
    } else if (c == ';') {
      finish();
    } else {
      current += c;
      if (!std::isspace(static_cast<unsigned char>(c))) blank = false;
    }
  }
  finish();
  return statements;
}

void Shell::print(const std::string& statement, session::EventSink& sink) {
  const auto query = plan::make_plan(plan::SqlText{statement, {}, {}});
  auto resolved = session_->analyze(query);
  if (!resolved || resolved->output.empty()) return;
  auto& engine = *session_->services().engine;
  engine::QueryOptions options{.context = session_->resolve_context(), .cancel = sink.cancel()};
  std::vector<std::string> header;
  for (const auto& attribute : resolved->output) header.push_back(attribute.name);
  switch (format_) {
    case OutputFormat::kArrow: {
      session::write_arrow(engine, resolved, options,
                           [this](std::string_view bytes) { write(bytes); });
      break;
    }
    case OutputFormat::kJson: {
      auto row = plan::function(
          "to_json",
          {plan::function("struct", {plan::make_expression(plan::UnresolvedStar{})}),
           plan::function("map", {plan::literal(types::Value::string("ignoreNullFields")),
                                  plan::literal(types::Value::string("false"))})});
      auto json = session_->analyze(plan::make_plan(plan::Project{
          resolved, {plan::make_expression(plan::Alias{.child = row, .name = "json"})}}));
      session::each_text_batch(engine, json, options, "null", [&](const auto& rows) {
        std::string lines;
        for (const auto& cells : rows) lines += cells[0] + "\n";
        write(lines);
      });
      break;
    }
    case OutputFormat::kCsv: {
      write(csv_line(header));
      session::each_text_batch(engine, session::as_shown_text(resolved, INT32_MAX), options,
                               kNullCell, [&](const auto& rows) {
                                 std::string lines;
                                 for (const auto& cells : rows) lines += csv_line(cells);
                                 write(lines);
                               });
      break;
    }
    case OutputFormat::kTable: {
      auto rows = session::collect_text(engine, session::as_shown_text(resolved, kTableRows),
                                        options, "NULL");
      const bool more = rows.size() > kTableRows;
      const size_t shown = more ? kTableRows : rows.size();
      write(session::format_table(header, std::move(rows), kTableRows, 0, false) +
            (more ? "the first " + std::to_string(shown) + " rows; --format csv prints all\n"
                  : std::to_string(shown) + (shown == 1 ? " row\n" : " rows\n")));
      break;
    }
  }
}

void Shell::write(std::string_view text) {
  errno = 0;
  if (!out_.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
    throw Error("STORAGE_IO_ERROR", {{"operation", "write"},
                                     {"path", "the output"},
                                     {"reason", errno ? std::strerror(errno) : "it is closed"}});
}

bool Shell::run(const std::string& statement) {
  interrupted = false;
  auto previous = std::signal(SIGINT, on_interrupt);
  const auto started = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  std::string failure;
  bool drawn = false;
  {
    auto execution = session_->execute_work(
        {.id = {}, .tags = {}, .description = statement}, [&](session::EventSink& sink) {
          try {
            if (!engine::utf8::is_valid(statement))
              throw Error("INVALID_UTF8_STRING", {{"str", statement}});
            print(statement, sink);
          } catch (const std::exception& error) {
            failure = error.what();
            throw;
          }
        });
    execution->attach();
    while (!execution->wait_until_done(std::chrono::milliseconds(100))) {
      if (interrupted.exchange(false)) execution->cancel("interrupted");
      if (isatty(STDERR_FILENO) && seconds() > 1) {
        draw_progress(execution->progress(), seconds(), err_);
        drawn = true;
      }
    }
    execution->detach();
    execution->release_all();
  }
  std::signal(SIGINT, previous);
  if (drawn) err_ << "\r\033[K" << std::flush;
  if (!failure.empty()) err_ << failure << "\n";
  return failure.empty();
}

bool Shell::run_script(const std::string& script) {
  for (const auto& statement : split_statements(script))
    if (!run(statement)) return false;
  return true;
}

void Shell::interact(const std::string& history_file) {
  // What is typed may be more than ASCII.
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  rl_getc_function = read_character;
  std::signal(SIGINT, on_interrupt);
  using_history();
  stifle_history(10'000);
  read_history(history_file.c_str());
  out_ << "Lochan " << kVersion
       << ". Statements end with ';'. Type 'help' for help, Ctrl-D to leave.\n";
  std::string pending;
  while (true) {
    char* line = readline(pending.empty() ? "lochan> " : "     -> ");
    if (!line) break;
    const std::string typed = line;
    std::free(line);
    if (interrupted.exchange(false)) {
      pending.clear();
      continue;
    }
    pending += (pending.empty() ? "" : "\n") + typed;
    const auto statements = split_statements(pending);
    if (statements.empty()) {
      pending.clear();
      continue;
    }
    if (statements.size() == 1) {
      const std::string word = word_of(statements[0]);
      if (word == "exit" || word == "quit") break;
      if (word == "help") {
        out_ << kHelp;
        pending.clear();
        continue;
      }
    }
    if (!ends_statement(pending)) continue;
    add_history(pending.c_str());
    write_history(history_file.c_str());
    for (const auto& statement : statements)
      if (!run(statement)) break;
    pending.clear();
  }
  out_ << "\n";
}

}  // namespace lochan::app
