#pragma once
#include <spark/connect/base.pb.h>

#include <functional>
#include <memory>
#include <string>

#include "base/ascii.h"
#include "connect/names.h"
#include "plan/plan.h"

namespace lochan::connect {

/// What conversion asks of the session that a plan belongs to.
struct ConversionEnvironment {
  /// Bytes of the artifact called so ("cache/<sha256>"), null if the session has none.
  std::function<std::shared_ptr<const std::string>(const std::string& name)> find_artifact;
  /// SQL text to an expression: df.selectExpr, df.filter("a > 1").
  std::function<plan::ExpressionPtr(const std::string& text)> parse_expression;
  std::string session_id;
};

/// Spark Connect messages (relations.proto, expressions.proto, commands.proto, catalog.proto) to
/// unresolved plans. Structure only: names, types and meaning are decided in analysis. Each message
/// becomes at most three nodes, so time and memory are linear in the size of the message.
///
/// Messages come from outside: whatever is missing or unknown is an Error (CONNECT_INVALID_PLAN.*),
/// what Spark has and we lack UNSUPPORTED_FEATURE.NOT_YET with its name. Nesting is limited to
/// kMaxLevels; run it on a thread with a big stack (base/big_stack_thread.h). One converter serves
/// one request, on one thread.
class PlanConverter {
 public:
  /// Relations and expressions that may stand inside each other.
  static constexpr int kMaxLevels = 2048;

  explicit PlanConverter(ConversionEnvironment environment)
      : environment_(std::move(environment)) {}

  plan::PlanPtr relation(const spark::connect::Relation& in);
  plan::ExpressionPtr expression(const spark::connect::Expression& in);
  /// Commands that are plans: write_operation, write_operation_v2. Others: Error.
  plan::PlanPtr write(const spark::connect::WriteOperation& in);
  plan::PlanPtr write_v2(const spark::connect::WriteOperationV2& in);
  plan::SqlText sql_text(const spark::connect::SQL& in);
  plan::SqlText sql_text(const spark::connect::SqlCommand& in);

 private:
  class Level;

  // expressions.cc
  plan::ExpressionPtr expression_node(const spark::connect::Expression& in,
                                      const plan::Origin& origin);
  plan::ExpressionPtr required(bool present, const spark::connect::Expression& in,
                               std::string_view what);
  template <class Repeated>
  plan::Expressions expressions(const Repeated& list);
  plan::ExpressionPtr unresolved_function(const spark::connect::Expression::UnresolvedFunction& in,
                                          const plan::Origin&);
  plan::ExpressionPtr sort_order(const spark::connect::Expression::SortOrder& in,
                                 const plan::Origin& origin);
  plan::ExpressionPtr window(const spark::connect::Expression::Window& in,
                             const plan::Origin& origin);
  plan::FrameBound frame_bound(
      const spark::connect::Expression::Window::WindowFrame::FrameBoundary& in, bool lower);
  plan::ExpressionPtr lambda(const spark::connect::Expression::LambdaFunction& in,
                             const plan::Origin& origin);
  plan::ExpressionPtr alias(const spark::connect::Expression::Alias& in,
                            const plan::Origin& origin);
  plan::ExpressionPtr cast(const spark::connect::Expression::Cast& in, const plan::Origin& origin);
  plan::ExpressionPtr star(const spark::connect::Expression::UnresolvedStar& in,
                           const plan::Origin& origin);
  plan::ExpressionPtr regex(const spark::connect::Expression::UnresolvedRegex& in,
                            const plan::Origin& origin);
  plan::ExpressionPtr subquery(const spark::connect::SubqueryExpression& in,
                               const plan::Origin& origin);
  plan::ExpressionPtr python_function(const spark::connect::CommonInlineUserDefinedFunction& in,
                                      const plan::Origin&);

  // relations.cc: which arm; relation_arms.cc: operators; relation_leaves.cc: reads and local data;
  // relation_statistics.cc: df.na and df.stat.
  plan::PlanPtr relation_node(const spark::connect::Relation& in, const plan::Origin& origin);
  template <class Message>
  plan::PlanPtr input(const Message& in);
  plan::PlanNode read(const spark::connect::Read& in);
  plan::PlanNode local_relation(const spark::connect::LocalRelation& in);
  plan::PlanPtr cached_local_relation(const spark::connect::CachedLocalRelation& in);
  plan::PlanNode chunked_local_relation(const spark::connect::ChunkedCachedLocalRelation& in);
  plan::PlanNode range(const spark::connect::Range& in);
  plan::PlanNode join(const spark::connect::Join& in);
  plan::PlanNode lateral_join(const spark::connect::LateralJoin& in);
  plan::PlanNode set_operation(const spark::connect::SetOperation& in);
  plan::PlanNode aggregate(const spark::connect::Aggregate& in);
  plan::PlanNode deduplicate(const spark::connect::Deduplicate& in);
  plan::PlanNode unpivot(const spark::connect::Unpivot& in);
  plan::PlanNode with_columns(const spark::connect::WithColumns& in);
  plan::PlanNode with_columns_renamed(const spark::connect::WithColumnsRenamed& in);
  plan::PlanNode fill_na(const spark::connect::NAFill& in);
  plan::PlanNode replace(const spark::connect::NAReplace& in);
  plan::PlanNode sample_by(const spark::connect::StatSampleBy& in);
  plan::PlanNode approx_quantile(const spark::connect::StatApproxQuantile& in);
  plan::PlanPtr with_relations(const spark::connect::WithRelations& in, const plan::Origin& origin);
  template <class Message>
  plan::SqlText sql_text_of(const std::string& text, const Message& in);

  ConversionEnvironment environment_;
  int level_ = 0;
};

/// Counts one level of nesting for its lifetime; throws
/// CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX beyond the limit.
class PlanConverter::Level {
 public:
  explicit Level(int& level);
  ~Level() { --level_; }

 private:
  int& level_;
};

/// catalog.proto: spark.catalog.* by field names (catalog_operations.cc).
plan::CatalogOperation to_catalog_operation(const spark::connect::Catalog& in);

/// The options of a message with keys in lower case, as Spark's case-insensitive maps have them.
template <class Map>
plan::Options lower_case_options(const Map& map) {
  plan::Options out;
  for (const auto& [key, value] : map) out[lower_case(key)] = value;
  return out;
}

template <class Message>
plan::PlanPtr PlanConverter::input(const Message& in) {
  return relation(in.input());
}

template <class Repeated>
plan::Expressions PlanConverter::expressions(const Repeated& list) {
  plan::Expressions out;
  out.reserve(list.size());
  for (const auto& item : list) out.push_back(expression(item));
  return out;
}

}  // namespace lochan::connect
