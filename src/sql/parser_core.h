#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "sql/lexer.h"
#include "sql/parser.h"

namespace lochan::sql {

/// The recursive-descent parser. One object parses one text; its methods lie in the parse_*.cc
/// files by family. A method named parse_x consumes an x and throws where there is none; accept_x
/// consumes and says so only if it is there; at_x only looks. Lookahead is bounded, so time is
/// linear.
class Parser {
 public:
  Parser(std::shared_ptr<const std::string> text, const ParseOptions& options);

  plan::PlanPtr parse_single_statement();
  plan::ExpressionPtr parse_single_expression();
  plan::Name parse_single_name();

 private:
  // ---- Tokens (parser_core.cc) ----------------------------------------------------------------
  bool at_end() const { return tokens_[pos_].kind == TokenKind::kEnd; }
  bool at(std::string_view word) const { return at_ahead(0, word); }
  bool at_ahead(size_t n, std::string_view word) const;
  bool at_any(std::initializer_list<std::string_view> words) const;
  bool at_words(std::initializer_list<std::string_view> words) const;
  bool at_symbol(std::string_view symbol) const { return at_symbol_ahead(0, symbol); }
  bool at_symbol_ahead(size_t n, std::string_view symbol) const;
  bool at_string() const;
  bool at_string_ahead(size_t n) const;
  bool accept(std::string_view word);
  bool accept_words(std::initializer_list<std::string_view> words);
  bool accept_symbol(std::string_view symbol);
  void expect(std::string_view word);
  void expect_symbol(std::string_view symbol);
  void expect_end();
  [[noreturn]] void fail(std::string hint = "") const;
  [[noreturn]] void fail_at(size_t token, std::string hint = "") const;
  /// An error that points at the tokens from `first` to the last consumed.
  [[noreturn]] void raise(std::string_view condition, ErrorParameters parameters,
                          size_t first) const;
  [[noreturn]] void not_supported(const std::string& what) const;
  /// From token `first` to the last one consumed.
  plan::Origin origin(size_t first) const;
  std::string source(size_t first_token, size_t end_token) const;

  // ---- Names and small things (parser_core.cc) --------------------------------------------------
  bool at_identifier(bool strict = false) const { return at_identifier_ahead(0, strict); }
  bool at_identifier_ahead(size_t n, bool strict = false) const;
  std::string parse_identifier(bool strict = false);
  std::string identifier_text(size_t token) const;
  std::vector<std::string> parse_identifier_list();  // (a, b)
  plan::Name parse_name();                           // a.b.c or IDENTIFIER('a.b')
  plan::Name parse_identifier_clause();
  std::string parse_string();  // adjacent literals joined
  int64_t parse_integer();
  types::DataType parse_type();
  bool at_implicit_alias(bool strict) const;
  plan::Options parse_properties(bool lower_keys);
  std::string parse_property_key();

  // ---- Expressions (parse_expression.cc, parse_primary.cc, parse_function.cc, parse_literal.cc)
  // ------
  plan::ExpressionPtr parse_expression();
  plan::ExpressionPtr parse_or();
  plan::ExpressionPtr parse_and();
  plan::ExpressionPtr parse_not();
  plan::ExpressionPtr parse_predicate();
  plan::ExpressionPtr parse_predicate_tail(plan::ExpressionPtr left, size_t first, bool& matched);
  plan::ExpressionPtr parse_in(plan::ExpressionPtr left, size_t first);
  plan::ExpressionPtr parse_like(plan::ExpressionPtr left, size_t first, bool negated);
  plan::ExpressionPtr parse_is(plan::ExpressionPtr left, size_t first);
  plan::ExpressionPtr parse_value(int min_precedence = 0);
  plan::ExpressionPtr parse_unary();
  plan::ExpressionPtr parse_primary();
  plan::ExpressionPtr parse_postfix(plan::ExpressionPtr base, size_t first);
  plan::ExpressionPtr parse_primary_base();
  plan::ExpressionPtr parse_keyword_primary();  // null if none
  plan::ExpressionPtr parse_parenthesised();
  plan::ExpressionPtr parse_row(plan::Expressions items, size_t first);
  plan::ExpressionPtr parse_case();
  plan::ExpressionPtr parse_cast(plan::CastMode mode, bool has_mode);
  plan::ExpressionPtr parse_name_or_call();
  plan::ExpressionPtr parse_call(plan::Name name, size_t first);
  plan::ExpressionPtr parse_call_suffix(plan::UnresolvedFunction call, size_t first);
  plan::ExpressionPtr parse_argument();
  plan::ExpressionPtr parse_lambda();
  bool at_lambda() const;
  plan::ExpressionPtr parse_table_argument();
  plan::ExpressionPtr parse_semi_structured(plan::ExpressionPtr base, size_t first);
  plan::ExpressionPtr parse_datetime_unit_call();
  plan::Expressions parse_expressions();
  plan::ExpressionPtr parse_named_expression();
  plan::Expressions parse_named_expressions();
  plan::ExpressionPtr parse_star(plan::Name target, size_t first);
  plan::ExpressionPtr parse_literal();
  plan::ExpressionPtr parse_number(bool negative, size_t first);
  plan::ExpressionPtr parse_typed_literal();
  plan::ExpressionPtr typed_literal(const std::string& type, const std::string& value,
                                    size_t first);
  plan::ExpressionPtr parse_interval();
  bool at_interval() const;
  plan::ExpressionPtr interval_of_units(const std::string& text,
                                        const std::vector<std::string>& units, size_t first);
  std::optional<plan::Window> parse_over(plan::ExpressionPtr function, std::string& reference);
  plan::Window parse_window_specification();
  plan::Frame parse_frame();
  plan::FrameBound parse_frame_bound();
  plan::ExpressionPtr parse_sort_item();
  plan::Expressions parse_sort_items();

