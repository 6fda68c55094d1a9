#include "analysis/canonical.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "analysis/tree.h"
#include "plan/plan_text.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT: this file is about plans

namespace {

template <class Node>
ExpressionPtr with_node(const ExpressionPtr& expression, Node node) {
  Expression copy = *expression;
  copy.node = std::move(node);
  return std::make_shared<const Expression>(std::move(copy));
}

std::string hash_text(std::string_view bytes) {
  return std::to_string(std::hash<std::string_view>{}(bytes)) + "/" + std::to_string(bytes.size());
}

/// The batches of an Arrow IPC stream, without the message before them that names the columns.
std::string_view batches_of(std::string_view stream) {
  constexpr size_t kPrefix = 8;  // a mark and the length of what describes the message
  uint32_t length = 0;
  if (stream.size() < kPrefix) return stream;
  std::memcpy(&length, stream.data() + 4, sizeof length);
  return stream.size() - kPrefix < length ? stream : stream.substr(kPrefix + length);
}

/// Operators whose operands may be taken in any order, over several calls: a + b + c. The rows of
/// one operator have a suffix (+: exact).
bool is_chain(std::string_view name) {
  const std::string_view symbol = name.substr(0, name.find(':'));
  for (const std::string_view one :
       {"+", "*", "&", "|", "^", "and", "or", "try_add", "try_multiply", "greatest", "least"}) {
    if (symbol == one) return true;
  }
  return false;
}

class Canonical {
 public:
  PlanPtr plan(const PlanPtr& from) {
    Plans below = plan::children(*from);
    for (auto& child : below) child = plan(child);
    Plan copy = *from;
    if (auto* local = std::get_if<LocalRelation>(&copy.node)) {
      for (auto& field : local->schema) field.name.clear();
      if (local->arrow_ipc) leaves_ += " local " + hash_text(batches_of(*local->arrow_ipc));
    } else if (auto* table = std::get_if<InlineTable>(&copy.node)) {
      table->names.clear();
    } else if (auto* generate = std::get_if<Generate>(&copy.node)) {
      generate->alias.clear();
      generate->column_names.clear();
    } else if (auto* range = std::get_if<Range>(&copy.node)) {
      leaves_ += " partitions " + std::to_string(range->partitions.value_or(0));
    }
    PlanPtr result = plan::with_children(std::make_shared<const Plan>(std::move(copy)), below);
    Expressions own = plan::expressions(*result);
    for (auto& item : own) {
      if (item) item = expression(item);
    }
    result = plan::with_expressions(result, std::move(own));
    for (const auto& attribute : from->output) number(attribute.id);
    return result;
  }

  const std::string& leaves() const { return leaves_; }

 private:
  /// Ids become the order in which they are made, from the leaves up.
  AttributeId number(AttributeId id) {
    return numbers_.emplace(id, AttributeId{static_cast<int64_t>(numbers_.size()) + 1})
        .first->second;
  }

  ExpressionPtr expression(const ExpressionPtr& from) {
    if (const auto* column = from->as<AttributeRef>())
      return with_node(from, AttributeRef{number(column->id), "", {}});
    if (const auto* lambda = from->as<Lambda>()) return function(from, *lambda);
    if (const auto* variable = from->as<LambdaVariable>()) {
      const auto known = variables_.find(variable->id);
      return known == variables_.end() ? from : with_node(from, LambdaVariable{known->second, {}});
    }
    if (const auto* call = from->as<Call>()) return call_of(from, *call);
    const ExpressionPtr result = with_children_of(from);
    if (const auto* named = result->as<Alias>())
      return with_node(result, Alias{named->child, "", {}, {}, ""});
    if (const auto* cast = result->as<Cast>()) {
      Cast plain = *cast;
      plain.implicit = false;
      return with_node(result, std::move(plain));
    }
    if (const auto* field = result->as<GetField>())
      return with_node(result, GetField{field->child, field->index, std::to_string(field->index)});
    if (const auto* python = result->as<PythonFunction>()) {
      PythonFunction with_code = *python;
      with_code.name = hash_text(python->command);
      return with_node(result, std::move(with_code));
    }
    if (const auto* subquery = result->as<Subquery>(); subquery && subquery->plan) {
      Subquery inner = *subquery;
      inner.plan = plan(subquery->plan);
      return with_node(result, std::move(inner));
    }
    return result;
  }

