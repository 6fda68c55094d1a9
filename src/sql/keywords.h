#pragma once
#include <string_view>

namespace lochan::sql {

/// Words that cannot name a table or be its alias, in any mode: those that join tables.
bool is_strict(std::string_view upper);
/// Words that ANSI SQL reserves; they name nothing where spark.sql.ansi.enforceReservedKeywords is
/// on.
bool is_reserved(std::string_view upper);
/// Words that begin the next clause of a query: taken as an alias without AS only where nothing
/// follows.
bool begins_clause(std::string_view upper);

}  // namespace lochan::sql
