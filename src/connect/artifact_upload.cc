#include "connect/artifact_upload.h"

#include "base/crc32.h"
#include "connect/handlers.h"
#include "connect/invalid_plan.h"

namespace lochan::connect {

namespace proto = spark::connect;

namespace {

// Names of files for the file system: this and their path.
constexpr std::string_view kForwardToFs = "forward_to_fs/";

// One stream may not fill the memory; larger data comes in several artifacts of several streams.
constexpr size_t kMaxUploadBytes = size_t{4} << 30;

void check_path(const std::string& name) {
  bool valid = !name.empty() && name.front() != '/' && name.find('\0') == std::string::npos;
  size_t start = 0;
  while (valid && start <= name.size()) {
    const size_t end = std::min(name.find('/', start), name.size());
    if (name.compare(start, end - start, "..") == 0) valid = false;
    start = end + 1;
  }
  if (!valid) throw Error("INVALID_ARTIFACT_PATH", {{"name", name}});
}

}  // namespace

ArtifactUpload::Artifact& ArtifactUpload::begin(const std::string& name) {
  if (missing_chunks_ > 0)
    throw invalid_plan_message("An artifact begins before all chunks of the last one were sent.");
  check_path(name);
  return artifacts_.emplace_back(Artifact{name, {}, true});
}

void ArtifactUpload::append(Artifact& artifact,
                            const proto::AddArtifactsRequest::ArtifactChunk& chunk) {
  bytes_ += chunk.data().size();
  if (bytes_ > kMaxUploadBytes)
    throw invalid_plan(
        "LOCAL_RELATION_SIZE_LIMIT_EXCEEDED",
        {{"actualSize", std::to_string(bytes_)}, {"limit", std::to_string(kMaxUploadBytes)}});
  artifact.crc_matches =
      artifact.crc_matches && static_cast<int64_t>(crc32(chunk.data())) == chunk.crc();
  artifact.data += chunk.data();
}

void ArtifactUpload::add(const proto::AddArtifactsRequest& request) {
  if (!session_) {
    const Caller caller = caller_of(request, context_);
    session_key_ = caller.key();
    session_ = open_session(caller, context_);
  }
  switch (request.payload_case()) {
    case proto::AddArtifactsRequest::kBatch:
      for (const auto& artifact : request.batch().artifacts())
        append(begin(artifact.name()), artifact.data());
      return;
    case proto::AddArtifactsRequest::kBeginChunk: {
      const auto& first = request.begin_chunk();
      if (first.num_chunks() < 1)
        throw invalid_plan_message("A chunked artifact needs at least one chunk.");
      Artifact& artifact = begin(first.name());
      missing_chunks_ = first.num_chunks() - 1;
      expected_bytes_ = first.total_bytes();
      append(artifact, first.initial_chunk());
      break;
    }
    case proto::AddArtifactsRequest::kChunk:
      if (missing_chunks_ == 0)
        throw invalid_plan_message("A chunk of an artifact came where none was expected.");
      --missing_chunks_;
      append(artifacts_.back(), request.chunk());
      break;
    case proto::AddArtifactsRequest::PAYLOAD_NOT_SET: throw oneof_not_set(request, "payload");
  }
  const auto& artifact = artifacts_.back();
  if (missing_chunks_ == 0 && static_cast<int64_t>(artifact.data.size()) != expected_bytes_)
    throw invalid_plan_message("Missing data chunks for artifact: " + artifact.name +
                               ". Processed " + std::to_string(artifact.data.size()) +
                               " bytes out of " + std::to_string(expected_bytes_) + " bytes.");
}

proto::AddArtifactsResponse ArtifactUpload::finish() {
  if (!session_) throw invalid_plan_message("AddArtifacts was called without any message.");
  if (missing_chunks_ > 0)
    throw invalid_plan_message("Missing data chunks for artifact: " + artifacts_.back().name + ".");
  proto::AddArtifactsResponse out;
  out.set_session_id(session_->id());
  out.set_server_side_session_id(session_->server_side_id());
  for (auto& artifact : artifacts_) {
    auto* summary = out.add_artifacts();
    summary->set_name(artifact.name);
    summary->set_is_crc_successful(artifact.crc_matches);
    if (!artifact.crc_matches) continue;
    if (artifact.name.starts_with(kForwardToFs)) {
      session_->put_file(artifact.name.substr(kForwardToFs.size() - 1), artifact.data);
      continue;
    }
    // What is cached is named by its own hash; other names stand for one content as long as the
    // session lives.
    if (const auto old = session_->artifact(artifact.name);
        old && !artifact.name.starts_with("cache/")) {
      if (*old != artifact.data)
        throw Error("ARTIFACT_ALREADY_EXISTS", {{"normalizedRemoteRelativePath", artifact.name}});
      continue;
    }
    session_->put_artifact(artifact.name, std::move(artifact.data));
  }
  artifacts_.clear();
  return out;
}

proto::ArtifactStatusesResponse artifact_statuses(const proto::ArtifactStatusesRequest& request,
                                                  CallContext& context) {
  auto session = open_session(caller_of(request, context), context);
  proto::ArtifactStatusesResponse out;
  out.set_session_id(session->id());
  out.set_server_side_session_id(session->server_side_id());
  for (const auto& name : request.names())
    (*out.mutable_statuses())[name].set_exists(session->has_artifact(name));
  return out;
}

}  // namespace lochan::connect
