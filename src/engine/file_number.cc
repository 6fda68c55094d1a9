#include "engine/file_number.h"

#include "duckdb/parser/expression/window_expression.hpp"

namespace lochan::engine {

Parsed file_number(ParsedList partition_by, int64_t rows) {
  using duckdb::Value;
  auto number = duckdb::make_uniq<duckdb::WindowExpression>(
      duckdb::ExpressionType::WINDOW_ROW_NUMBER, "", "", "row_number");
  number->partitions = std::move(partition_by);
  number->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
  number->end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
  auto before = call("-", list(Parsed(std::move(number)), constant(Value::BIGINT(1))));
  return call("//", list(std::move(before), constant(Value::BIGINT(rows))));
}

}  // namespace lochan::engine
