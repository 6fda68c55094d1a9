#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::LogicalType;
using types::DataType;
using types::TypeId;

namespace {

std::string variable(plan::AttributeId id) {
  return "v" + std::to_string(static_cast<int64_t>(id));
}

const plan::Lambda& lambda_at(const plan::Call& c, size_t i) {
  if (i < c.arguments.size()) {
    if (const auto* l = c.arguments[i]->as<plan::Lambda>()) return *l;
  }
  throw Error::not_supported("function " + c.name + " with these arguments");
}

Parsed when_not_null(Parsed tested, Parsed value, const DataType& type) {
  return choose(is_null(std::move(tested)), typed_null(type), std::move(value));
}

/// The entries of a map as DuckDB's list of STRUCT(key, value).
Parsed entries(Parsed map) { return call("map_entries", list(std::move(map))); }

Parsed pair(Parsed key, Parsed value) {
  return call("struct_pack", list(named(std::move(key), "key"), named(std::move(value), "value")));
}

}  // namespace

/// The lambda's body with each variable standing for what `values` make.
Parsed Lowering::with_bindings(const plan::Lambda& l,
                               const std::vector<std::function<Parsed()>>& values) {
  for (size_t i = 0; i < l.ids.size() && i < values.size(); ++i) {
    lambda_values_[static_cast<int64_t>(l.ids[i])] = values[i];
  }
  return expression(*l.body);
}

/// x -> e, or (x, i) -> e with i counted from 0, as INTEGER; DuckDB counts from 1, as BIGINT.
Parsed Lowering::lambda_of(const plan::Expression& e, bool index_from_zero) {
  const auto& l = *e.as<plan::Lambda>();
  std::vector<std::function<Parsed()>> values;
  std::vector<std::string> names;
  for (size_t i = 0; i < l.ids.size(); ++i) {
    auto name = variable(l.ids[i]);
    if (i == 1 && index_from_zero) {
      values.push_back([name] {
        return cast_to(call("-", list(named_column(name), constant(duckdb::Value::BIGINT(1)))),
                       LogicalType::INTEGER);
      });
    } else {
      values.push_back([name] { return named_column(name); });
    }
    names.push_back(std::move(name));
  }
  auto body = with_bindings(l, values);
  return lambda(std::move(names), std::move(body));
}

Parsed Lowering::any_true(Parsed list_of_booleans, std::string_view kernel) {
  KernelSpec spec;
  spec.result = TypeId::kBoolean;
  spec.arguments = {DataType::array(TypeId::kBoolean)};
  spec.name = kernel;
  return kernel_call(kernel, std::move(spec), list(std::move(list_of_booleans)));
}

