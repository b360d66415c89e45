#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace sancho::core {

/// Brings the schema to the newest version, each step in a transaction of its own. Throws
/// ArchiveError where the file was made by a newer Sancho.
void migrate(SQLite::Database& db, const std::string& file);

/// Version of the schema that this build writes.
int newest_schema();

}  // namespace sancho::core
