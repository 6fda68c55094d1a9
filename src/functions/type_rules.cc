#include "functions/type_rules.h"

#include "base/ascii.h"
#include "functions/names.h"

namespace lochan::functions {

using types::DataType;

Accept one_of(std::vector<Accept> members) { return {Accept::Kind::kOneOf, std::move(members)}; }
Accept array_of(Accept element) { return {Accept::Kind::kArrayOf, {std::move(element)}}; }

void accept_argument(CallSite& call, size_t i, const Accept& accept) {
  if (call.arguments[i]->as<plan::Lambda>() != nullptr) return;
  auto type = implicit_cast(call.type(i), accept, call.context);
  if (!type) call.reject(i, accept.text());
  call.cast(i, *type);
}

void reject_diff_types(CallSite& call, const std::vector<DataType>& types, bool bracketed) {
  std::string list;
  for (const DataType& type : types) {
    list += (list.empty() ? "" : bracketed ? ", " : " or ") + quoted_type(type);
  }
  call.mismatch("DATA_DIFF_TYPES", {{"functionName", types::quote_identifier(printed_name(call))},
                                    {"dataType", bracketed ? "[" + list + "]" : "(" + list + ")"}});
}

DataType unify(CallSite& call, const std::vector<size_t>& which, bool bracketed) {
  std::vector<DataType> types;
  for (size_t i : which) types.push_back(call.type(i));
  auto common = wider_type(types, call.context);
  if (!common) reject_diff_types(call, types, bracketed);
  for (size_t i : which) call.cast(i, *common);
  return *common;
}

DataType unify(CallSite& call, size_t first, size_t last) {
  std::vector<size_t> which;
  for (size_t i = first; i < last; ++i) which.push_back(i);
  return unify(call, which);
}

Signature::Signature(std::vector<Accept> accepts) : accepts_(std::move(accepts)) {}

Signature Signature::then(std::function<void(CallSite&)> step) const {
  Signature next = *this;
  next.steps_.push_back(std::move(step));
  return next;
}

Signature Signature::returns(DataType type) const {
  return then([type = std::move(type)](CallSite& call) { call.result = type; });
}

Signature Signature::returns_argument(size_t i) const {
  return then([i](CallSite& call) { call.result = call.type(i); });
}

Signature Signature::returns(std::function<DataType(CallSite&)> type) const {
  return then([type = std::move(type)](CallSite& call) { call.result = type(call); });
}

Signature Signature::common(size_t first, size_t count) const {
  return then(
      [first, count](CallSite& call) { unify(call, first, std::min(call.size(), first + count)); });
}

Signature Signature::nullable() const {
  return then([](CallSite& call) { call.nullable = true; });
}

Signature Signature::not_null() const {
  return then([](CallSite& call) { call.nullable = false; });
}

Signature Signature::foldable(size_t i) const {
  return then([i](CallSite& call) {
    if (i >= call.size() || call.constant(i) != nullptr) return;
    const std::string parameter =
        i < call.function.parameters.size() ? std::string(call.function.parameters[i]) : "expr";
    call.mismatch("NON_FOLDABLE_INPUT",
                  {{"inputName", types::quote_identifier(parameter)},
                   {"inputType", quoted_type(call.type(i))},
                   {"inputExpr", quoted_name(*call.arguments[i], call.context)}});
  });
}

void Signature::operator()(CallSite& call) const {
  for (size_t i = 0; i < call.size() && !accepts_.empty(); ++i) {
    accept_argument(call, i, accepts_[std::min(i, accepts_.size() - 1)]);
  }
  for (const auto& step : steps_) step(call);
}

Signature args(std::vector<Accept> accepts) { return Signature(std::move(accepts)); }
Signature no_args() { return Signature({}); }

Signature numeric_unary_double() { return args({kDouble}).returns(kDouble); }
Signature string_unary() { return args({kString}).returns(kString); }
Signature common_type() { return args({kAnything}).common().returns_argument(0); }
Signature same_as_argument(size_t i) { return args({kAnything}).returns_argument(i); }

const DataType& expect_array(CallSite& call, size_t i) {
  if (!call.type(i).is(kArray)) call.reject(i, "\"ARRAY\"");
  return call.type(i).element();
}

const DataType& expect_map(CallSite& call, size_t i) {
  if (!call.type(i).is(kMap)) call.reject(i, "\"MAP\"");
  return call.type(i).key();
}

plan::ExpressionPtr aggregate_as(CallSite& call, std::string_view name,
                                 plan::Expressions arguments) {
  return resolve_call(*find_function(name), call.name, std::move(arguments), call.context,
                      call.origin, *call.options);
}

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) result += separator;
    result += parts[i];
  }
  return result;
}

}  // namespace

NameRule infix(std::string_view symbol) {
  return [separator = " " + std::string(symbol) + " "](const CallSite&,
                                                       const std::vector<std::string>& arguments) {
    return "(" + joined(arguments, separator) + ")";
  };
}

NameRule bare_infix(std::string_view symbol) {
  return [separator = " " + std::string(symbol) + " "](const CallSite&,
                                                       const std::vector<std::string>& arguments) {
    return joined(arguments, separator);
  };
}

NameRule prefix(std::string_view symbol) {
  return
      [symbol = std::string(symbol)](const CallSite&, const std::vector<std::string>& arguments) {
        return "(" + symbol + " " + arguments.at(0) + ")";
      };
}

NameRule upper_name() {
  return [](const CallSite& call, const std::vector<std::string>& arguments) {
    return upper_case(printed_name(call)) + "(" + joined(arguments, ", ") + ")";
  };
}

NameRule print_first(size_t count) {
  return [count](const CallSite& call, const std::vector<std::string>& arguments) {
    std::vector<std::string> shown(arguments.begin(),
                                   arguments.begin() + std::min(count, arguments.size()));
    return printed_name(call) + "(" + joined(shown, ", ") + ")";
  };
}

NameRule no_parentheses() {
  return [](const CallSite& call, const std::vector<std::string>&) { return printed_name(call); };
}

NameRule print_as(
    std::function<std::string(const CallSite&, const std::vector<std::string>&)> rule) {
  return rule;
}

Function missing(std::string_view name, std::string_view reason) {
  return {.name = name, .max_arguments = kAnyNumber, .lower = Missing{reason}};
}

}  // namespace lochan::functions
