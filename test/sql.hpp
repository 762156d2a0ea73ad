#pragma once
/// What any SQLite tool would see in a database.
#include <sqlite3.h>

#include <filesystem>
#include <string>

namespace etherpeil::test {

/// The rows of a query, "|" between columns; every row ends with a line feed.
inline std::string ask(const std::filesystem::path& path,
                       const std::string& sql) {
  sqlite3* handle = nullptr;
  sqlite3_open(path.c_str(), &handle);
  sqlite3_busy_timeout(handle, 5000);
  std::string rows;
  char* why = nullptr;
  sqlite3_exec(
      handle, sql.c_str(),
      [](void* out, int columns, char** values, char**) {
        auto& text = *static_cast<std::string*>(out);
        for (int i = 0; i < columns; ++i) {
          text += values[i] == nullptr ? "NULL" : values[i];
          text += i + 1 < columns ? '|' : '\n';
        }
        return 0;
      },
      &rows, &why);
  if (why != nullptr) rows += std::string{"error: "} + why;
  sqlite3_free(why);
  sqlite3_close_v2(handle);
  return rows;
}

}  // namespace etherpeil::test
