// Operators of relations.proto that take more than a few lines.
#include "connect/invalid_plan.h"
#include "connect/literal_proto.h"
#include "connect/plan_converter.h"

// Fields that older clients still send are marked deprecated in the protocol.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace lochan::connect {

namespace proto = spark::connect;
using plan::PlanNode;

namespace {

plan::JoinKind join_kind(proto::Join::JoinType type) {
  switch (type) {
    case proto::Join::JOIN_TYPE_INNER: return plan::JoinKind::kInner;
    case proto::Join::JOIN_TYPE_FULL_OUTER: return plan::JoinKind::kFull;
    case proto::Join::JOIN_TYPE_LEFT_OUTER: return plan::JoinKind::kLeft;
    case proto::Join::JOIN_TYPE_RIGHT_OUTER: return plan::JoinKind::kRight;
    case proto::Join::JOIN_TYPE_LEFT_ANTI: return plan::JoinKind::kLeftAnti;
    case proto::Join::JOIN_TYPE_LEFT_SEMI: return plan::JoinKind::kLeftSemi;
    case proto::Join::JOIN_TYPE_CROSS: return plan::JoinKind::kCross;
    default: throw invalid_enum("spark.connect.Join.JoinType", type);
  }
}

}  // namespace

PlanNode PlanConverter::join(const proto::Join& in) {
  if (!in.has_left() || !in.has_right())
    throw invalid_plan_message("Both join sides must be present");
  if (in.has_join_condition() && in.using_columns_size() > 0)
    throw invalid_plan("USING_COLUMNS_OR_JOIN_CONDITION_SET_IN_JOIN");
  if (in.has_join_data_type()) throw Error::not_supported("Dataset.joinWith");
  plan::Join out;
  out.left = relation(in.left());
  out.right = relation(in.right());
  out.kind = join_kind(in.join_type());
  if (in.has_join_condition()) out.condition = expression(in.join_condition());
  out.using_columns.assign(in.using_columns().begin(), in.using_columns().end());
  return out;
}

PlanNode PlanConverter::lateral_join(const proto::LateralJoin& in) {
  if (!in.has_left() || !in.has_right())
    throw invalid_plan_message("Both join sides must be present");
  plan::Join out;
  out.left = relation(in.left());
  out.right = relation(in.right());
  out.kind = join_kind(in.join_type());
  if (in.has_join_condition()) out.condition = expression(in.join_condition());
  out.lateral = true;
  return out;
}

PlanNode PlanConverter::set_operation(const proto::SetOperation& in) {
  if (!in.has_left_input() || !in.has_right_input())
    throw invalid_plan("SET_OPERATION_MUST_HAVE_TWO_INPUTS");
  plan::SetOp out;
  switch (in.set_op_type()) {
    case proto::SetOperation::SET_OP_TYPE_EXCEPT:
      if (in.by_name()) throw invalid_plan("EXCEPT_DOES_NOT_SUPPORT_UNION_BY_NAME");
      out.kind = plan::SetOpKind::kExcept;
      break;
    case proto::SetOperation::SET_OP_TYPE_INTERSECT:
      if (in.by_name()) throw invalid_plan("INTERSECT_DOES_NOT_SUPPORT_UNION_BY_NAME");
      out.kind = plan::SetOpKind::kIntersect;
      break;
    case proto::SetOperation::SET_OP_TYPE_UNION:
      if (!in.by_name() && in.allow_missing_columns())
        throw invalid_plan("UNION_BY_NAME_ALLOW_MISSING_COL_REQUIRES_BY_NAME");
      out.kind = plan::SetOpKind::kUnion;
      break;
    default: throw invalid_enum("spark.connect.SetOperation.SetOpType", in.set_op_type());
  }
  out.all = in.is_all();
  out.by_name = in.by_name();
  out.allow_missing_columns = in.allow_missing_columns();
  out.left = relation(in.left_input());
  out.right = relation(in.right_input());
  return out;
}

// The grouping expressions are part of the output, before the aggregates; a pivot's output is made
// in analysis.
PlanNode PlanConverter::aggregate(const proto::Aggregate& in) {
  if (!in.has_input()) throw invalid_plan("AGGREGATE_NEEDS_PLAN_INPUT");
  plan::Aggregate out;
  out.child = input(in);
  out.grouping = expressions(in.grouping_expressions());
  const auto with_grouping = [&] {
    out.aggregates = out.grouping;
    for (const auto& aggregate : in.aggregate_expressions())
      out.aggregates.push_back(expression(aggregate));
  };
  switch (in.group_type()) {
    case proto::Aggregate::GROUP_TYPE_GROUPBY:
      out.kind = plan::GroupKind::kGroupBy;
      with_grouping();
      break;
    case proto::Aggregate::GROUP_TYPE_ROLLUP:
      out.kind = plan::GroupKind::kRollup;
      with_grouping();
      break;
    case proto::Aggregate::GROUP_TYPE_CUBE:
      out.kind = plan::GroupKind::kCube;
      with_grouping();
      break;
    case proto::Aggregate::GROUP_TYPE_GROUPING_SETS:
      out.kind = plan::GroupKind::kGroupingSets;
      for (const auto& set : in.grouping_sets())
        out.raw_grouping_sets.push_back(expressions(set.grouping_set()));
      with_grouping();
      break;
    case proto::Aggregate::GROUP_TYPE_PIVOT:
      if (!in.has_pivot()) throw invalid_plan("AGGREGATE_WITH_PIVOT_REQUIRES_PIVOT");
      out.kind = plan::GroupKind::kPivot;
      out.aggregates = expressions(in.aggregate_expressions());
      out.pivot_column = required(in.pivot().has_col(), in.pivot().col(), "col");
      for (const auto& value : in.pivot().values())
        out.pivot_values.push_back(plan::literal(to_value(value)));
      break;
    default: throw invalid_enum("spark.connect.Aggregate.GroupType", in.group_type());
  }
  return out;
}

