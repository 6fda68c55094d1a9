#include "sql/keywords.h"

#include <algorithm>
#include <iterator>

namespace lochan::sql {
namespace {

// All lists are sorted.
constexpr std::string_view kStrict[] = {
    "ANTI", "CROSS", "EXCEPT",  "FULL", "INNER", "INTERSECT", "JOIN",  "LATERAL",
    "LEFT", "MINUS", "NATURAL", "ON",   "RIGHT", "SEMI",      "UNION", "USING"};

constexpr std::string_view kReserved[] = {"ALL",
                                          "AND",
                                          "ANY",
                                          "AS",
                                          "AUTHORIZATION",
                                          "BOTH",
                                          "CASE",
                                          "CAST",
                                          "CHECK",
                                          "COLLATE",
                                          "COLUMN",
                                          "CONSTRAINT",
                                          "CREATE",
                                          "CROSS",
                                          "CURRENT_DATE",
                                          "CURRENT_TIME",
                                          "CURRENT_TIMESTAMP",
                                          "CURRENT_USER",
                                          "DISTINCT",
                                          "ELSE",
                                          "END",
                                          "ESCAPE",
                                          "EXCEPT",
                                          "EXECUTE",
                                          "FALSE",
                                          "FETCH",
                                          "FILTER",
                                          "FOR",
                                          "FOREIGN",
                                          "FROM",
                                          "FULL",
                                          "GRANT",
                                          "GROUP",
                                          "HAVING",
                                          "IN",
                                          "INNER",
                                          "INTERSECT",
                                          "INTO",
                                          "IS",
                                          "JOIN",
                                          "LATERAL",
                                          "LEADING",
                                          "LEFT",
                                          "NATURAL",
                                          "NOT",
                                          "NULL",
                                          "OFFSET",
                                          "ON",
                                          "ONLY",
                                          "OR",
                                          "ORDER",
                                          "OUTER",
                                          "OVERLAPS",
                                          "PRIMARY",
                                          "RECURSIVE",
                                          "REFERENCES",
                                          "RIGHT",
                                          "SELECT",
                                          "SESSION_USER",
                                          "SOME",
                                          "SQL",
                                          "TABLE",
                                          "THEN",
                                          "TIME",
                                          "TO",
                                          "TRAILING",
                                          "UNION",
                                          "UNIQUE",
                                          "UNKNOWN",
                                          "USER",
                                          "USING",
                                          "WHEN",
                                          "WHERE",
                                          "WITH",
                                          "WITHIN"};

constexpr std::string_view kClauses[] = {
    "AS",      "CLUSTER", "DISTRIBUTE", "ELSE",    "END",         "FOR",   "FROM",
    "GROUP",   "HAVING",  "LIMIT",      "NEAREST", "OFFSET",      "ORDER", "PIVOT",
    "QUALIFY", "SELECT",  "SET",        "SORT",    "TABLESAMPLE", "THEN",  "UNPIVOT",
    "WHEN",    "WHERE",   "WINDOW",     "WITH"};

template <size_t N>
bool contains(const std::string_view (&list)[N], std::string_view word) {
  return std::binary_search(std::begin(list), std::end(list), word);
}

}  // namespace

bool is_strict(std::string_view upper) { return contains(kStrict, upper); }
bool is_reserved(std::string_view upper) { return contains(kReserved, upper); }
bool begins_clause(std::string_view upper) { return contains(kClauses, upper); }

}  // namespace lochan::sql
