#pragma once
#include "plan/plan.h"
#include "session/config.h"

namespace lochan::session {

/// Parses a SQL text as the session's configuration says and puts its arguments in the place of
/// parameter markers. Throws PARSE_SYNTAX_ERROR, UNBOUND_SQL_PARAMETER.
plan::PlanPtr parse_sql(const plan::SqlText& sql, const Config& config);

}  // namespace lochan::session
