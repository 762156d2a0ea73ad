#include "store/vault.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "text/fold.hpp"
#include "text/utf8.hpp"

namespace etherpeil::tables {
namespace {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

constexpr std::int64_t application_id = 1162892849;  // as in vault.sql
constexpr std::int64_t version = 1;
/// Day and place of a message, without its group.
constexpr MessageId in_group = (MessageId{1} << 40) - 1;

[[noreturn]] void fail(Errc code, const std::filesystem::path& path,
                       const std::string& why) {
  throw Error{code, path.string() + ": " + why};
}

void check_private(const std::filesystem::path& path) {
  using std::filesystem::perms;
  const perms others = perms::group_all | perms::others_all;
  if ((std::filesystem::status(path).permissions() & others) != perms::none) {
    fail(Errc::config, path,
         "holds the words of people and may be read by others; make it yours "
         "alone (chmod 600)");
  }
}

void check_identity(const Database& database, const std::filesystem::path& path,
                    std::string_view key, std::string_view key_check) {
  if (database.integer("PRAGMA application_id") != application_id)
    fail(Errc::store, path, "is no vault of etherpeil; move it elsewhere");
  if (database.integer("PRAGMA user_version") != version) {
    fail(Errc::store, path, "was made by another etherpeil; use that version");
  }
  Statement row{database, "SELECT study, key_check FROM vault"};
  if (!row.next() || row.text(0) != key || row.text(1) != key_check) {
    fail(Errc::store, path,
         "is the vault of another study; put it beside its own database");
  }
}

/// Under another name first, so that a vault is whole or not there.
void make(const std::filesystem::path& path, std::string_view key,
          std::string_view key_check) {
  const std::filesystem::path part =
      path.string() + ".part-" + std::to_string(::getpid());
  const int file = ::open(part.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
  if (file < 0) {
    fail(Errc::io, part,
         "cannot be made; choose a folder that you may write in");
  }
  ::close(file);
  std::error_code ignored;
  try {
    const Database database{part.string(), Access::normal};
    Transaction transaction{database, Transaction::Kind::write};
    database.execute(std::string{data::vault_sql()});
    Statement{database, "INSERT INTO vault VALUES (1, ?, ?)"}.run(key,
                                                                  key_check);
    transaction.commit();
  } catch (...) {
    std::filesystem::remove(part, ignored);
    std::filesystem::remove(part.string() + "-journal", ignored);
    throw;
  }
  // Never over a vault that another program made since; some file systems know
  // no links.
  if (::link(part.c_str(), path.c_str()) != 0 &&
      !std::filesystem::exists(path, ignored)) {
    std::filesystem::rename(part, path, ignored);
  }
  std::filesystem::remove(part, ignored);
}

/// True when `name` stands in `text` as a word or words of its own.
bool names(std::string_view text, std::string_view name) {
  const auto joins = [text](std::size_t at) {
    return at < text.size() &&
           text::is_word_character(text::decode(text, at).value);
  };
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    std::size_t before = at;
    while (before > 0 && (text[--before] & 0xC0) == 0x80) {
    }
    if ((at == 0 || !joins(before)) && !joins(at + name.size())) return true;
  }
  return false;
}

std::uint64_t changes(const Database& database) {
  return static_cast<std::uint64_t>(database.integer("SELECT changes()"));
}

}  // namespace

std::filesystem::path Vault::beside(const std::filesystem::path& study) {
  return study.string() + ".vault";
}

std::optional<Vault> Vault::find(const std::filesystem::path& study,
                                 std::string_view key,
                                 std::string_view key_check) {
  const std::filesystem::path path = beside(study);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  check_private(path);
  Database database{path.string(), Access::normal};
  check_identity(database, path, key, key_check);
  return Vault{std::move(database)};
}

Vault Vault::find_or_make(const std::filesystem::path& study,
                          std::string_view key, std::string_view key_check) {
  std::error_code ignored;
  if (!std::filesystem::exists(beside(study), ignored))
    make(beside(study), key, key_check);
  auto found = find(study, key, key_check);
  if (!found) fail(Errc::io, beside(study), "was removed meanwhile; try again");
  return std::move(*found);
}

std::int64_t Vault::export_id(std::string_view sha256) const {
  Statement row{database_, "SELECT export_id FROM export WHERE sha256 = ?"};
  row.bind(sha256);
  return row.next() ? row.integer(0) : 0;
}

std::vector<Vault::Surplus> Vault::surplus(
    const std::map<std::string, LocalDay>& exports) const {
  std::vector<Surplus> list;
  Statement later{database_,
                  "SELECT EXISTS (SELECT 1 FROM text WHERE text_id BETWEEN ? "
                  "AND ?)"};
  Statement row{database_, "SELECT export_id, sha256 FROM export"};
  while (row.next()) {
    const std::int64_t id = row.integer(0);
    const auto kept = exports.find(std::string{row.text(1)});
    if (kept == exports.end()) {
      list.push_back({.export_id = id});
      continue;
    }
    const MessageId first =
        message_id(0, kept->second + std::chrono::days{1}, 0);
    later.bind((id << 40) + first, (id << 40) + in_group);
    bool found = false;
    while (later.next()) found = later.integer(0) != 0;
    if (found) list.push_back({.export_id = id, .first = first});
  }
  return list;
}

bool Vault::holds_only(const std::map<std::string, LocalDay>& exports) const {
  return surplus(exports).empty();
}

bool Vault::holds(std::string_view sha256) const {
  return export_id(sha256) != 0;
}

void Vault::add(std::string_view sha256, std::string_view group,
                const std::vector<KeptText>& texts) const {
  Transaction transaction{database_, Transaction::Kind::write};
  if (const std::int64_t old = export_id(sha256); old != 0) {
    Statement{database_, "DELETE FROM text WHERE text_id >> 40 = ?"}.run(old);
    Statement{database_, "DELETE FROM export WHERE export_id = ?"}.run(old);
  }
  Statement{database_, "INSERT INTO export (sha256, group_key) VALUES (?, ?)"}
      .run(sha256, group);
  const std::int64_t id = export_id(sha256);
  std::string whole;
  std::size_t at = 0;
  database_.insert("text", 2, [&](std::vector<sqlite::Cell>& row) {
    if (at == texts.size()) return false;
    const KeptText& one = texts[at++];
    row[0] = (id << 40) + (one.message & in_group);
    row[1] = one.text;
    if (!text::is_valid(one.text)) {
      whole = text::repaired(one.text);
      row[1] = std::string_view{whole};
    }
    return true;
  });
  transaction.commit();
}

void Vault::keep_only(const std::map<std::string, LocalDay>& exports) const {
  const std::vector<Surplus> gone = surplus(exports);
  if (gone.empty()) return;
  Transaction transaction{database_, Transaction::Kind::write};
  for (const Surplus& one : gone) {
    const std::int64_t start = one.export_id << 40;
    Statement{database_, "DELETE FROM text WHERE text_id BETWEEN ? AND ?"}.run(
        start + one.first, start + in_group);
    if (one.first > 0) continue;
    Statement{database_, "DELETE FROM export WHERE export_id = ?"}.run(
        one.export_id);
  }
  transaction.commit();
}

std::optional<std::string> Vault::text(std::string_view sha256,
                                       MessageId message) const {
  Statement row{database_, "SELECT text FROM text WHERE text_id = ?"};
  row.bind((export_id(sha256) << 40) + (message & in_group));
  if (!row.next()) return std::nullopt;
  return std::string{row.text(0)};
}

std::uint64_t Vault::erase(std::string_view sha256,
                           const std::vector<MessageId>& messages) const {
  const std::int64_t id = export_id(sha256);
  if (id == 0 || messages.empty()) return 0;
  std::uint64_t sum = 0;
  Transaction transaction{database_, Transaction::Kind::write};
  Statement remove{database_, "DELETE FROM text WHERE text_id = ?"};
  for (const MessageId message : messages) {
    remove.run((id << 40) + (message & in_group));
    sum += changes(database_);
  }
  transaction.commit();
  return sum;
}

std::uint64_t Vault::erase_group(std::string_view group) const {
  Transaction transaction{database_, Transaction::Kind::write};
  Statement{database_,
            "DELETE FROM text WHERE text_id >> 40 IN (SELECT export_id FROM "
            "export WHERE group_key = ?)"}
      .run(group);
  const std::uint64_t sum = changes(database_);
  Statement{database_, "DELETE FROM export WHERE group_key = ?"}.run(group);
  transaction.commit();
  return sum;
}

std::uint64_t Vault::erase_naming(std::string_view name) const {
  if (!name.empty() && name[0] == '~') name.remove_prefix(1);
  const std::string wanted = text::fold(name).text;
  if (wanted.empty()) return 0;
  std::vector<std::int64_t> found;
  {
    text::Folded folded;
    Statement row{database_, "SELECT text_id, text FROM text"};
    while (row.next()) {
      text::fold(row.text(1), folded);
      if (names(folded.text, wanted)) found.push_back(row.integer(0));
    }
  }
  Transaction transaction{database_, Transaction::Kind::write};
  Statement remove{database_, "DELETE FROM text WHERE text_id = ?"};
  for (const std::int64_t id : found) remove.run(id);
  transaction.commit();
  return found.size();
}

void Vault::remove_traces() const { database_.execute("VACUUM"); }

}  // namespace etherpeil::tables
