#include "store/migrate.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "data/data.hpp"
#include "etherpeil/error.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

/// What leads from version n to n + 1, from version 1 on.
std::array<std::string_view, schema_version - 1> steps() {
  return {data::migrations_2_sql(), data::migrations_3_sql(),
          data::migrations_4_sql(), data::migrations_5_sql()};
}

constexpr std::string_view mark = ".schema-";

std::filesystem::path beside(const Database& database, std::int64_t version,
                             const std::string& ending) {
  return database.path() + std::string{mark} + std::to_string(version) + ending;
}

std::int64_t version_of(const Database& database) {
  return database.integer("PRAGMA user_version");
}

/// Views, the calendar and the table that explains columns hold nothing of
/// their own.
void drop_derived(const Database& database) {
  std::vector<std::string> views;
  {
    Statement row{database,
                  "SELECT printf('\"%w\"', name) FROM sqlite_schema "
                  "WHERE type = 'view'"};
    while (row.next()) views.emplace_back(row.text(0));
  }
  for (const std::string& view : views) database.execute("DROP VIEW " + view);
  database.execute(
      "DROP TABLE codebook_column; DROP TABLE IF EXISTS calendar; "
      "DROP TABLE IF EXISTS calendar_period");
}

void derive_anew(const Database& database) {
  const std::string_view schema = data::schema_sql();
  database.execute(
      std::string{schema.substr(schema.find("\nCREATE TABLE calendar_"))});
  database.execute(std::string{data::calendar_nl_sql()});
}

/// Tables that others hang on can only be made anew while nothing watches.
class Unwatched {
 public:
  explicit Unwatched(const Database& database) : database_(database) {
    database_.execute("PRAGMA foreign_keys = OFF");
  }
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;
  Unwatched(Unwatched&&) = delete;
  Unwatched& operator=(Unwatched&&) = delete;
  ~Unwatched() {
    try {
      database_.execute("PRAGMA foreign_keys = ON");
    } catch (const Error&) {
      // The database is not used after a migration that failed.
    }
  }

 private:
  const Database& database_;
};

/// False when the file is of another version by now.
bool back_up(const Database& database, std::int64_t from,
             const std::filesystem::path& backup) {
  const std::filesystem::path part =
      beside(database, from, ".part-" + std::to_string(::getpid()));
  std::error_code ignored;
  try {
    std::filesystem::remove(part, ignored);
    // SQLite fills an empty file that is there.
    if (const int file =
            ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
        file >= 0)
      ::close(file);
    Statement{database, "VACUUM INTO ?"}.run(part.string());
    // Another program may have been first.
    const bool same =
        version_of(Database{part.string(), Access::frozen}) == from;
    if (same) {
      std::filesystem::rename(part, backup);
    } else {
      std::filesystem::remove(part, ignored);
    }
    return same;
  } catch (const std::filesystem::filesystem_error& error) {
    std::filesystem::remove(part, ignored);
    throw Error{Errc::store, database.path() +
                                 ": the backup of before its migration cannot "
                                 "be written (" +
                                 error.code().message() +
                                 "); nothing was changed"};
  } catch (...) {
    std::filesystem::remove(part, ignored);
    throw;
  }
}

}  // namespace

std::filesystem::path migrate(const Database& database, std::int64_t from) {
  if (database.read_only()) {
    throw Error{Errc::store,
                database.path() + ": is of an older etherpeil (schema " +
                    std::to_string(from) + ", this one reads " +
                    std::to_string(schema_version) +
                    ") and may not be written; copy it to a folder that you "
                    "may write in"};
  }
  std::filesystem::path backup = beside(database, from, ".backup");
  if (!back_up(database, from, backup)) return {};
  const Unwatched unwatched{database};
  Transaction transaction{database, Transaction::Kind::write};
  if (version_of(database) != from) return {};
  drop_derived(database);
  for (std::int64_t version = from; version < schema_version; ++version) {
    database.execute(
        std::string{steps()[static_cast<std::size_t>(version - 1)]});
  }
  derive_anew(database);
  if (!database.text("PRAGMA foreign_key_check").empty()) {
    throw Error{Errc::store, database.path() +
                                 ": holds rows that hang on nothing; restore a "
                                 "copy or make the study again"};
  }
  database.execute("PRAGMA user_version = " + std::to_string(schema_version));
  transaction.commit();
  return backup;
}

std::uint64_t remove_backups(const std::filesystem::path& database) {
  const std::string start = database.filename().string() + std::string{mark};
  const std::filesystem::path folder =
      database.has_parent_path() ? database.parent_path() : ".";
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().filename().string().compare(0, start.size(), start) == 0)
      found.push_back(entry.path());
  }
  for (const auto& path : found) std::filesystem::remove(path);
  return found.size();
}

}  // namespace etherpeil::tables