  // ---- Queries (parse_query.cc, parse_select.cc, parse_relation.cc, parse_pipe.cc)
  // ------------------
  bool at_query() const;
  bool at_set_operator() const;
  plan::PlanPtr parse_query();
  plan::PlanPtr parse_query_rest(plan::PlanPtr first_term, size_t first);
  plan::PlanPtr parse_query_term(plan::PlanPtr left, size_t first);
  plan::PlanPtr parse_intersect_term(plan::PlanPtr left, size_t first);
  plan::PlanPtr parse_query_primary();
  plan::PlanPtr parse_organization(plan::PlanPtr plan, size_t first);
  plan::PlanPtr parse_with(size_t first);
  plan::PlanPtr parse_from_statement();
  plan::PlanPtr parse_select(plan::PlanPtr from);
  plan::PlanPtr parse_group_by(plan::PlanPtr plan, plan::Expressions select, size_t first);
  void parse_grouping(plan::Aggregate& aggregate);
  std::map<std::string, plan::ExpressionPtr> parse_windows();
  std::vector<plan::Hint> parse_hints();
  plan::PlanPtr parse_values();
  plan::PlanPtr parse_from();
  plan::PlanPtr parse_lateral_views(plan::PlanPtr plan);
  plan::PlanPtr parse_relation();
  plan::PlanPtr parse_relation_extensions(plan::PlanPtr left, size_t first);
  bool accept_join_type(plan::JoinKind& kind, bool& natural, bool& explicit_kind);
  plan::PlanPtr parse_join(plan::PlanPtr left, size_t first);
  plan::PlanPtr parse_relation_primary();
  struct Parenthesised {
    plan::PlanPtr plan;
    bool is_query = false;
  };
  Parenthesised parse_parenthesised_relation();
  plan::PlanPtr parse_named_relation();
  plan::TimeTravel parse_travel();
  bool at_travel() const;
  plan::PlanPtr parse_sample(plan::PlanPtr plan);
  plan::PlanPtr parse_table_alias(plan::PlanPtr plan);
  plan::PlanPtr parse_pivot(plan::PlanPtr plan, size_t first);
  plan::PlanPtr parse_unpivot(plan::PlanPtr plan, size_t first);
  plan::PlanPtr parse_pipe(plan::PlanPtr plan, size_t first);
  bool at_pipe() const { return at_symbol("|>") || at_single_pipe(); }
  bool at_single_pipe() const;

  // ---- Commands (parse_command.cc, parse_create.cc, parse_insert.cc, parse_show.cc)
  // ----------------
  plan::PlanPtr parse_statement_body();
  plan::PlanPtr parse_create();
  plan::PlanPtr parse_create_table(size_t first, bool replace, bool external);
  plan::PlanPtr parse_create_view(size_t first, bool replace);
  plan::PlanPtr parse_create_temporary_table(size_t first);
  plan::PlanPtr parse_create_schema(size_t first);
  plan::ColumnDefinition parse_column_definition();
  void parse_partitioned_by(plan::CreateTable& table);
  plan::PlanPtr parse_drop();
  plan::PlanPtr parse_insert(plan::PlanPtr from);
  plan::PlanPtr parse_use();
  plan::PlanPtr parse_set();
  plan::PlanPtr parse_reset();
  plan::PlanPtr parse_show();
  plan::PlanPtr parse_describe();
  plan::PlanPtr parse_explain();
  plan::PlanPtr parse_cache();
  plan::PlanPtr parse_refresh();
  plan::PlanPtr command_not_supported(const std::string& what);

  /// Counts while it lives what nests in the resulting expression too, and so costs every later
  /// pass: planning takes the square of the depth. Throws FAILED_TO_PARSE_TOO_COMPLEX.
  class Level {
   public:
    explicit Level(Parser& parser, int levels = 1);
    ~Level() { parser_.level_ -= levels_; }
    Level(const Level&) = delete;

   private:
    Parser& parser_;
    int levels_;
  };
  /// Throw FAILED_TO_PARSE_TOO_COMPLEX where the text nests too deep, or chains too many operators.
  static void check_nesting();
  void check_chain(size_t length) const;

  ParseOptions options_;
  TokenStream tokens_;
  size_t pos_ = 0;
  int level_ = 0;
  int positions_ = 0;  // `?` markers so far
};

}  // namespace lochan::sql
