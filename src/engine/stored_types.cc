#include "engine/stored_types.h"

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/parsed_data/create_scalar_function_info.hpp"
#include "duckdb/planner/expression.hpp"
#include "engine/kernel.h"

namespace lochan::engine {
namespace {

using duckdb::LogicalType;

constexpr const char* kName = "lochan_as_stored";

/// The second argument is a null of the target type.
duckdb::unique_ptr<duckdb::FunctionData> bind(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto target = arguments.at(1)->return_type;
  if (arguments[0]->return_type.InternalType() != target.InternalType()) {
    throw duckdb::InternalException("a column is %s, to be stored as %s",
                                    arguments[0]->return_type.ToString(), target.ToString());
  }
  function.arguments = {arguments[0]->return_type, target};
  function.SetReturnType(target);
  duckdb::Function::EraseArgument(function, arguments, 1);
  return nullptr;
}

}  // namespace

LogicalType stored_type(const delta::Column& column) {
  using types::TypeId;
  switch (column.type.id()) {
    case TypeId::kArray: return LogicalType::LIST(stored_type(column.children.at(0)));
    case TypeId::kMap:
      return LogicalType::MAP(stored_type(column.children.at(0)),
                              stored_type(column.children.at(1)));
    case TypeId::kStruct: {
      duckdb::child_list_t<LogicalType> fields;
      for (const auto& child : column.children)
        fields.emplace_back(child.physical_name, stored_type(child));
      return LogicalType::STRUCT(std::move(fields));
    }
    default: return to_duckdb(column.type);
  }
}

duckdb::unique_ptr<duckdb::ParsedExpression> as_stored(
    duckdb::unique_ptr<duckdb::ParsedExpression> value, const delta::Column& column) {
  const auto type = stored_type(column);
  if (type == to_duckdb(column.type)) return value;
  duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> arguments;
  arguments.push_back(std::move(value));
  arguments.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(type)));
  return duckdb::make_uniq<duckdb::FunctionExpression>(kName, std::move(arguments));
}

void register_stored_types(duckdb::DatabaseInstance& database) {
  duckdb::ScalarFunction f(
      kName, {LogicalType::ANY, LogicalType::ANY}, LogicalType::ANY,
      [](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
        result.Reinterpret(args.data[0]);
      },
      bind);
  f.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  duckdb::CreateScalarFunctionInfo info(std::move(f));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(database).CreateFunction(
      duckdb::CatalogTransaction::GetSystemTransaction(database), info);
}

}  // namespace lochan::engine
