#include "store/sqlite.hpp"

#include <sqlite3.h>

namespace etherpeil::sqlite {
namespace {

constexpr int patience_milliseconds = 5000;

/// What to tell a person about a result code; `detail` is SQLite's own text,
/// which names tables and columns but no values.
std::string explain(int code, const std::string& detail) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program is writing to it; try again when that is done";
    case SQLITE_FULL:
      return "the disk is full, nothing was changed; make room and try again";
    case SQLITE_IOERR:
      return "cannot be read or written (" + detail +
             "), nothing was changed; check the disk and try again";
    case SQLITE_READONLY:
      return "may only be read; change its permissions or work on a copy";
    case SQLITE_CORRUPT:
      return "is damaged; restore a copy or make the study again";
    case SQLITE_NOTADB:
      return "is no database; name the file that was made for the study";
    case SQLITE_CANTOPEN:
      return "cannot be opened; check the permissions of the file and its "
             "folder";
    default:
      return "refused (" + detail + "); nothing was changed, report this";
  }
}

/// The path as a URI, for the one way of opening that needs one.
std::string frozen_uri(const std::string& path) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '/' || c == '.' ||
                       c == '_' || c == '-';
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += hex[byte >> 4U];
      uri += hex[byte & 15U];
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

// ------------------------------------------------------------------- statement

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement::Statement(const Database& database, std::string_view sql)
    : database_(&database) {
  sqlite3_stmt* handle = nullptr;
  const int code =
      sqlite3_prepare_v2(database.handle(), sql.data(),
                         static_cast<int>(sql.size()), &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) database.fail(code);
}

bool Statement::next() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(handle_.get());
  if (code != SQLITE_DONE) database_->fail(code);
  return false;
}

void Statement::put(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(handle_.get(), index, value);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::put(int index, std::string_view value) {
  // A null pointer would bind NULL; an empty text is not absent.
  const char* data = value.data() == nullptr ? "" : value.data();
  const int code = sqlite3_bind_text64(handle_.get(), index, data, value.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::put(int index, Blob value) {
  const int code = sqlite3_bind_blob64(handle_.get(), index, value.bytes.data(),
                                       value.bytes.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::put(int index, Held value) {
  const int code =
      sqlite3_bind_text64(handle_.get(), index, value.text.data(),
                          value.text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::put(int index, double value) {
  const int code = sqlite3_bind_double(handle_.get(), index, value);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::put_null(int index) {
  const int code = sqlite3_bind_null(handle_.get(), index);
  if (code != SQLITE_OK) database_->fail(code);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  if (sqlite3_column_type(handle_.get(), column) == SQLITE_NULL)
    return std::nullopt;
  return integer(column);
}

std::optional<double> Statement::maybe_real(int column) const {
  if (sqlite3_column_type(handle_.get(), column) == SQLITE_NULL)
    return std::nullopt;
  return sqlite3_column_double(handle_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* data = sqlite3_column_text(handle_.get(), column);
  if (data == nullptr) return {};
  return {
      reinterpret_cast<const char*>(data),
      static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  if (data == nullptr) return {};
  return {
      static_cast<const char*>(data),
      static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

// -------------------------------------------------------------------- database

void Database::Close::operator()(sqlite3* database) const noexcept {
  sqlite3_close_v2(database);
}

Database::Database(const std::string& path, Access access) : path_(path) {
  const bool frozen = access == Access::frozen;
  // One thread uses a store, so nothing needs to be locked for others.
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (frozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE);
  const std::string name = frozen ? frozen_uri(path) : path;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
  sqlite3_busy_timeout(handle, patience_milliseconds);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (access == Access::exclusive) {
    // Before anything reads the file: only then is the log kept in memory, and
    // the journal can be changed to one that needs no shared memory.
    execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE");
    execute("PRAGMA locking_mode = NORMAL");
  }
  execute(
      "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
      "PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; "
      "PRAGMA cell_size_check = ON");
}

void Database::execute(const std::string& sql) const {
  const int code =
      sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::integer(std::string_view sql) const {
  Statement statement{*this, sql};
  return statement.next() ? statement.integer(0) : 0;
}

std::string Database::text(std::string_view sql) const {
  Statement statement{*this, sql};
  return statement.next() ? std::string{statement.text(0)} : std::string{};
}

bool Database::read_only() const {
  return sqlite3_db_readonly(handle_.get(), "main") == 1;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

void Database::fail(int code) const {
  const char* detail =
      handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  const std::string message = path_ + ": " + explain(code, detail);
  // A plain "read only" is about the file; the others are about what recovery
  // and the log need beside it.
  const bool beside =
      (code & 0xFF) == SQLITE_READONLY && code != SQLITE_READONLY;
  if (beside || (code & 0xFF) == SQLITE_CANTOPEN) {
    throw CannotOpen{Errc::store, message};
  }
  throw Error{Errc::store, message};
}

// ----------------------------------------------------------------- transaction

Transaction::Transaction(const Database& database, Kind kind)
    : database_(database) {
  database_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // Some failures (a full disk) have undone it already.
  if (database_.in_transaction()) {
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() { database_.execute("COMMIT"); }

}  // namespace etherpeil::sqlite
