#include "connect/call_context.h"

#include <zstd.h>

#include "connect/invalid_plan.h"
#include "connect/names.h"
#include "connect/wire.h"

namespace lochan::connect {

namespace proto = spark::connect;

namespace {

constexpr size_t kMaxDecompressed = size_t{512} << 20;

std::string decompress_zstd(const std::string& data) {
  const auto fail = [](const std::string& why) {
    return invalid_plan("CANNOT_PARSE", {{"errorMsg", why}});
  };
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  std::string out;
  std::string block(ZSTD_DStreamOutSize(), '\0');
  size_t rest = 1;
  while (in.pos < in.size) {
    ZSTD_outBuffer part{block.data(), block.size(), 0};
    rest = ZSTD_decompressStream(context.get(), &part, &in);
    if (ZSTD_isError(rest)) throw fail(ZSTD_getErrorName(rest));
    out.append(block.data(), part.pos);
    if (out.size() > kMaxDecompressed)
      throw invalid_plan("PLAN_SIZE_LARGER_THAN_MAX",
                         {{"planSize", "more than " + std::to_string(kMaxDecompressed)},
                          {"maxPlanSize", std::to_string(kMaxDecompressed)}});
  }
  if (rest != 0) throw fail("the compressed plan ends too early");
  return out;
}

void check_uuid(const std::string& handle) {
  if (!is_uuid(handle)) throw Error("INVALID_HANDLE.FORMAT", {{"handle", handle}});
}

}  // namespace

std::shared_ptr<session::Session> open_session(const Caller& caller, CallContext& context) {
  check_uuid(caller.session_id);
  return context.sessions.open(caller.principal, caller.session_id, caller.observed_server_side_id);
}

std::shared_ptr<session::Session> find_session(const Caller& caller, CallContext& context) {
  auto session = context.sessions.find(caller.principal, caller.session_id);
  if (!caller.observed_server_side_id.empty() &&
      caller.observed_server_side_id != session->server_side_id())
    throw Error("INVALID_HANDLE.SESSION_CHANGED", {{"handle", caller.session_id}});
  session->touch();
  return session;
}

const proto::Plan& decompress(const proto::Plan& plan, proto::Plan& out) {
  if (plan.op_type_case() != proto::Plan::kCompressedOperation) return plan;
  const auto& compressed = plan.compressed_operation();
  if (compressed.compression_codec() != proto::COMPRESSION_CODEC_ZSTD)
    throw invalid_plan("CANNOT_PARSE", {{"errorMsg", "the compression codec is not supported"}});
  const std::string bytes = decompress_zstd(compressed.data());
  out.Clear();
  switch (compressed.op_type()) {
    case proto::Plan::CompressedOperation::OP_TYPE_RELATION:
      parse(bytes, out.mutable_root());
      break;
    case proto::Plan::CompressedOperation::OP_TYPE_COMMAND:
      parse(bytes, out.mutable_command());
      break;
    default:
      throw invalid_plan("CANNOT_PARSE", {{"errorMsg", "the compressed operation has no type"}});
  }
  return out;
}

}  // namespace lochan::connect
