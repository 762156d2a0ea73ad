#pragma once
/// A thin, safe face for SQLite: every failure is an Error, every handle has an
/// owner, every value goes through a bound parameter.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "etherpeil/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace etherpeil::sqlite {

/// How a file is opened, from the usual way to the last resort.
enum class Access : std::uint8_t {
  normal,
  exclusive,  ///< where the file system knows no shared memory for the log
  frozen      ///< where nothing may be written, not even beside the file
};

/// The file, or what SQLite needs beside it, cannot be opened or made.
class CannotOpen : public Error {
 public:
  using Error::Error;
};

class Database;

/// Bytes that are no text.
struct Blob {
  std::string_view bytes{};
};

/// Text that stays where it is until the statement has run: it is not copied.
struct Held {
  std::string_view text{};
};

/// A prepared statement.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);

  /// Binds all parameters, in order.
  template <class... Values>
  Statement& bind(const Values&... values) {
    int index = 0;
    (put(++index, values), ...);
    return *this;
  }
  /// Binds, runs to the end and makes ready for the next run.
  template <class... Values>
  void run(const Values&... values) {
    bind(values...);
    while (next()) {
    }
  }
  /// The next row; at the end false, and the statement can be bound again.
  [[nodiscard]] bool next();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::optional<double> maybe_real(int column) const;
  /// Valid until the next call of `next`.
  [[nodiscard]] std::string_view text(int column) const;
  /// Likewise; what is no text keeps its zero bytes.
  [[nodiscard]] std::string_view blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  void put(int index, std::int64_t value);
  void put(int index, std::string_view value);
  void put(int index, Blob value);
  void put(int index, Held value);
  void put(int index, double value);
  template <class Value>
  void put(int index, const std::optional<Value>& value) {
    if (value) {
      put(index, *value);
    } else {
      put_null(index);
    }
  }
  template <class Number>
  requires std::is_integral_v<Number>
  void put(int index, Number value) {
    put(index, static_cast<std::int64_t>(value));
  }
  void put(int index, const std::string& value) {
    put(index, std::string_view{value});
  }
  void put_null(int index);

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// A value of a row that is inserted: nothing, a number or a text.
using Cell = std::variant<std::monostate, std::int64_t, std::string_view>;
/// Fills in the next row; false at the end. Texts stay until it is called
/// again.
using Feed = std::function<bool(std::vector<Cell>&)>;

class Database {
 public:
  /// Opens an existing file and sets what holds for the connection: foreign
  /// keys, five seconds of patience, deletion that overwrites, no trust in the
  /// file's own schema. @throws Error store
  Database(const std::string& path, Access access);

  /// Runs statements without parameters. @throws Error store
  void execute(const std::string& sql) const;
  /// Inserts all rows of a feed in one statement, which takes half the time of
  /// one for each. @throws Error store; what the feed throws
  void insert(const std::string& table, int columns, const Feed& feed) const;
  /// The first column of the first row.
  [[nodiscard]] std::int64_t integer(std::string_view sql) const;
  [[nodiscard]] std::string text(std::string_view sql) const;

  [[nodiscard]] bool read_only() const;
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  /// Throws the Error for a result code.
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// All or nothing: undone at the end of its life unless committed.
class Transaction {
 public:
  enum class Kind : std::uint8_t { read, write };
  /// @throws Error store when another writer does not finish in five seconds
  Transaction(const Database& database, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction(Transaction&&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  void commit();

 private:
  const Database& database_;
};

}  // namespace etherpeil::sqlite