  ExpressionPtr with_children_of(const ExpressionPtr& from) {
    Expressions below = plan::children(*from);
    if (below.empty()) return from;
    for (auto& child : below) child = expression(child);
    return plan::with_children(from, std::move(below));
  }

  /// Parameters are named by how deep they are.
  ExpressionPtr function(const ExpressionPtr& from, const Lambda& lambda) {
    Lambda renamed = lambda;
    for (size_t i = 0; i < lambda.ids.size(); ++i) {
      const std::string name = std::to_string(depth_ + i);
      variables_[lambda.ids[i]] = name;
      if (i < renamed.parameters.size()) renamed.parameters[i] = name;
    }
    depth_ += lambda.ids.size();
    renamed.body = expression(lambda.body);
    depth_ -= lambda.ids.size();
    return with_node(from, std::move(renamed));
  }

  static void sort(Expressions& operands, size_t first = 0) {
    std::vector<std::pair<std::string, ExpressionPtr>> keyed;
    for (size_t i = first; i < operands.size(); ++i)
      keyed.emplace_back(to_string(*operands[i]), operands[i]);
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < keyed.size(); ++i) operands[first + i] = keyed[i].second;
  }

  /// The operands of `call` and of calls below that do the same, in their canonical form.
  void collect_operands(const Expression& chain, const Call& call, Expressions& out) {
    for (const auto& argument : call.arguments) {
      const auto* inner = argument->as<Call>();
      if (inner && inner->function == call.function && inner->mode == call.mode &&
          argument->type == chain.type) {
        collect_operands(*argument, *inner, out);
      } else {
        out.push_back(expression(argument));
      }
    }
  }

  ExpressionPtr call_of(const ExpressionPtr& from, const Call& call) {
    const std::string_view name = call.function->name;
    ExpressionPtr result;
    if (is_chain(name)) {
      Expressions operands;
      collect_operands(*from, call, operands);
      sort(operands);
      Call flat = call;
      flat.arguments = std::move(operands);
      result = with_node(from, std::move(flat));
    } else {
      result = with_children_of(from);
    }
    Call own = *result->as<Call>();
    own.name = std::string(name) + "/" + std::to_string(static_cast<int>(own.mode));
    if (name == "=" || name == "<=>") sort(own.arguments);
    if (name == "in") sort(own.arguments, 1);
    // a > b is b < a, and NOT a < b is b <= a.
    if (name == ">" || name == ">=") return less(result, own, name == ">=");
    if (name == "not") {
      const auto* inner = own.arguments[0]->as<Call>();
      if (inner && inner->name == "<") return less(own.arguments[0], *inner, true);
      if (inner && inner->name == "<=") return less(own.arguments[0], *inner, false);
    }
    if (name == "<" || name == "<=") own.name = name;
    return with_node(result, std::move(own));
  }

  static ExpressionPtr less(const ExpressionPtr& from, Call call, bool or_equal) {
    std::swap(call.arguments[0], call.arguments[1]);
    call.name = or_equal ? "<=" : "<";
    return with_node(from, std::move(call));
  }

  std::unordered_map<AttributeId, AttributeId> numbers_;
  std::unordered_map<AttributeId, std::string> variables_;
  size_t depth_ = 0;
  std::string leaves_;
};

}  // namespace

std::string canonical_text(const PlanPtr& resolved) {
  Canonical canonical;
  const PlanPtr plan = canonical.plan(resolved);
  return one_line(*plan) + canonical.leaves();
}

}  // namespace lochan::analysis
