#include "meta/database.h"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>

#include "base/clock.h"
#include "base/error.h"
#include "meta/migrations.h"

namespace lochan::meta {

int64_t Row::integer(size_t i) const {
  if (auto* v = std::get_if<int64_t>(&cells_[i])) return *v;
  return 0;
}

std::string Row::text(size_t i) const { return optional_text(i).value_or(""); }

std::optional<std::string> Row::optional_text(size_t i) const {
  if (auto* v = std::get_if<std::string>(&cells_[i])) return *v;
  return std::nullopt;
}

namespace {

[[noreturn]] void fail(sqlite3* handle, std::string_view what) {
  throw Error::internal("metadata database: " + std::string(what) + ": " +
                        (handle ? sqlite3_errmsg(handle) : "cannot open"));
}

struct Statement {
  Statement(sqlite3* handle, std::string_view sql) : handle(handle) {
    if (sqlite3_prepare_v2(handle, sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
        SQLITE_OK)
      fail(handle, sql);
  }
  ~Statement() { sqlite3_finalize(raw); }
  void bind(const std::vector<Cell>& parameters) {
    int i = 1;
    for (const auto& cell : parameters) {
      if (auto* n = std::get_if<int64_t>(&cell))
        sqlite3_bind_int64(raw, i, *n);
      else if (auto* d = std::get_if<double>(&cell))
        sqlite3_bind_double(raw, i, *d);
      else if (auto* s = std::get_if<std::string>(&cell))
        sqlite3_bind_text(raw, i, s->data(), static_cast<int>(s->size()), SQLITE_TRANSIENT);
      else
        sqlite3_bind_null(raw, i);
      ++i;
    }
  }
  bool step() {
    int rc = sqlite3_step(raw);
    if (rc == SQLITE_ROW) return true;
    if (rc != SQLITE_DONE) fail(handle, sqlite3_sql(raw));
    return false;
  }
  Row row() const {
    std::vector<Cell> cells;
    for (int i = 0; i < sqlite3_column_count(raw); ++i) {
      switch (sqlite3_column_type(raw, i)) {
        case SQLITE_INTEGER: cells.emplace_back(int64_t{sqlite3_column_int64(raw, i)}); break;
        case SQLITE_FLOAT: cells.emplace_back(sqlite3_column_double(raw, i)); break;
        case SQLITE_NULL: cells.emplace_back(std::monostate{}); break;
        default:
          cells.emplace_back(std::string(reinterpret_cast<const char*>(sqlite3_column_text(raw, i)),
                                         sqlite3_column_bytes(raw, i)));
      }
    }
    return Row(std::move(cells));
  }
  sqlite3* handle;
  sqlite3_stmt* raw = nullptr;
};

}  // namespace

// Delegates, so that the destructor closes the file when the rest throws.
Database::Database(const std::string& path) : Database() {
  if (sqlite3_open_v2(path.c_str(), &handle_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
                      nullptr) != SQLITE_OK)
    fail(handle_, path);
  sqlite3_busy_timeout(handle_, 10'000);
  query("PRAGMA journal_mode=WAL");
  execute("PRAGMA synchronous=FULL");
  execute("PRAGMA foreign_keys=ON");
  migrate(path);
}

Database::~Database() { sqlite3_close_v2(handle_); }

std::vector<Row> Database::query(std::string_view sql, const std::vector<Cell>& parameters) {
  std::lock_guard lock(mutex_);
  Statement statement(handle_, sql);
  statement.bind(parameters);
  std::vector<Row> rows;
  while (statement.step()) rows.push_back(statement.row());
  return rows;
}

int64_t Database::execute(std::string_view sql, const std::vector<Cell>& parameters) {
  std::lock_guard lock(mutex_);
  query(sql, parameters);
  return sqlite3_changes64(handle_);
}

void Database::transaction(const std::function<void()>& body) {
  std::lock_guard lock(mutex_);
  execute("BEGIN IMMEDIATE");
  try {
    body();
    execute("COMMIT");
  } catch (...) {
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

void Database::append_event(std::string_view kind, std::string_view object,
                            std::string_view principal, std::string_view payload_json) {
  execute("INSERT INTO events(at_ms, kind, object, principal, payload) VALUES (?, ?, ?, ?, ?)",
          {now_micros() / 1000, std::string(kind), std::string(object), std::string(principal),
           std::string(payload_json)});
}

void Database::migrate(const std::string& path) {
  const int newest = migrations().back().version;
  int version = static_cast<int>(query("PRAGMA user_version")[0].integer(0));
  if (version > newest)
    throw Error("HOME_FORMAT_TOO_NEW", {{"found", std::to_string(version)},
                                        {"supported", std::to_string(newest)},
                                        {"path", path}});
  if (version > 0 && version < newest) {
    query("PRAGMA wal_checkpoint(TRUNCATE)");
    std::filesystem::copy_file(path, path + ".before-v" + std::to_string(newest),
                               std::filesystem::copy_options::overwrite_existing);
  }
  for (const auto& step : migrations()) {
    if (step.version <= version) continue;
    transaction([&] {
      char* message = nullptr;
      if (sqlite3_exec(handle_, std::string(step.sql).c_str(), nullptr, nullptr, &message) !=
          SQLITE_OK) {
        std::string text = message ? message : "";
        sqlite3_free(message);
        throw Error::internal("metadata migration " + std::to_string(step.version) + ": " + text);
      }
      execute("PRAGMA user_version=" + std::to_string(step.version));
    });
  }
}

}  // namespace lochan::meta
