#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;

namespace lochan::meta {

/// A cell: null, integer, real or text.
using Cell = std::variant<std::monostate, int64_t, double, std::string>;

class Row {
 public:
  explicit Row(std::vector<Cell> cells) : cells_(std::move(cells)) {}
  bool is_null(size_t i) const { return std::holds_alternative<std::monostate>(cells_[i]); }
  int64_t integer(size_t i) const;
  std::string text(size_t i) const;  // null reads as empty
  std::optional<std::string> optional_text(size_t i) const;

 private:
  std::vector<Cell> cells_;
};

/// The metadata database: SQLite in WAL mode with synchronous=FULL, so that a committed change
/// survives power loss. One connection behind a mutex: thread-safe, one statement at a time. Throws
/// Error(INTERNAL_ERROR) when SQLite fails.
class Database {
 public:
  /// Opens or makes the file and brings it to the newest version (migrations.h). A database of a
  /// newer version than this server's is refused.
  explicit Database(const std::string& path);
  ~Database();
  Database(const Database&) = delete;

  /// Runs one statement with `?` parameters and gives its rows.
  std::vector<Row> query(std::string_view sql, const std::vector<Cell>& parameters = {});
  /// The same for statements without rows; gives the number of rows changed.
  int64_t execute(std::string_view sql, const std::vector<Cell>& parameters = {});
  /// Runs `body` in one transaction; an exception rolls back.
  void transaction(const std::function<void()>& body);
  /// Appends to the event feed; inside the transaction of the change that it tells of.
  void append_event(std::string_view kind, std::string_view object, std::string_view principal,
                    std::string_view payload_json);

 private:
  Database() = default;
  void migrate(const std::string& path);
  sqlite3* handle_ = nullptr;
  std::recursive_mutex mutex_;
};

}  // namespace lochan::meta
