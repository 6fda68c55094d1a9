#pragma once
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

namespace lochan::connect {

/// Bytes of a request as protobuf. gRPC's own parsing stops at 100 nested messages; plans nest
/// deeper, so the service takes raw bytes and parses here with kMaxMessageDepth. Throws
/// CONNECT_INVALID_PLAN.CANNOT_PARSE. Deep messages need a thread with a big stack.
void parse(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);
void parse(const std::string& bytes, google::protobuf::Message* message);

/// About three messages stand for one level of a plan (PlanConverter::kMaxLevels).
inline constexpr int kMaxMessageDepth = 8192;

grpc::ByteBuffer serialize(const google::protobuf::Message& message);

}  // namespace lochan::connect
