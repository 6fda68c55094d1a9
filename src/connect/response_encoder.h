#pragma once
#include <spark/connect/base.pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "session/execution.h"

namespace lochan::connect {

/// A place in the stream of an operation: the event of that index, cut into `chunks` responses, of
/// which `chunk` is meant. It is what a response_id says, so ids need no table: the server can
/// continue from any id that it gave out.
struct Position {
  int64_t index = -1;
  int64_t chunk = 0;
  int64_t chunks = 1;

  std::string to_id() const;
  /// Throws INVALID_CURSOR.POSITION_NOT_FOUND for what to_id() did not make.
  static Position from_id(const std::string& id);
  bool last_of_event() const { return chunk + 1 >= chunks; }
  bool operator==(const Position&) const = default;
};

/// How the events of one operation become ExecutePlanResponses. Immutable, kept with the operation,
/// so that a client that comes back gets the same responses.
struct ResponseEncoder {
  std::string session_id, server_side_session_id, operation_id;
  /// Arrow batches are cut into pieces of at most so many bytes; 0: never.
  size_t chunk_bytes = 0;
  /// The relation to send for a SQL query: what the client sent (lazy; it will send it again to be
  /// run).
  spark::connect::Relation sql_relation;

  /// The responses for the event at `index`, from chunk `first_chunk` on. Some events have none.
  std::vector<spark::connect::ExecutePlanResponse> encode(session::Event event, int64_t index,
                                                          int64_t first_chunk) const;
  /// How far the operation is. Carries the id of the response before it, so that it changes nothing
  /// for a client that releases or reattaches by it.
  spark::connect::ExecutePlanResponse progress(const session::ProgressEvent& event,
                                               const Position& last) const;

 private:
  spark::connect::ExecutePlanResponse response(const Position& position) const;
};

}  // namespace lochan::connect