Parsed Lowering::higher_order(const plan::Expression& e, const plan::Call& c) {
  const auto name = c.function->name;
  const auto& a = c.arguments;
  const auto bound = lambda_values_;  // variables of this call go out of scope with it
  struct Restore {
    Lowering& self;
    decltype(bound)& values;
    ~Restore() { self.lambda_values_ = values; }
  } restore{*this, bound};

  if (name == "transform") {
    lambda_at(c, 1);
    return call("list_transform", list(expression(*a[0]), lambda_of(*a[1], true)));
  }
  if (name == "filter") {
    lambda_at(c, 1);
    return call("list_filter", list(expression(*a[0]), lambda_of(*a[1], true)));
  }
  if (name == "array_sort: compared") {
    // The comparator's answer for every pair of elements, then a kernel that sorts by them.
    const auto& l = lambda_at(c, 1);
    const auto left = variable(l.ids.at(0)), right = variable(l.ids.at(1));
    auto body = with_bindings(
        l, {[left] { return named_column(left); }, [right] { return named_column(right); }});
    auto line = call("list_transform", list(expression(*a[0]), lambda({right}, std::move(body))));
    auto table = call("list_transform", list(expression(*a[0]), lambda({left}, std::move(line))));
    KernelSpec spec;
    spec.result = e.type;
    spec.arguments = {e.type, DataType::array(DataType::array(TypeId::kInteger))};
    spec.name = "array_sort";
    spec.context = e.origin.context();
    return kernel_call("array_sort_by", std::move(spec), list(expression(*a[0]), std::move(table)));
  }
  if (name == "map_zip_with") {
    // Over each key of either map: (key, value in the first or null, value in the second or null).
    const auto& l = lambda_at(c, 2);
    const auto z = variable(l.ids.at(0)) + "k";
    auto value_in = [&](size_t i) -> std::function<Parsed()> {
      return [this, &a, i, z] {
        return call("list_extract",
                    list(call("map_extract", list(expression(*a[i]), named_column(z))),
                         constant(duckdb::Value::BIGINT(1))));
      };
    };
    auto body = with_bindings(l, {[z] { return named_column(z); }, value_in(0), value_in(1)});
    KernelSpec spec;
    spec.result = DataType::array(a[0]->type.key(), false);
    spec.arguments = {spec.result, spec.result};
    spec.name = c.name;
    auto keys = kernel_call(
        "array_union", std::move(spec),
        list(call("map_keys", list(expression(*a[0]))), call("map_keys", list(expression(*a[1])))));
    auto zipped = call("list_transform",
                       list(std::move(keys), lambda({z}, pair(named_column(z), std::move(body)))));
    return when_not_null(
        expression(*a[0]),
        when_not_null(expression(*a[1]), call("map_from_entries", list(std::move(zipped))), e.type),
        e.type);
  }
  if (name == "exists" || name == "forall") {
    lambda_at(c, 1);
    return any_true(call("list_transform", list(expression(*a[0]), lambda_of(*a[1], false))),
                    name == "exists" ? "any_true" : "all_true");
  }
  if (name == "aggregate" || name == "reduce") {
    // The accumulator starts as the zero value; the result goes through `finish`. DuckDB reduces to
    // the type of the elements, so that both travel as one: structs (accumulator, element).
    const auto& merge = lambda_at(c, 2);
    const auto& zero = a[1]->type;
    const auto& element = a[0]->type.element();
    const auto left = variable(merge.ids.at(0)) + "a", right = variable(merge.ids.at(0)) + "e";
    const auto both = [&](Parsed value, Parsed item) {
      return call("struct_pack",
                  list(named(cast_to(std::move(value), to_duckdb(zero)), "accumulator"),
                       named(cast_to(std::move(item), to_duckdb(element)), "element")));
    };
    auto items =
        call("list_transform",
             list(expression(*a[0]), lambda({right}, both(typed_null(zero), named_column(right)))));
    auto body = with_bindings(merge, {[left] { return field(named_column(left), "accumulator"); },
                                      [right] { return field(named_column(right), "element"); }});
    // Of a list that is a null constant DuckDB forgets the type.
    auto reduced =
        cast_to(field(call("list_reduce",
                           list(std::move(items),
                                lambda({left, right}, both(std::move(body), typed_null(element))),
                                both(expression(*a[1]), typed_null(element)))),
                      "accumulator"),
                to_duckdb(zero));
    if (a.size() < 4) return reduced;
    lambda_at(c, 3);
    auto finished = call("list_transform", list(call("list_value", list(std::move(reduced))),
                                                lambda_of(*a[3], false)));
    return when_not_null(
        expression(*a[0]),
        call("list_extract", list(std::move(finished), constant(duckdb::Value::BIGINT(1)))),
        e.type);
  }
  if (name == "zip_with") {
    const auto& l = lambda_at(c, 2);
    const auto z = variable(l.ids.at(0)) + "z";
    auto part = [&z](int i) -> std::function<Parsed()> {
      return [z, i] {
        return call("struct_extract_at", list(named_column(z), constant(duckdb::Value::BIGINT(i))));
      };
    };
    auto body = with_bindings(l, {part(1), part(2)});
    auto zipped = call("list_zip", list(expression(*a[0]), expression(*a[1])));
    auto result = call("list_transform", list(std::move(zipped), lambda({z}, std::move(body))));
    return when_not_null(expression(*a[0]),
                         when_not_null(expression(*a[1]), std::move(result), e.type), e.type);
  }
  if (name == "map_filter" || name == "transform_keys" || name == "transform_values") {
    const auto& l = lambda_at(c, 1);
    const auto z = variable(l.ids.at(0)) + "e";
    auto key = [z] { return field(named_column(z), "key"); };
    auto value = [z] { return field(named_column(z), "value"); };
    auto body = with_bindings(l, {key, value});
    Parsed changed;
    if (name == "map_filter") {
      changed = call("list_filter", list(entries(expression(*a[0])), lambda({z}, std::move(body))));
    } else {
      body =
          name == "transform_keys" ? pair(std::move(body), value()) : pair(key(), std::move(body));
      changed =
          call("list_transform", list(entries(expression(*a[0])), lambda({z}, std::move(body))));
    }
    return when_not_null(expression(*a[0]), call("map_from_entries", list(std::move(changed))),
                         e.type);
  }
  throw Error::not_supported("function " + c.name);
}

}  // namespace lochan::engine
