#pragma once
#include <arrow/api.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/engine.h"
#include "functions/function.h"
#include "plan/plan.h"

/// Resolved plans, made by hand for tests of the engine: what analysis would hand over.
namespace lochan::engine::testing {

using types::DataType;
using types::TypeId;
using types::Value;

inline plan::ExpressionPtr lit(Value value) {
  auto type = value.type;
  const bool null = value.is_null();
  return plan::make_resolved(plan::Literal{std::move(value)}, std::move(type), null);
}
inline plan::ExpressionPtr lit(int v) { return lit(Value::integer(v)); }
inline plan::ExpressionPtr lit(const char* v) { return lit(Value::string(v)); }
inline plan::ExpressionPtr null_of(DataType type) { return lit(Value::null(std::move(type))); }

inline plan::ExpressionPtr ref(const plan::Attribute& a) {
  return plan::make_resolved(plan::AttributeRef{a.id, a.name, {}}, a.type, a.nullable);
}
/// The column called `name` of a plan's output.
inline plan::ExpressionPtr col(const plan::PlanPtr& p, const std::string& name) {
  for (const auto& a : p->output) {
    if (a.name == name) return ref(a);
  }
  throw std::runtime_error("no column " + name);
}
inline plan::ExpressionPtr fn(const std::string& name, plan::Expressions arguments,
                              functions::CallOptions options = {}) {
  const auto* f = functions::find_function(name);
  if (!f) throw std::runtime_error("no function " + name);
  return functions::resolve_call(*f, name, std::move(arguments), functions::ResolveContext{}, {},
                                 std::move(options));
}
inline plan::ExpressionPtr cast(plan::ExpressionPtr e, DataType to,
                                plan::CastMode mode = plan::CastMode::kAnsi) {
  const bool nullable = e->nullable;
  return plan::make_resolved(plan::Cast{e, to, mode, false}, to, nullable);
}
inline plan::ExpressionPtr as(plan::ExpressionPtr e, const std::string& name) {
  auto type = e->type;
  const bool nullable = e->nullable;
  return plan::make_resolved(
      plan::Alias{.child = std::move(e), .name = name, .id = plan::new_attribute_id()}, type,
      nullable);
}
inline plan::ExpressionPtr sorted(plan::ExpressionPtr e, bool ascending = true,
                                  bool nulls_first = true) {
  auto type = e->type;
  return plan::make_resolved(
      plan::SortOrder{e, ascending, nulls_first ? plan::NullOrder::kFirst : plan::NullOrder::kLast},
      type, true);
}

inline plan::Attribute made_by(const plan::ExpressionPtr& e) {
  if (const auto* a = e->as<plan::Alias>())
    return {.id = a->id, .name = a->name, .type = e->type, .nullable = e->nullable};
  const auto* r = e->as<plan::AttributeRef>();
  return {.id = r->id, .name = r->name, .type = e->type, .nullable = e->nullable};
}
inline plan::Attributes made_by(const plan::Expressions& es) {
  plan::Attributes out;
  for (const auto& e : es) out.push_back(made_by(e));
  return out;
}

inline plan::PlanPtr one_row() { return plan::make_resolved_plan(plan::OneRow{}, {}); }
inline plan::PlanPtr project(plan::PlanPtr child, plan::Expressions es) {
  auto output = made_by(es);
  return plan::make_resolved_plan(plan::Project{std::move(child), std::move(es)},
                                  std::move(output));
}
inline plan::PlanPtr select(plan::Expressions es) {
  for (auto& e : es) {
    if (!e->as<plan::Alias>()) e = as(e, "x");
  }
  return project(one_row(), std::move(es));
}
inline plan::PlanPtr filter(plan::PlanPtr child, plan::ExpressionPtr condition) {
  auto output = child->output;
  return plan::make_resolved_plan(plan::Filter{std::move(child), std::move(condition)},
                                  std::move(output));
}
inline plan::PlanPtr values(const std::vector<std::pair<std::string, DataType>>& columns,
                            const std::vector<std::vector<Value::Data>>& rows) {
  plan::InlineTable table;
  plan::Attributes output;
  for (const auto& [name, type] : columns) {
    output.push_back({.id = plan::new_attribute_id(), .name = name, .type = type});
  }
  for (const auto& row : rows) {
    plan::Expressions es;
    for (size_t i = 0; i < row.size(); ++i) es.push_back(lit(Value(columns[i].second, row[i])));
    table.rows.push_back(std::move(es));
  }
  return plan::make_resolved_plan(std::move(table), std::move(output));
}
inline plan::PlanPtr aggregate(plan::PlanPtr child, plan::Expressions grouping,
                               plan::Expressions out, std::vector<std::vector<int>> sets = {}) {
  auto output = made_by(out);
  return plan::make_resolved_plan(plan::Aggregate{.child = std::move(child),
                                                  .grouping = std::move(grouping),
                                                  .aggregates = std::move(out),
                                                  .grouping_sets = std::move(sets)},
                                  std::move(output));
}
inline plan::PlanPtr join(plan::PlanPtr left, plan::PlanPtr right, plan::JoinKind kind,
                          plan::ExpressionPtr on, bool lateral = false) {
  auto output = left->output;
  if (kind != plan::JoinKind::kLeftSemi && kind != plan::JoinKind::kLeftAnti) {
    output.insert(output.end(), right->output.begin(), right->output.end());
    for (auto& a : output) a.nullable = true;
  }
  return plan::make_resolved_plan(plan::Join{.left = std::move(left),
                                             .right = std::move(right),
                                             .kind = kind,
                                             .condition = std::move(on),
                                             .lateral = lateral},
                                  std::move(output));
}
inline plan::PlanPtr sort(plan::PlanPtr child, plan::Expressions orders) {
  auto output = child->output;
  return plan::make_resolved_plan(plan::Sort{std::move(child), std::move(orders)},
                                  std::move(output));
}
inline plan::PlanPtr limit(plan::PlanPtr child, int n) {
  auto output = child->output;
  return plan::make_resolved_plan(plan::Limit{std::move(child), lit(n)}, std::move(output));
}
inline plan::PlanPtr set_op(plan::SetOpKind kind, bool all, plan::PlanPtr left,
                            plan::PlanPtr right) {
  plan::Attributes output;
  for (auto a : left->output) {
    a.id = plan::new_attribute_id();
    output.push_back(a);
  }
  return plan::make_resolved_plan(
      plan::SetOp{.kind = kind, .all = all, .left = std::move(left), .right = std::move(right)},
      std::move(output));
}
inline plan::PlanPtr range(int64_t start, int64_t end, int64_t step = 1) {
  return plan::make_resolved_plan(
      plan::Range{start, end, step, std::nullopt},
      {{.id = plan::new_attribute_id(), .name = "id", .type = TypeId::kLong, .nullable = false}});
}

using Rows = std::vector<std::string>;

/// Runs plans and prints their rows, columns between bars.
class EngineTest : public ::testing::Test {
 protected:
  static Engine& engine() {
    static auto* engine = new Engine(EngineOptions{.memory_limit = "2GB", .threads = 2});
    return *engine;
  }
  QueryOptions options() {
    QueryOptions o;
    o.context.zone = zone;
    o.cancel = cancel;
    o.max_batch_rows = max_batch_rows;
    return o;
  }
  std::shared_ptr<arrow::Table> table(const plan::PlanPtr& plan) {
    auto stream = engine().run(plan, options());
    arrow::RecordBatchVector batches;
    while (auto batch = stream->next()) {
      EXPECT_TRUE(batch->ValidateFull().ok()) << batch->ValidateFull().ToString();
      batches.push_back(std::move(batch));
    }
    return arrow::Table::FromRecordBatches(stream->arrow_schema(), batches).ValueOrDie();
  }
  Rows rows(const plan::PlanPtr& plan) {
    auto t = table(plan);
    Rows out;
    for (int64_t row = 0; row < t->num_rows(); ++row) {
      std::string line;
      for (int c = 0; c < t->num_columns(); ++c) {
        const auto scalar = t->column(c)->GetScalar(row).ValueOrDie();
        line += (c ? "|" : "") + (scalar->is_valid ? scalar->ToString() : "null");
      }
      out.push_back(std::move(line));
    }
    return out;
  }
  Rows sorted_rows(const plan::PlanPtr& plan) {
    auto out = rows(plan);
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string condition(const plan::PlanPtr& plan) {
    try {
      rows(plan);
    } catch (const Error& e) {
      return e.condition();
    }
    return "";
  }

  std::string zone = "UTC";
  int64_t max_batch_rows = 10'000;
  CancelTokenPtr cancel = std::make_shared<CancelToken>();
};

}  // namespace lochan::engine::testing
