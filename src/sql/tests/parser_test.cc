#include "sql/parser.h"

#include <gtest/gtest.h>

namespace lochan::sql {
namespace {

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string parsed(const std::string& text) {
  return plan::to_string(*parse_statement(shared(text)));
}
std::string expression(const std::string& text) {
  return plan::to_string(*parse_expression(shared(text)));
}

struct Case {
  const char* sql;
  const char* tree;
};

class ExpressionTree : public ::testing::TestWithParam<Case> {};
TEST_P(ExpressionTree, IsAsWritten) { EXPECT_EQ(expression(GetParam().sql), GetParam().tree); }
INSTANTIATE_TEST_SUITE_P(
    Operators, ExpressionTree,
    ::testing::Values(
        Case{"1 + 2 * 3 - 4", "-(+(1, *(2, 3)), 4)"}, Case{"(1 + 2) * 3", "*(+(1, 2), 3)"},
        Case{"a || b || c", "concat(concat('a, 'b), 'c)"}, Case{"- x", "-('x)"}, Case{"- 1", "-1"},
        Case{"1 - -2", "-(1, -2)"}, Case{"-9223372036854775808", "-9223372036854775808L"},
        Case{"~1 & 2 | 3 ^ 4 << 1", "|(&(~(1), 2), ^(3, <<(4, 1)))"},
        Case{"7 div 2 % 2", "%(div(7, 2), 2)"}, Case{"a = b = c", "=(=('a, 'b), 'c)"},
        Case{"a <> b", "not(=('a, 'b))"}, Case{"a != b", "not(=('a, 'b))"},
        Case{"not a and b or c", "or(and(not('a), 'b), 'c)"}, Case{"! a = b", "not(=('a, 'b))"},
        Case{"a between 1 and 2 and c", "and(between('a, 1, 2), 'c)"},
        Case{"a not in (1, 2)", "not(in('a, 1, 2))"},
        Case{"a is not distinct from b", "<=>('a, 'b)"},
        Case{"a is distinct from b", "not(<=>('a, 'b))"},
        Case{"a is not true", "not(<=>('a, true))"}, Case{"a is unknown", "isnull('a)"},
        Case{"a like 'x' escape '!'", "like('a, 'x', '!')"},
        Case{"a not ilike any ('x', 'y')", "notlikeany(lower('a), lower('x'), lower('y'))"},
        Case{"a rlike 'x'", "rlike('a, 'x')"},
        Case{"x::int::string", "cast(cast('x AS int) AS string)"},
        Case{"x::array<array<int>>[0]", "cast('x AS array<array<int>>)[0]"},
        Case{"cast(a as decimal(10, 2))", "cast('a AS decimal(10,2))"},
        Case{"try_cast(a as int)", "try_cast('a AS int)"}, Case{"a[0].b['k']", "'a[0]['b']['k']"},
        Case{"a.b.c", "'a.b.c"},
        Case{"(a, b AS x, 1)", "named_struct('a', 'a, 'x', 'b, 'col3', 1)"},
        Case{"struct(a, b AS x)", "struct('a, 'b AS x)"}, Case{"count(*)", "count(1)"},
        Case{"count(DISTINCT a, b)", "count(DISTINCT 'a, 'b)"},
        Case{"case a when 1 then 'x' else 'y' end", "when(=('a, 1), 'x', 'y')"},
        Case{"case when a then b end", "when('a, 'b)"},
        Case{"case 'a' when 'a' then 1 end", "when(=('a', 'a'), 1)"},
        Case{"x -> x + 1", "(x) -> +('x, 1)"},
        Case{"f((x, y) -> x, z => 1)", "f((x, y) -> 'x, z => 1)"},
        Case{"a IN (SELECT 1)", "('a) in {Project [1] (OneRow)}"},
        Case{"(a, b) IN (SELECT 1, 2)", "('a, 'b) in {Project [1, 2] (OneRow)}"},
        Case{"((SELECT 1) UNION (SELECT 2)) + 1",
             "+(scalar{Union (Project [1] (OneRow), Project [2] (OneRow))}, 1)"},
        Case{"exists (select 1)", "exists{Project [1] (OneRow)}"},
        Case{"exists(xs, x -> x)", "exists('xs, (x) -> 'x)"}));
INSTANTIATE_TEST_SUITE_P(
    SpecialCalls, ExpressionTree,
    ::testing::Values(
        Case{"extract(YEAR FROM d)", "extract('YEAR', 'd)"},
        Case{"trim(BOTH 'x' FROM a)", "trim('x', 'a)"}, Case{"trim(LEADING FROM a)", "ltrim('a)"},
        Case{"trim(a)", "trim('a)"}, Case{"substring(a FROM 2 FOR 3)", "substring('a, 2, 3)"},
        Case{"substr(a, 2)", "substr('a, 2)"}, Case{"position('a' IN b)", "locate('a', 'b)"},
        Case{"position('a', b)", "position('a', 'b)"},
        Case{"overlay(a PLACING b FROM 1)", "overlay('a, 'b, 1)"},
        Case{"dateadd(MONTH, 1, d)", "timestampadd('MONTH', 1, 'd)"},
        Case{"date_add(d, 1)", "date_add('d, 1)"},
        Case{"datediff(day, a, b)", "timestampdiff('DAY', 'a, 'b)"},
        Case{"datediff(a, b)", "datediff('a, 'b)"},
        Case{"v:a.b[0]::int", "cast(semi_structured_extract('v, 'a.b[0]') AS int)"},
        Case{"a collate utf8_lcase", "collate('a, 'utf8_lcase')"},
        Case{"current_date", "'current_date"},
        Case{"first(a IGNORE NULLS)", "first('a) IGNORE NULLS"},
        Case{"percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC)",
             "percentile_cont(0.5BD) WITHIN GROUP (ORDER BY 'a DESC)"},
        Case{"sum(a) FILTER (WHERE b)", "sum('a) FILTER (WHERE 'b)"},
        Case{"rank() OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
             "rank() OVER (PARTITION BY 'a ORDER BY 'b ASC ROWS BETWEEN -1 FOLLOWING AND CURRENT "
             "ROW)"},
        Case{"sum(a) OVER w", "sum('a) OVER w"}, Case{":p + ?", "+(:p, ?)"}));
INSTANTIATE_TEST_SUITE_P(
    Literals, ExpressionTree,
    ::testing::Values(
        Case{"1Y", "1Y"}, Case{"1S", "1S"}, Case{"1L", "1L"}, Case{"1.50", "1.50BD"},
        Case{"1.5BD", "1.5BD"}, Case{"1e3", "1000.0D"}, Case{"1.", "1BD"}, Case{".5", "0.5BD"},
        Case{"1.5F", "CAST(1.5 AS FLOAT)"}, Case{"12345678901", "12345678901L"},
        Case{"'a' 'b'", "'ab'"}, Case{"'a''b'", "'a\\'b'"}, Case{"r'a\\tb'", "'a\\\\tb'"},
        Case{"'\\u0041\\101\\%'", "'AA\\\\%'"}, Case{"\"dq\"", "'dq'"}, Case{"X'1'", "X'01'"},
        Case{"DATE '2020-1-2'", "DATE '2020-01-02'"}, Case{"date", "'date"},
        Case{"TIMESTAMP '2020-01-01 00:00:00+01:00'", "TIMESTAMP '2019-12-31 23:00:00'"},
        Case{"TIMESTAMP_NTZ '2020-01-01'", "TIMESTAMP_NTZ '2020-01-01 00:00:00'"},
        Case{"TIME '10:00:00.5'", "TIME '10:00:00.5'"},
        Case{"INTERVAL '1' DAY", "INTERVAL '1' DAY"},
        Case{"INTERVAL 1 day 2 hours", "INTERVAL '1 02' DAY TO HOUR"},
        Case{"INTERVAL '1 day -2 hours'", "INTERVAL '0 22' DAY TO HOUR"},
        Case{"INTERVAL -'1-2' YEAR TO MONTH", "INTERVAL '-1-2' YEAR TO MONTH"},
        Case{"interval", "'interval"}, Case{"INTERVAL 2 weeks", "INTERVAL '14' DAY"}));

class Statement : public ::testing::TestWithParam<Case> {};
TEST_P(Statement, BecomesItsPlan) { EXPECT_EQ(parsed(GetParam().sql), GetParam().tree); }
INSTANTIATE_TEST_SUITE_P(
    Queries, Statement,
    ::testing::Values(
        Case{"SELECT DISTINCT a.b, count(*) AS c FROM db.t a LEFT JOIN u USING (x, y) WHERE a > 1 "
             "GROUP BY a.b HAVING c > 1 "
             "ORDER BY c DESC NULLS LAST LIMIT 5 OFFSET 2;",
             "Limit 5\n  Offset 2\n    Sort ['c DESC NULLS LAST]\n      Distinct\n"
             "        Aggregate ['a.b] ['a.b, count(1) AS c] HAVING >('c, 1)\n          Filter "
             ">('a, 1)\n"
             "            Join Left USING (x, y)\n              SubqueryAlias a\n                "
             "UnresolvedRelation db.t\n"
             "              UnresolvedRelation u\n"},
        Case{"WITH a AS (SELECT 1), b(x) AS (SELECT 2) SELECT * FROM a UNION ALL SELECT * FROM b "
             "INTERSECT TABLE c EXCEPT VALUES 1",
             "With [a, b (x)]\n  Project [1]\n    OneRow\n  Project [2]\n    OneRow\n  Except\n    "
             "Union ALL\n      Project [*]\n"
             "        UnresolvedRelation a\n      Intersect\n        Project [*]\n          "
             "UnresolvedRelation b\n"
             "        UnresolvedRelation c\n    InlineTable [(1)]\n"},
        Case{"SELECT * FROM (SELECT 1 AS x), LATERAL (SELECT x) t LATERAL VIEW OUTER explode(xs) e "
             "AS v",
             "Project [*]\n  Generate OUTER explode('xs) AS e (v)\n    Join Inner LATERAL\n"
             "      SubqueryAlias __auto_generated_subquery_name\n        Project [1 AS x]\n       "
             "   OneRow\n"
             "      SubqueryAlias t\n        Project ['x]\n          OneRow\n"},
        Case{"SELECT a FROM ((t JOIN u ON x) NATURAL JOIN w)",
             "Project ['a]\n  Join Inner NATURAL\n    Join Inner ON 'x\n      UnresolvedRelation "
             "t\n      UnresolvedRelation u\n"
             "    UnresolvedRelation w\n"},
        Case{"SELECT 1 FROM t GROUP BY a, CUBE(b, c)",
             "Aggregate SETS ['a, 'b, 'c] [1] SETS (('a, 'b, 'c), ('a, 'c), ('a, 'b), ('a))\n  "
             "UnresolvedRelation t\n"},
        Case{"SELECT 1 FROM t GROUP BY ALL", "Aggregate ALL [] [1]\n  UnresolvedRelation t\n"},
        Case{"SELECT * EXCEPT (a, b.c), t.* FROM t VERSION AS OF 3 TABLESAMPLE (10 PERCENT) AS x",
             "Project [* EXCEPT (a, b.c), t.*]\n  SubqueryAlias x\n    Sample 0.0 0.1\n      "
             "UnresolvedRelation t VERSION '3'\n"},
        Case{"SELECT * FROM t@v2", "Project [*]\n  UnresolvedRelation t VERSION '2'\n"},
        Case{"SELECT * FROM delta.`/tmp/x`", "Project [*]\n  UnresolvedRelation delta.`/tmp/x`\n"},
        Case{"SELECT * FROM t PIVOT (sum(v) FOR k IN ('a' AS aa, 'b'))",
             "Project [*]\n  Aggregate PIVOT [] [sum('v)] FOR 'k IN ['a' AS aa, 'b']\n    "
             "UnresolvedRelation t\n"},
        Case{"SELECT * FROM t UNPIVOT INCLUDE NULLS (v FOR n IN (a, b AS bb)) u",
             "Project [*]\n  SubqueryAlias u\n    Unpivot INCLUDE NULLS [('a), ('b) AS bb] INTO n "
             "(v)\n      UnresolvedRelation t\n"},
        Case{"FROM t |> WHERE a > 1 |> AGGREGATE sum(b) AS s GROUP BY a |> ORDER BY s",
             "Sort ['s ASC]\n  Aggregate ['a] ['a, sum('b) AS s]\n    Filter >('a, 1)\n      "
             "Project [*]\n        UnresolvedRelation t\n"},
        Case{"FROM t SELECT a WHERE b", "Project ['a]\n  Filter 'b\n    UnresolvedRelation t\n"},
        Case{"SELECT a FROM t QUALIFY rank() OVER w = 1 WINDOW w AS (ORDER BY a)",
             "WithWindows [w (ORDER BY 'a ASC)]\n  Qualify =(rank() OVER w, 1)\n    Project ['a]\n "
             "     UnresolvedRelation t\n"},
        Case{"SELECT /*+ BROADCAST(t) */ a /* c /* nested */ */ FROM t -- end",
             "Hint BROADCAST('t)\n  Project ['a]\n    UnresolvedRelation t\n"},
        Case{"SELECT select, order FROM range(10) AS r(order) ORDER BY ALL",
             "Sort ALL ['ALL ASC]\n  Project ['select, 'order]\n    SubqueryAlias r (order)\n      "
             "UnresolvedTableFunction range(10)\n"},
        Case{"SELECT 1 FROM VALUES (1, 'a'), (2, 'b') AS t(a, b)",
             "Project [1]\n  SubqueryAlias t\n    InlineTable (a, b) [(1, 'a'), (2, 'b')]\n"}));
INSTANTIATE_TEST_SUITE_P(
    Commands, Statement,
    ::testing::Values(
        Case{"CREATE OR REPLACE TABLE db.t (a INT NOT NULL COMMENT 'x', b STRING DEFAULT 'q') "
             "USING DELTA PARTITIONED BY (a) "
             "LOCATION '/x' TBLPROPERTIES ('K' = 'v')",
             "CreateTable db.t (a int NOT NULL COMMENT 'x', b string DEFAULT 'q') OR REPLACE USING "
             "delta PARTITIONED BY (a) "
             "LOCATION '/x' TBLPROPERTIES (K=v)\n"},
        Case{"CREATE TABLE t AS SELECT 1", "CreateTable t\n  Project [1]\n    OneRow\n"},
        Case{"CREATE TABLE t LIKE u", "CreateTable t LIKE u\n"},
        Case{"CREATE TEMP VIEW v (x COMMENT 'c') AS SELECT 1",
             "CreateView v (x 'c') TEMPORARY\n  Project [1]\n    OneRow\n"},
        Case{"CREATE TEMPORARY VIEW v USING csv OPTIONS (path '/a', Header true)",
             "CreateView v TEMPORARY\n  UnresolvedRead csv OPTIONS (header=true, path=/a)\n"},
        Case{"INSERT OVERWRITE t PARTITION (p = 1, q) (a, b) VALUES (1, 2)",
             "Insert t (a, b) OVERWRITE PARTITION (p=1, q)\n  InlineTable [(1, 2)]\n"},
        Case{"WITH c AS (SELECT 1) INSERT INTO t BY NAME SELECT * FROM c",
             "Insert t BY NAME\n  With [c]\n    Project [1]\n      OneRow\n    Project [*]\n      "
             "UnresolvedRelation c\n"},
        Case{"INSERT INTO t REPLACE WHERE a > 1 SELECT 1",
             "Insert t REPLACE WHERE >('a, 1)\n  Project [1]\n    OneRow\n"},
        Case{"DROP SCHEMA IF EXISTS a.b CASCADE", "Drop SCHEMA a.b IF EXISTS CASCADE\n"},
        Case{"SET spark.sql.x = a b, c", "SetConfig spark.sql.x = a b, c\n"},
        Case{"SET TIME ZONE INTERVAL 10 HOURS", "SetConfig spark.sql.session.timeZone = +10:00\n"},
        Case{"SET -v", "SetConfig VERBOSE\n"}, Case{"RESET a.b", "ResetConfig a.b\n"},
        Case{"USE CATALOG c", "Use CATALOG c\n"}, Case{"USE a.b", "Use a.b\n"},
        Case{"SHOW TABLES IN db LIKE 'a*'", "Show TABLES db LIKE 'a*'\n"},
        Case{"SHOW COLUMNS FROM t IN db", "Show COLUMNS db.t\n"},
        Case{"DESCRIBE EXTENDED t", "DescribeRelation t EXTENDED\n"},
        Case{"DESC t.a c", "DescribeRelation t.a COLUMN c\n"},
        Case{"DESC HISTORY t", "DescribeObject HISTORY t\n"},
        Case{"DESCRIBE SELECT 1", "DescribeQuery\n  Project [1]\n    OneRow\n"},
        Case{"EXPLAIN EXTENDED SELECT 1", "Explain extended\n  Project [1]\n    OneRow\n"},
        Case{"CACHE LAZY TABLE t AS SELECT 1",
             "CacheTable CACHE t LAZY\n  Project [1]\n    OneRow\n"},
        Case{"REFRESH TABLE t", "CacheTable REFRESH t\n"}, Case{"TRUNCATE TABLE t", "Truncate t\n"},
        Case{"MERGE INTO t USING s ON a = b WHEN MATCHED THEN DELETE", "NotSupported MERGE\n"}));

// Conditions, parameters and places as Spark 4.2 reports them.
struct Failure {
  const char* sql;
  const char* message;
};
class SyntaxError : public ::testing::TestWithParam<Failure> {};
TEST_P(SyntaxError, IsReportedAsSparkDoes) {
  try {
    parse_statement(shared(GetParam().sql));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), GetParam().message);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Errors, SyntaxError,
    ::testing::Values(
        Failure{"SELEC 1",
                "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'. SQLSTATE: 42601 (line 1, "
                "pos 0)\n\n== SQL ==\nSELEC 1\n^^^\n"},
        Failure{"SELECT (1",
                "\n[PARSE_SYNTAX_ERROR] Syntax error at or near end of input. SQLSTATE: 42601 "
                "(line 1, pos 9)\n\n== SQL ==\nSELECT (1\n---------^^^\n"},
        Failure{"SELECT (1 2)",
                "\n[PARSE_SYNTAX_ERROR] Syntax error at or near '2'. SQLSTATE: 42601 (line 1, pos "
                "10)\n\n== SQL ==\nSELECT (1 2)\n----------^^^\n"},
        Failure{"SELECT 1 2 3",
                "\n[PARSE_SYNTAX_ERROR] Syntax error at or near '2'. SQLSTATE: 42601 (line 1, pos "
                "9)\n\n== SQL ==\nSELECT 1 2 3\n---------^^^\n"},
        Failure{
            "SELECT 1 FROM t GROUP a",
            "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'a': extra input 'a'. SQLSTATE: 42601 "
            "(line 1, pos 22)\n\n== SQL ==\nSELECT 1 FROM t GROUP a\n----------------------^^^\n"},
        Failure{"SELECT '",
                "\n[PARSE_SYNTAX_ERROR] Syntax error at or near '''. SQLSTATE: 42601 (line 1, pos "
                "7)\n\n== SQL ==\nSELECT '\n-------^^^\n"},
        Failure{"",
                "\n[PARSE_EMPTY_STATEMENT] Syntax error, unexpected empty statement. SQLSTATE: "
                "42617 (line 1, pos 0)\n\n== SQL ==\n\n^^^\n"},
        Failure{"select 1e400",
                "\n[INVALID_NUMERIC_LITERAL_RANGE] Numeric literal 1e400 is outside the valid "
                "range for double with minimum value of "
                "-1.7976931348623157E+308 and maximum value of 1.7976931348623157E+308. Please "
                "adjust the value accordingly. SQLSTATE: 22003\n"
                "== SQL (line 1, position 8) ==\nselect 1e400\n       ^^^^^\n"}));

TEST(Errors, PointAtTheLiteral) {
  try {
    parse_statement(shared("select date '2020-01-01中文'"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.condition(), "INVALID_TYPED_LITERAL");
    EXPECT_EQ(error.parameters().at("valueType"), "\"DATE\"");
    EXPECT_EQ(error.context()->start, 7);
    EXPECT_EQ(error.context()->stop, 25);
    EXPECT_EQ(error.context()->fragment, "date '2020-01-01中文'");
  }
}

TEST(Origins, CoverTheWholeExpression) {
  const auto plan = parse_statement(shared("SELECT a,\n (1 + b) / 0 FROM t"));
  const auto& division = plan->as<plan::Project>()->expressions[1];
  EXPECT_EQ(division->origin.context()->fragment, "(1 + b) / 0");
  EXPECT_EQ(division->origin.line, 2);
  EXPECT_EQ(division->origin.column, 1);
}

TEST(Options, DoubleQuotes) {
  ParseOptions options;
  options.double_quoted_identifiers = true;
  EXPECT_EQ(plan::to_string(*parse_expression(shared("\"a b\" + 'c'"), options)), "+('`a b`, 'c')");
}

TEST(Options, TimeZoneOfTimestamps) {
  ParseOptions options;
  options.time_zone = "America/Los_Angeles";
  EXPECT_EQ(plan::to_string(*parse_expression(shared("TIMESTAMP '2020-01-01'"), options)),
            "TIMESTAMP '2020-01-01 08:00:00'");
}

TEST(Names, OfTables) {
  EXPECT_EQ(parse_table_name("a.`b.c`.d"), (plan::Name{"a", "b.c", "d"}));
  EXPECT_THROW(parse_table_name("a b"), Error);
}

// Deep nesting is refused, never a crash; long chains are fine.
TEST(Limits, NestingIsRefused) {
  for (const char* open : {"(", "not ", "- x + (", "case when ", "f(", "(select ", "array("}) {
    std::string text = "SELECT ";
    for (int i = 0; i < 20000; ++i) text += open;
    try {
      parse_statement(shared(text));
      ADD_FAILURE() << open;
    } catch (const Error& error) {
      EXPECT_EQ(error.condition(), "FAILED_TO_PARSE_TOO_COMPLEX") << open;
    }
  }
}

TEST(Limits, LongListsDoNotTakeQuadraticTime) {
  std::string text = "SELECT 1 WHERE a IN (0";
  for (int i = 1; i < 100000; ++i) text += "," + std::to_string(i);
  text += ")";
  for (int i = 0; i < 20000; ++i) text += " OR b = " + std::to_string(i);
  EXPECT_NO_THROW(parse_statement(shared(text)));  // in quadratic time it would take an hour
}

}  // namespace
}  // namespace lochan::sql
