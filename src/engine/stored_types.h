#pragma once
#include "delta/schema.h"
#include "duckdb.hpp"
#include "duckdb/parser/parsed_expression.hpp"

namespace lochan::engine {

/// The type under which a column is stored: as to_duckdb(), with the fields' own (physical) names.
duckdb::LogicalType stored_type(const delta::Column& column);

/// `value` under the stored type of its column; the bits stay.
duckdb::unique_ptr<duckdb::ParsedExpression> as_stored(
    duckdb::unique_ptr<duckdb::ParsedExpression> value, const delta::Column& column);

/// Adds the function behind as_stored() to a database.
void register_stored_types(duckdb::DatabaseInstance& database);

}  // namespace lochan::engine
