#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/kernel.h"

namespace lochan::engine {

/// One argument of a kernel under test: its type, and a DuckDB SQL expression per row (cast to the
/// type). Struct values are rows: "row(1, 'a')".
struct KernelArgument {
  types::DataType type;
  std::vector<std::string> rows;
};

/// Base of kernel tests: calls kernels through SQL, so that binding, constant folding and vectors
/// of every shape are exercised. Errors come back as lochan::Error. Example:
///   EXPECT_EQ(texts("upper", TypeId::kString, {{TypeId::kString, {"'a'", "NULL"}}}), (Texts{"A",
///   "NULL"}));
class KernelTest : public ::testing::Test {
 protected:
  using TypeId = types::TypeId;
  using DataType = types::DataType;
  using Texts = std::vector<std::string>;

  plan::CastMode mode = plan::CastMode::kAnsi;
  std::string zone = "UTC";
  std::optional<QueryContext> context;

  /// The kernel over all rows as columns; then each row alone with constant arguments, whose result
  /// must be the same.
  std::vector<duckdb::Value> values(const std::string& kernel, const DataType& result,
                                    const std::vector<KernelArgument>& arguments) {
    const auto spec = spec_literal(result, arguments);
    const size_t rows = arguments.empty() ? 1 : arguments[0].rows.size();
    std::string table, call = "lochan_" + kernel + "(";
    for (size_t a = 0; a < arguments.size(); ++a) call += "a" + std::to_string(a) + ", ";
    call += spec + ")";
    auto all = query("SELECT " + call + " FROM " + values_table(arguments));
    EXPECT_EQ(all.size(), rows);
    for (size_t row = 0; row < rows && !skip_constants; ++row) {
      std::string constant = "SELECT lochan_" + kernel + "(";
      for (const auto& a : arguments) constant += cast(a.rows[row], a.type) + ", ";
      auto one = query(constant + spec + ")");
      EXPECT_EQ(one.at(0).ToString(), all.at(row).ToString()) << "constant arguments, row " << row;
    }
    return all;
  }
  Texts texts(const std::string& kernel, const DataType& result,
              const std::vector<KernelArgument>& arguments) {
    Texts out;
    for (const auto& v : values(kernel, result, arguments)) out.push_back(v.ToString());
    return out;
  }

  /// The aggregate over all rows, without and with grouping, and merged from several threads'
  /// states.
  duckdb::Value aggregate(const std::string& kernel, const DataType& result,
                          const std::vector<KernelArgument>& arguments) {
    std::string call = "lochan_" + kernel + "(";
    for (size_t a = 0; a < arguments.size(); ++a) call += "a" + std::to_string(a) + ", ";
    call += spec_literal(result, arguments) + ")";
    const auto table = values_table(arguments);
    auto plain = query("SELECT " + call + " FROM " + table).at(0);
    auto grouped =
        query("SELECT " + call + " FROM " + table + " GROUP BY a0 IS NULL OR TRUE").at(0);
    EXPECT_EQ(plain.ToString(), grouped.ToString()) << "grouped";
    auto window = query("SELECT " + call + " OVER () FROM " + table).at(0);
    EXPECT_EQ(plain.ToString(), window.ToString()) << "over a window";
    return plain;
  }

  /// The condition of the error that the call raises; empty if it raises none.
  std::string error_of(const std::string& kernel, const DataType& result,
                       const std::vector<KernelArgument>& arguments) {
    try {
      values(kernel, result, arguments);
    } catch (const Error& e) {
      return e.condition();
    }
    return {};
  }

  /// First column of the result.
  std::vector<duckdb::Value> query(const std::string& sql) {
    auto result = connection().Query(sql);
    if (result->HasError()) {
      if (auto error = Error::decode(result->GetError())) throw *error;
      throw std::runtime_error(sql + "\n" + result->GetError());
    }
    std::vector<duckdb::Value> out;
    for (auto& row : result->Collection().Rows()) out.push_back(row.GetValue(0));
    return out;
  }

  bool skip_constants = false;

 private:
  static duckdb::Connection& connection() {
    static auto* database = [] {
      auto* db = new duckdb::DuckDB(nullptr);
      register_kernels(*db->instance);
      return db;
    }();
    static auto* connection = new duckdb::Connection(*database);
    return *connection;
  }
  static std::string cast(const std::string& sql, const DataType& type) {
    return "CAST(" + sql + " AS " + to_duckdb(type).ToString() + ")";
  }
  static std::string values_table(const std::vector<KernelArgument>& arguments) {
    std::string rows, names;
    const size_t n = arguments.empty() ? 1 : arguments[0].rows.size();
    for (size_t row = 0; row < n; ++row) {
      rows += row ? ", (" : "(";
      for (size_t a = 0; a < arguments.size(); ++a) {
        rows += (a ? ", " : "") + cast(arguments[a].rows.at(row), arguments[a].type);
      }
      rows += arguments.empty() ? "1)" : ")";
    }
    for (size_t a = 0; a < arguments.size(); ++a) names += (a ? ", a" : "a") + std::to_string(a);
    return "(VALUES " + rows + ") v(" + (names.empty() ? "a" : names) + ")";
  }
  std::string spec_literal(const DataType& result, const std::vector<KernelArgument>& arguments) {
    KernelSpec spec;
    spec.result = result;
    for (const auto& a : arguments) spec.arguments.push_back(a.type);
    spec.mode = mode;
    spec.zone = zone;
    spec.context = context;
    std::string text = "'";
    for (unsigned char c : spec.encode()) {
      static const char* digits = "0123456789ABCDEF";
      text += {'\\', 'x', digits[c >> 4], digits[c & 15]};
    }
    return text + "'::BLOB";
  }
};

}  // namespace lochan::engine