PlanNode PlanConverter::deduplicate(const proto::Deduplicate& in) {
  if (!in.has_input()) throw invalid_plan("DEDUPLICATE_NEEDS_INPUT");
  if (in.all_columns_as_keys() && in.column_names_size() > 0)
    throw invalid_plan("DEDUPLICATE_ALL_COLUMNS_AND_SUBSET");
  if (!in.all_columns_as_keys() && in.column_names().empty())
    throw invalid_plan("DEDUPLICATE_REQUIRES_COLUMNS_OR_ALL");
  if (in.within_watermark()) throw Error::not_supported("dropDuplicatesWithinWatermark");
  plan::Deduplicate out;
  out.child = input(in);
  out.columns.assign(in.column_names().begin(), in.column_names().end());
  out.all_columns = in.all_columns_as_keys();
  return out;
}

PlanNode PlanConverter::unpivot(const proto::Unpivot& in) {
  plan::Unpivot out;
  out.child = input(in);
  out.ids = expressions(in.ids());
  if (in.has_values()) {
    out.values.emplace();
    for (const auto& value : in.values().values()) out.values->push_back({expression(value)});
  }
  out.variable_name = in.variable_column_name();
  out.value_names = {in.value_column_name()};
  out.include_nulls = true;
  return out;
}

PlanNode PlanConverter::with_columns(const proto::WithColumns& in) {
  plan::WithColumns out;
  out.child = input(in);
  for (const auto& column : in.aliases()) {
    if (column.name_size() != 1) {
      std::string names;
      for (const auto& name : column.name()) names += (names.empty() ? "" : ", ") + name;
      throw invalid_plan("WITH_COLUMNS_REQUIRE_SINGLE_NAME_PART", {{"got", names}});
    }
    out.columns.push_back(alias(column, {}));
  }
  return out;
}

PlanNode PlanConverter::with_columns_renamed(const proto::WithColumnsRenamed& in) {
  plan::WithColumnsRenamed out;
  out.child = input(in);
  for (const auto& rename : in.renames())
    out.renames.emplace_back(rename.col_name(), rename.new_col_name());
  // Clients before 4.0 send a map, which has no order.
  if (out.renames.empty())
    for (const auto& [from, to] : in.rename_columns_map()) out.renames.emplace_back(from, to);
  return out;
}

PlanNode PlanConverter::fill_na(const proto::NAFill& in) {
  if (in.values().empty()) throw invalid_plan("NA_FILL_VALUES_EMPTY");
  if (in.values_size() > 1 && in.values_size() != in.cols_size())
    throw invalid_plan("NA_FILL_VALUES_LENGTH_MISMATCH");
  plan::FillNa out;
  out.child = input(in);
  out.columns.assign(in.cols().begin(), in.cols().end());
  for (const auto& value : in.values()) out.values.push_back(to_value(value));
  return out;
}

PlanNode PlanConverter::replace(const proto::NAReplace& in) {
  plan::ReplaceValues out;
  out.child = input(in);
  out.columns.assign(in.cols().begin(), in.cols().end());
  for (const auto& replacement : in.replacements())
    out.replacements.emplace_back(to_value(replacement.old_value()),
                                  to_value(replacement.new_value()));
  return out;
}

PlanNode PlanConverter::approx_quantile(const proto::StatApproxQuantile& in) {
  plan::Statistic out;
  out.child = input(in);
  out.kind = plan::StatKind::kApproxQuantile;
  out.columns.assign(in.cols().begin(), in.cols().end());
  out.probabilities.assign(in.probabilities().begin(), in.probabilities().end());
  out.relative_error = in.relative_error();
  return out;
}

PlanNode PlanConverter::sample_by(const proto::StatSampleBy& in) {
  plan::Statistic out;
  out.child = input(in);
  out.kind = plan::StatKind::kSampleBy;
  out.column = required(in.has_col(), in.col(), "col");
  for (const auto& fraction : in.fractions()) {
    if (fraction.fraction() < 0 || fraction.fraction() > 1)
      throw invalid_plan_message("Fractions must be in [0, 1], but got " +
                                 std::to_string(fraction.fraction()) + ".");
    out.fractions.emplace_back(to_value(fraction.stratum()), fraction.fraction());
  }
  if (in.has_seed()) out.seed = in.seed();
  return out;
}

}  // namespace lochan::connect
