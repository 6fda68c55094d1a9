#pragma once
#include <string>

namespace lochan::app {

/// The tables that the reference pages are made from, as one JSON object: functions, settings,
/// configurations. tools/reference turns it into docs/reference/.
std::string reference_json();

}  // namespace lochan::app
