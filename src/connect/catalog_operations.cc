// catalog.proto: every operation is a message of plain fields, so one walk over them serves all 36.
#include "connect/invalid_plan.h"
#include "connect/plan_converter.h"
#include "connect/storage_level.h"
#include "connect/types_proto.h"

namespace lochan::connect {

namespace proto = spark::connect;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

void read_map(const Message& message, const FieldDescriptor* field, plan::Options& out) {
  const auto* reflection = message.GetReflection();
  const auto* entry_type = field->message_type();
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const Message& entry = reflection->GetRepeatedMessage(message, field, i);
    out[entry.GetReflection()->GetString(entry, entry_type->map_key())] =
        entry.GetReflection()->GetString(entry, entry_type->map_value());
  }
}

void read_message(const Message& value, const FieldDescriptor* field, plan::CatalogOperation& out) {
  if (value.GetDescriptor() == proto::DataType::descriptor()) {
    out.schema = to_type(static_cast<const proto::DataType&>(value)).json();
  } else if (value.GetDescriptor() == proto::StorageLevel::descriptor()) {
    out.arguments[field->name()] = to_text(static_cast<const proto::StorageLevel&>(value));
  } else {
    throw Error::internal("a catalog operation with an argument of type " +
                          value.GetDescriptor()->full_name());
  }
}

}  // namespace

plan::CatalogOperation to_catalog_operation(const proto::Catalog& in) {
  const auto* arm = in.GetReflection()->GetOneofFieldDescriptor(
      in, in.GetDescriptor()->FindOneofByName("cat_type"));
  if (!arm) throw oneof_not_set(in, "cat_type");
  plan::CatalogOperation out;
  out.op = arm->name();
  const Message& message = in.GetReflection()->GetMessage(in, arm);
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_map()) {
      read_map(message, field, out.table_options);
      continue;
    }
    if (field->has_presence() && !reflection->HasField(message, field)) continue;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        out.arguments[field->name()] = reflection->GetString(message, field);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        out.arguments[field->name()] = reflection->GetBool(message, field) ? "true" : "false";
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        out.arguments[field->name()] = std::to_string(reflection->GetInt32(message, field));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        read_message(reflection->GetMessage(message, field), field, out);
        break;
      default: throw Error::internal("a catalog operation with an argument of an unknown kind");
    }
  }
  return out;
}

}  // namespace lochan::connect
