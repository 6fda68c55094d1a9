#include "connect/wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include "connect/invalid_plan.h"

namespace lochan::connect {
namespace {

void parse(google::protobuf::io::ZeroCopyInputStream* stream, google::protobuf::Message* message) {
  const google::protobuf::LogSilencer quiet;  // what is wrong goes to the client, not to stderr
  google::protobuf::io::CodedInputStream in(stream);
  in.SetRecursionLimit(kMaxMessageDepth);
  in.SetTotalBytesLimit(INT32_MAX);
  if (!message->ParseFromCodedStream(&in) || !in.ConsumedEntireMessage())
    throw invalid_plan(
        "CANNOT_PARSE",
        {{"errorMsg", "not a message of type " + message->GetDescriptor()->full_name() +
                          ", or nested more than " + std::to_string(kMaxMessageDepth) +
                          " messages deep"}});
}

}  // namespace

void parse(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  grpc::ByteBuffer copy(bytes);  // shares the slices; the reader wants them mutable
  if (copy.Length() == 0) {
    message->Clear();
    return;
  }
  grpc::ProtoBufferReader reader(&copy);
  if (!reader.status().ok())
    throw Error::internal("cannot read a request: " + reader.status().error_message());
  parse(&reader, message);
}

void parse(const std::string& bytes, google::protobuf::Message* message) {
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  parse(&stream, message);
}

grpc::ByteBuffer serialize(const google::protobuf::Message& message) {
  auto* bytes = new std::string(message.SerializeAsString());
  // The slice owns the string: no further copy on the way out.
  grpc::Slice slice(
      bytes->data(), bytes->size(), [](void* owner) { delete static_cast<std::string*>(owner); },
      bytes);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace lochan::connect
