#include <sqlite3.h>

#include <exception>

#include "store/sqlite.hpp"

// SQLite reads a feed as a table of its own kind (a virtual table), so that the
// statement, its constraints and its locks are set up once for all rows.
namespace etherpeil::sqlite {
namespace {

struct Source {
  const Feed* feed{};
  int columns{};
  std::vector<Cell> row{};
  std::exception_ptr error{};
  bool done{};
};

struct Table {
  sqlite3_vtab base{};
  Source* source{};
};

struct Cursor {
  sqlite3_vtab_cursor base{};
  Source* source{};
  sqlite3_int64 number{};
};

Cursor& of(sqlite3_vtab_cursor* cursor) {
  return *reinterpret_cast<Cursor*>(cursor);
}

int connect(sqlite3* database, void* source, int, const char* const*,
            sqlite3_vtab** table, char**) {
  auto* const from = static_cast<Source*>(source);
  std::string names = "CREATE TABLE feed (";
  for (int i = 0; i < from->columns; ++i)
    names += (i == 0 ? "c" : ", c") + std::to_string(i);
  const int code = sqlite3_declare_vtab(database, (names + ")").c_str());
  if (code != SQLITE_OK) return code;
  *table = &(new Table{{}, from})->base;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete reinterpret_cast<Table*>(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
  *cursor = &(new Cursor{{}, reinterpret_cast<Table*>(table)->source, 0})->base;
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete &of(cursor);
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  Source& source = *of(cursor).source;
  ++of(cursor).number;
  try {
    source.done = !(*source.feed)(source.row);
  } catch (...) {
    source.error = std::current_exception();
    return SQLITE_ERROR;
  }
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int,
           sqlite3_value**) {
  return next(cursor);
}

int eof(sqlite3_vtab_cursor* cursor) { return of(cursor).source->done ? 1 : 0; }

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  const Cell& cell = of(cursor).source->row[static_cast<std::size_t>(index)];
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    sqlite3_result_int64(context, *number);
  } else if (const auto* text = std::get_if<std::string_view>(&cell)) {
    sqlite3_result_text64(context, text->data(), text->size(), SQLITE_STATIC,
                          SQLITE_UTF8);
  } else {
    sqlite3_result_null(context);
  }
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
  *number = of(cursor).number;
  return SQLITE_OK;
}

sqlite3_module module_of_feeds() {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xDisconnect = disconnect;
  module.xBestIndex = best_index;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = eof;
  module.xColumn = column;
  module.xRowid = rowid;
  return module;
}

}  // namespace

void Database::insert(const std::string& table, int columns,
                      const Feed& feed) const {
  static const sqlite3_module module = module_of_feeds();
  Source source{.feed = &feed, .columns = columns};
  source.row.resize(static_cast<std::size_t>(columns));
  const int code =
      sqlite3_create_module(handle_.get(), "feed", &module, &source);
  if (code != SQLITE_OK) fail(code);
  const auto forget = [this] {
    sqlite3_create_module(handle_.get(), "feed", nullptr, nullptr);
  };
  try {
    execute("INSERT INTO " + table + " SELECT * FROM feed");
  } catch (...) {
    forget();
    if (source.error) std::rethrow_exception(source.error);
    throw;
  }
  forget();
}

}  // namespace etherpeil::sqlite
