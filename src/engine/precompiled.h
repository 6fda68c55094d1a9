#pragma once
// Precompiled for every file of engine/: DuckDB's C++ classes. Only this folder includes them.
#include "duckdb.hpp"
