// relations.proto to unresolved plans: which arm becomes which node. The larger arms stand in
// relation_*.cc.
#include "connect/invalid_plan.h"
#include "connect/plan_converter.h"
#include "connect/types_proto.h"

namespace lochan::connect {

namespace proto = spark::connect;
using plan::make_plan;
using plan::Origin;
using plan::PlanPtr;

PlanConverter::Level::Level(int& level) : level_(level) {
  if (level_ >= kMaxLevels)
    throw invalid_plan("PLAN_SIZE_LARGER_THAN_MAX",
                       {{"planSize", "more than " + std::to_string(kMaxLevels) + " nested levels"},
                        {"maxPlanSize", std::to_string(kMaxLevels) + " nested levels"}});
  ++level_;
}

PlanPtr PlanConverter::relation(const proto::Relation& in) {
  Level level(level_);
  Origin origin;
  if (in.common().origin().has_python_origin()) {
    origin.fragment = in.common().origin().python_origin().fragment();
    origin.call_site = in.common().origin().python_origin().call_site();
  }
  PlanPtr out = relation_node(in, origin);
  if (in.common().has_plan_id())
    out = make_plan(plan::Marked{std::move(out), in.common().plan_id()}, origin);
  return out;
}

PlanPtr PlanConverter::relation_node(const proto::Relation& in, const Origin& origin) {
  switch (in.rel_type_case()) {
    // ---- leaves
    case proto::Relation::kRead: return make_plan(read(in.read()), origin);
    case proto::Relation::kSql: return make_plan(sql_text(in.sql()), origin);
    case proto::Relation::kLocalRelation:
      return make_plan(local_relation(in.local_relation()), origin);
    case proto::Relation::kCachedLocalRelation:
      return cached_local_relation(in.cached_local_relation());
    case proto::Relation::kChunkedCachedLocalRelation:
      return make_plan(chunked_local_relation(in.chunked_cached_local_relation()), origin);
    case proto::Relation::kCachedRemoteRelation:
      return make_plan(plan::CachedRelation{in.cached_remote_relation().relation_id()}, origin);
    case proto::Relation::kRange: return make_plan(range(in.range()), origin);
    case proto::Relation::kUnresolvedTableValuedFunction: {
      const auto& function = in.unresolved_table_valued_function();
      return make_plan(plan::UnresolvedTableFunction{parse_identifier(function.function_name()),
                                                     expressions(function.arguments())},
                       origin);
    }
    case proto::Relation::kCatalog: return make_plan(to_catalog_operation(in.catalog()), origin);

    // ---- operators
    case proto::Relation::kProject: {
      const auto& project = in.project();
      auto child = project.has_input() ? input(project) : make_plan(plan::OneRow{}, origin);
      return make_plan(plan::Project{std::move(child), expressions(project.expressions())}, origin);
    }
    case proto::Relation::kFilter: {
      auto child = input(in.filter());
      auto condition = required(in.filter().has_condition(), in.filter().condition(), "condition");
      return make_plan(plan::Filter{std::move(child), std::move(condition)}, origin);
    }
    case proto::Relation::kJoin: return make_plan(join(in.join()), origin);
    case proto::Relation::kLateralJoin: return make_plan(lateral_join(in.lateral_join()), origin);
    case proto::Relation::kSetOp: return make_plan(set_operation(in.set_op()), origin);
    case proto::Relation::kSort: {
      if (in.sort().order().empty())
        throw invalid_plan_message("'order' must be present and contain elements.");
      plan::Sort out;
      out.child = input(in.sort());
      for (const auto& order : in.sort().order()) out.orders.push_back(sort_order(order, origin));
      out.global = in.sort().is_global();
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kLimit:
      return make_plan(
          plan::Limit{input(in.limit()), plan::literal(types::Value::integer(in.limit().limit()))},
          origin);
    case proto::Relation::kOffset:
      return make_plan(plan::Offset{input(in.offset()),
                                    plan::literal(types::Value::integer(in.offset().offset()))},
                       origin);
    case proto::Relation::kTail:
      return make_plan(
          plan::Tail{input(in.tail()), plan::literal(types::Value::integer(in.tail().limit()))},
          origin);
    case proto::Relation::kAggregate: return make_plan(aggregate(in.aggregate()), origin);
    case proto::Relation::kDeduplicate: return make_plan(deduplicate(in.deduplicate()), origin);
    case proto::Relation::kSubqueryAlias: {
      const auto& alias = in.subquery_alias();
      plan::SubqueryAlias out{input(alias), alias.alias(), {}, {}};
      out.qualifier.assign(alias.qualifier().begin(), alias.qualifier().end());
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kSample: {
      const auto& sample = in.sample();
      plan::Sample out;
      out.child = input(sample);
      out.lower = sample.lower_bound();
      out.upper = sample.upper_bound();
      out.with_replacement = sample.with_replacement();
      if (sample.has_seed()) out.seed = sample.seed();
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kRepartition: {
      plan::Repartition out;
      out.child = input(in.repartition());
      out.partitions = in.repartition().num_partitions();
      out.shuffle = in.repartition().shuffle();
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kRepartitionByExpression: {
      const auto& repartition = in.repartition_by_expression();
      plan::Repartition out;
      out.child = input(repartition);
      if (repartition.has_num_partitions()) out.partitions = repartition.num_partitions();
      out.expressions = expressions(repartition.partition_exprs());
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kHint:
      return make_plan(
          plan::Hint{input(in.hint()), in.hint().name(), expressions(in.hint().parameters())},
          origin);
    case proto::Relation::kUnpivot: return make_plan(unpivot(in.unpivot()), origin);
    case proto::Relation::kTranspose:
      return make_plan(
          plan::Transpose{input(in.transpose()), expressions(in.transpose().index_columns())},
          origin);
    case proto::Relation::kWithColumns: return make_plan(with_columns(in.with_columns()), origin);
    case proto::Relation::kWithColumnsRenamed:
      return make_plan(with_columns_renamed(in.with_columns_renamed()), origin);
    case proto::Relation::kDrop: {
      const auto& names = in.drop().column_names();
      return make_plan(
          plan::Drop{
              input(in.drop()), expressions(in.drop().columns()), {names.begin(), names.end()}},
          origin);
    }
    case proto::Relation::kToDf: {
      const auto& names = in.to_df().column_names();
      return make_plan(plan::ToDf{input(in.to_df()), {names.begin(), names.end()}}, origin);
    }
    case proto::Relation::kToSchema: {
      auto schema = to_type(in.to_schema().schema());
      if (!schema.is(types::TypeId::kStruct))
        throw Error("INVALID_SCHEMA_TYPE_NON_STRUCT", {{"dataType", "\"" + schema.sql() + "\""}});
      return make_plan(plan::ToSchema{input(in.to_schema()), std::move(schema)}, origin);
    }
    case proto::Relation::kWithRelations: return with_relations(in.with_relations(), origin);
    case proto::Relation::kWithWatermark:
      // A watermark means something to streams only; on a batch Spark drops it too.
      return input(in.with_watermark());
    case proto::Relation::kShowString: {
      const auto& show = in.show_string();
      return make_plan(
          plan::ShowString{input(show), show.num_rows(), show.truncate(), show.vertical(), false},
          origin);
    }
    case proto::Relation::kHtmlString:
      return make_plan(plan::ShowString{input(in.html_string()), in.html_string().num_rows(),
                                        in.html_string().truncate(), false, true},
                       origin);

    // ---- df.na, df.stat
    case proto::Relation::kFillNa: return make_plan(fill_na(in.fill_na()), origin);
    case proto::Relation::kDropNa: {
      const auto& drop = in.drop_na();
      plan::DropNa out{input(drop), {drop.cols().begin(), drop.cols().end()}, std::nullopt};
      if (drop.has_min_non_nulls()) out.min_non_nulls = drop.min_non_nulls();
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kReplace: return make_plan(replace(in.replace()), origin);
    case proto::Relation::kSummary: {
      const auto& statistics = in.summary().statistics();
      return make_plan(
          plan::Describe{input(in.summary()), {}, {statistics.begin(), statistics.end()}, true},
          origin);
    }
    case proto::Relation::kDescribe: {
      const auto& columns = in.describe().cols();
      return make_plan(
          plan::Describe{input(in.describe()), {columns.begin(), columns.end()}, {}, false},
          origin);
    }
    case proto::Relation::kCrosstab:
      return make_plan(
          plan::Crosstab{input(in.crosstab()), in.crosstab().col1(), in.crosstab().col2()}, origin);
    case proto::Relation::kCov: {
      plan::Statistic out{
          input(in.cov()), plan::StatKind::kCov, {in.cov().col1(), in.cov().col2()}};
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kCorr: {
      if (in.corr().has_method() && in.corr().method() != "pearson")
        throw Error::not_supported("correlation by the method " + in.corr().method());
      plan::Statistic out{
          input(in.corr()), plan::StatKind::kCorr, {in.corr().col1(), in.corr().col2()}};
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kApproxQuantile:
      return make_plan(approx_quantile(in.approx_quantile()), origin);
    case proto::Relation::kFreqItems: {
      const auto& items = in.freq_items();
      plan::Statistic out{
          input(items), plan::StatKind::kFreqItems, {items.cols().begin(), items.cols().end()}};
      if (items.has_support()) out.support = items.support();
      return make_plan(std::move(out), origin);
    }
    case proto::Relation::kSampleBy: return make_plan(sample_by(in.sample_by()), origin);

    // ---- what we do not have
    case proto::Relation::kAsOfJoin: throw Error::not_supported("as-of joins");
    case proto::Relation::kNearestByJoin: throw Error::not_supported("nearest-by joins");
    case proto::Relation::kRelationChanges: throw Error::not_supported("spark.read.changes");
    case proto::Relation::kMapPartitions: throw Error::not_supported("mapInPandas and mapInArrow");
    case proto::Relation::kGroupMap: throw Error::not_supported("applyInPandas and applyInArrow");
    case proto::Relation::kCoGroupMap: throw Error::not_supported("cogroup");
    case proto::Relation::kApplyInPandasWithState:
      throw Error::not_supported("applyInPandasWithState");
    case proto::Relation::kCommonInlineUserDefinedTableFunction:
      throw Error::not_supported("user-defined table functions");
    case proto::Relation::kCommonInlineUserDefinedDataSource:
      throw Error::not_supported("Python data sources");
    case proto::Relation::kCollectMetrics: throw Error::not_supported("DataFrame.observe");
    case proto::Relation::kParse:
      throw Error::not_supported("reading CSV, JSON or XML from a DataFrame of strings");
    case proto::Relation::kMlRelation: throw Error::not_supported("Spark ML");
    case proto::Relation::kExtension:
      throw invalid_plan("NO_HANDLER_FOR_EXTENSION",
                         {{"extensionTypeUrl", in.extension().type_url()}});
    case proto::Relation::kUnknown:
      throw invalid_plan_message("The relation is of the kind Unknown.");
    case proto::Relation::REL_TYPE_NOT_SET: break;
  }
  throw oneof_not_set(in, "rel_type");
}

PlanPtr PlanConverter::with_relations(const proto::WithRelations& in, const Origin& origin) {
  plan::WithRelations out;
  out.child = relation(in.root());
  for (const auto& reference : in.references()) out.references.push_back(relation(reference));
  return make_plan(std::move(out), origin);
}

}  // namespace lochan::connect
