#pragma once
#include <spark/connect/base.pb.h>

#include <memory>
#include <string>
#include <vector>

#include "connect/call_context.h"

namespace lochan::connect {

/// One AddArtifacts stream: artifacts come whole in batches or one by one in chunks, each piece
/// with its CRC-32. An artifact whose pieces all check goes to the session when the stream ends;
/// the others are reported, and the client sends them again. Used by one thread at a time.
class ArtifactUpload {
 public:
  explicit ArtifactUpload(CallContext& context) : context_(context) {}

  /// Takes the next message. Throws INVALID_ARTIFACT_PATH, CONNECT_INVALID_PLAN.*, and what opening
  /// a session throws.
  void add(const spark::connect::AddArtifactsRequest& request);
  /// The end of the stream: stores what is whole.
  spark::connect::AddArtifactsResponse finish();

  /// The session of the stream, for errors; empty before the first message.
  const std::string& session_key() const { return session_key_; }

 private:
  struct Artifact {
    std::string name, data;
    bool crc_matches = true;
  };
  void append(Artifact& artifact, const spark::connect::AddArtifactsRequest::ArtifactChunk& chunk);
  Artifact& begin(const std::string& name);

  CallContext& context_;
  std::string session_key_;
  std::shared_ptr<session::Session> session_;
  std::vector<Artifact> artifacts_;
  size_t bytes_ = 0;
  int64_t missing_chunks_ = 0;  // of the last artifact
  int64_t expected_bytes_ = 0;
};

}  // namespace lochan::connect
