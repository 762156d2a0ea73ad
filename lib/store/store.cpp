#include "etherpeil/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "privacy/identity.hpp"
#include "store/erase.hpp"
#include "store/findings.hpp"
#include "store/impl.hpp"
#include "store/known.hpp"
#include "store/migrate.hpp"
#include "store/runs.hpp"

namespace etherpeil {
namespace {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

constexpr std::int64_t application_id = 1162890289;  // as in schema.sql

/// What a killed or failed writer leaves beside a database.
constexpr std::array<std::string_view, 4> parts{"", "-journal", "-wal", "-shm"};

void check_is_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    fail(Errc::io, path.string(),
         "no such file; make the study first, or check the path");
  }
  if (status.type() == std::filesystem::file_type::directory) {
    fail(Errc::io, path.string(), "is a folder; name a database in it");
  }
}

/// True when a killed writer left work that the file is not whole without.
bool has_leftovers(const std::string& path) {
  for (const std::string_view part : {"-wal", "-journal"}) {
    std::error_code error;
    const auto size =
        std::filesystem::file_size(path + std::string{part}, error);
    if (!error && size > 0) return true;
  }
  return false;
}

bool may_write(const std::filesystem::path& path) {
  const std::filesystem::path folder =
      path.has_parent_path() ? path.parent_path() : ".";
  return ::access(path.c_str(), W_OK) == 0 &&
         ::access(folder.c_str(), W_OK) == 0;
}

/// Opens in the usual way; where the file system refuses the log's shared
/// memory (a network share), without it; where nothing may be written, as it
/// stands.
Database connect(const std::filesystem::path& path) {
  const std::string name = path.string();
  try {
    Database database{name, Access::normal};
    static_cast<void>(database.integer("SELECT count(*) FROM sqlite_schema"));
    return database;
  } catch (const sqlite::CannotOpen&) {
    if (may_write(path)) return Database{name, Access::exclusive};
  }
  if (has_leftovers(name)) {
    fail(Errc::store, name,
         "holds unfinished work and may not be written; copy it, with the "
         "files of the same "
         "name, to a folder that you may write in");
  }
  return Database{name, Access::frozen};
}

void check_whole(const Database& database) {
  if (database.text("PRAGMA quick_check(1)") == "ok") return;
  fail(Errc::store, database.path(),
       "is damaged; restore a copy or make the study again");
}

/// What opening had to do first: the backup of a migration; mostly nothing.
std::filesystem::path check_identity(const Database& database) {
  using tables::schema_version;
  if (database.integer("PRAGMA application_id") != application_id) {
    fail(Errc::store, database.path(),
         "is a database of another program; name the file that was made for "
         "the study");
  }
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version > schema_version) {
    fail(Errc::store, database.path(),
         "was made by a newer etherpeil (schema " + std::to_string(version) +
             ", this one reads " + std::to_string(schema_version) +
             "); use that version");
  }
  if (version < 1) {
    fail(Errc::store, database.path(),
         "has schema " + std::to_string(version) +
             ", which no etherpeil wrote; restore a copy");
  }
  if (version == schema_version) return {};
  check_whole(database);
  return tables::migrate(database, version);
}

/// Makes an empty file that was not there, for its owner alone. SQLite gives
/// its log the same permissions.
void claim(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
  if (file >= 0) {
    ::close(file);
    return;
  }
  if (errno == EEXIST) {
    fail(Errc::store, path,
         "exists; name another file, or remove it to start again");
  }
  fail(Errc::io, path,
       "cannot be made; choose a folder that exists and that you may write in");
}

void remove_all(const std::string& path) noexcept {
  for (const std::string_view part : parts) {
    std::error_code ignored;
    std::filesystem::remove(path + std::string{part}, ignored);
  }
}

void fill(const Database& database, const Study& study, const Roles& roles,
          const Pseudonymiser& pseudonyms) {
  Transaction transaction{database, Transaction::Kind::write};
  database.execute(std::string{data::schema_sql()});
  database.execute(std::string{data::calendar_nl_sql()});
  tables::write_study(database, study, roles, pseudonyms);
  transaction.commit();
}

/// A role for a group that does not exist would never be used.
void check_roles(const Study& study, const Roles& roles) {
  for (const GroupRoles& one : roles.groups) {
    if (!one.group.empty() && !study.group(one.group)) {
      fail(Errc::config,
           (roles.source.empty() ? "roles" : roles.source) + ": /groups/" +
               one.group,
           "is no group of the study; correct the key or add the group");
    }
  }
}

/// The pseudonym by which the assignments know each author.
std::vector<std::string> people_of_authors(
    const Chat& chat, const std::vector<Assignment>& assignments,
    const Pseudonymiser& pseudonyms) {
  std::vector<std::string> list;
  list.reserve(assignments.size());
  for (const Assignment& one : assignments) list.push_back(one.pseudonym);
  return privacy::listed_as(
      chat.authors, std::move(list),
      [&pseudonyms](std::string_view name) { return pseudonyms.person(name); });
}

std::string in_quotes(std::string_view text) {
  return '"' + std::string{text} + '"';
}

void check_same(const std::string& name, std::string_view stored,
                std::string_view now) {
  if (stored == now) return;
  fail(Errc::store, name,
       "is there already, read as " + std::string{stored} +
           "; make the database again with init to read it as " +
           std::string{now});
}

}  // namespace

Store::Impl::Impl(Database opened) : database(std::move(opened)) {
  backup = check_identity(database);
  seen = database.integer("PRAGMA data_version");
  study = tables::read_study(database);
}

void Store::Impl::check_key(const Pseudonymiser& pseudonyms) const {
  if (database.text("SELECT key_check FROM study") !=
      tables::key_check(pseudonyms)) {
    fail(Errc::argument, database.path(),
         "was made with another key; use the key file of this study");
  }
}

void Store::Impl::check_writable() const {
  if (database.read_only()) {
    fail(Errc::store, database.path(),
         "may only be read; change its permissions or work on a copy");
  }
  if (whole_) return;
  check_whole(database);
  whole_ = true;
}

bool Store::Impl::holds(Index wanted, const Analysis& analysis) const {
  Statement row{database,
                "SELECT group_id, date_order, header FROM export_file "
                "WHERE sha256 = ?"};
  row.bind(analysis.sha256);
  if (!row.next()) return was_read(wanted, analysis);
  const std::string& name = name_of(analysis.chat);
  check_group(wanted, row.integer(0), name);
  const Format& format = analysis.chat.format;
  check_same(name, row.text(1), to_string(format.date_order));
  check_same(name, in_quotes(row.text(2)), in_quotes(format.header));
  return true;
}

bool Store::Impl::complete(const std::string& sha256) const {
  Statement row{
      database,
      "SELECT NOT EXISTS (SELECT 1 FROM export_file f WHERE f.sha256 = ? AND "
      "NOT EXISTS (SELECT 1 FROM segment s WHERE s.group_id = f.group_id AND "
      "s.file_first_day = f.first_day) AND EXISTS (SELECT 1 FROM "
      "observed_day o JOIN member_day m USING (group_id, day) WHERE "
      "o.group_id = f.group_id AND o.file_first_day = f.first_day))"};
  row.bind(sha256);
  return row.next() && row.integer(0) != 0;
}

bool Store::Impl::was_read(Index wanted, const Analysis& analysis) const {
  Statement row{database, "SELECT group_id FROM export_text WHERE sha256 = ?"};
  row.bind(analysis.sha256);
  if (!row.next()) return false;
  check_group(wanted, row.integer(0), name_of(analysis.chat));
  return true;
}

void Store::Impl::check_group(Index wanted, std::int64_t stored,
                              const std::string& name) const {
  const auto found = static_cast<std::size_t>(stored);
  if (found == wanted) return;
  const std::string other =
      found < study.groups.size() ? study.groups[found].key : "unknown";
  fail(Errc::store, name,
       "is in group " + other + " already; when it belongs to group " +
           study.groups[wanted].key +
           ", make the database again with init (the key file is kept) "
           "and import it there");
}

std::vector<Assignment> Store::Impl::assignments(Index wanted) const {
  std::vector<Assignment> list;
  Statement row{database,
                "SELECT pseudonym, role, from_day, to_day FROM role_assignment "
                "WHERE group_id = ? ORDER BY position"};
  row.bind(wanted);
  while (row.next()) {
    Assignment one{
        .pseudonym = std::string{row.text(0)},
        .entry = {.role = role_from(row.text(1)).value_or(Role::unknown)}};
    if (!row.text(2).empty())
      one.entry.from = tables::read_day(database, row.text(2));
    if (!row.text(3).empty())
      one.entry.to = tables::read_day(database, row.text(3));
    list.push_back(std::move(one));
  }
  return list;
}

std::optional<Store::Impl::Shown> Store::Impl::export_of(
    Index group, std::string_view text) const {
  Statement row{
      database,
      "SELECT f.sha256, f.first_day, f.last_day FROM export_text t JOIN "
      "export_file f ON f.group_id = t.group_id AND f.first_day = "
      "t.file_first_day WHERE t.sha256 = ? AND t.group_id = ?"};
  row.bind(text, group);
  if (!row.next()) return std::nullopt;
  return Shown{.sha256 = std::string{row.text(0)},
               .first_day = std::string{row.text(1)},
               .coverage = {.group = group,
                            .first = tables::read_day(database, row.text(1)),
                            .last = tables::read_day(database, row.text(2))}};
}

Store::Impl::Shown Store::Impl::require_export(std::string_view group_key,
                                               const Analysis& analysis) const {
  auto shown = export_of(group(group_key), analysis.sha256);
  if (!shown) {
    fail(Errc::argument, name_of(analysis.chat),
         "is not in group " + std::string{group_key} + "; import it first");
  }
  return std::move(*shown);
}

std::map<std::string, LocalDay> Store::Impl::exports() const {
  std::map<std::string, LocalDay> all;
  Statement row{database, "SELECT sha256, last_day FROM export_file"};
  while (row.next())
    all.emplace(row.text(0), tables::read_day(database, row.text(1)));
  return all;
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store::Store(const std::filesystem::path& path) {
  check_is_file(path);
  impl_ = std::make_unique<Impl>(connect(path));
}

Store Store::create(const std::filesystem::path& path, const Study& study,
                    const Roles& roles, const Pseudonymiser& pseudonyms) {
  check_roles(study, roles);
  const std::string name = path.string();
  claim(name);
  try {
    Database database{name, Access::normal};
    // Where the log is refused the answer is another mode, not an error.
    static_cast<void>(database.text("PRAGMA journal_mode = WAL"));
    fill(database, study, roles, pseudonyms);
    return Store{std::make_unique<Impl>(std::move(database))};
  } catch (...) {
    remove_all(name);
    throw;
  }
}

const Study& Store::study() const& { return impl_->study; }

const std::filesystem::path& Store::backup() const& { return impl_->backup; }

void Store::check_key(const Pseudonymiser& pseudonyms) const {
  impl_->check_key(pseudonyms);
}

std::vector<RoleEntry> Store::roles(
    std::string_view group, const Chat& chat, const Pseudonymiser& pseudonyms,
    std::vector<Diagnostic>& diagnostics) const {
  impl_->check_key(pseudonyms);
  const std::vector<Assignment> assignments =
      impl_->assignments(impl_->group(group));
  const std::vector<std::string> people =
      people_of_authors(chat, assignments, pseudonyms);
  std::vector<RoleEntry> entries;
  std::size_t unused = 0;
  for (const Assignment& one : assignments) {
    const auto it = std::find(people.begin(), people.end(), one.pseudonym);
    if (it == people.end()) {
      ++unused;
      continue;
    }
    RoleEntry entry = one.entry;
    entry.name = privacy::shown_name(
        chat.authors[static_cast<std::size_t>(it - people.begin())]);
    entries.push_back(std::move(entry));
  }
  if (unused > 0) {
    diagnostics.push_back(
        {.code = "study.role-names-nobody",
         .message = unused == 1
                        ? "1 role of the group names nobody in this chat; it "
                          "was read by init: correct the roles file and make "
                          "the database again, or ignore this when that "
                          "person never wrote."
                        : std::to_string(unused) +
                              " roles of the group name nobody in this chat; "
                              "they were read by init: correct the roles file "
                              "and make the database again, or ignore this "
                              "when they never wrote."});
  }
  return entries;
}

std::vector<RoleEntry> Store::roles(
    std::string_view group, const Merged& merged,
    const Pseudonymiser& pseudonyms,
    std::vector<Diagnostic>& diagnostics) const {
  Chat cast;  // nobody says anything in it
  std::vector<const Author*> people;
  for (std::size_t i = 0; i < merged.known_as.size(); ++i) {
    for (const Author& name : merged.known_as[i]) {
      cast.authors.push_back(name);
      people.push_back(&merged.chat.authors[i]);
    }
  }
  std::vector<RoleEntry> entries = roles(group, cast, pseudonyms, diagnostics);
  for (RoleEntry& entry : entries) {
    for (std::size_t i = 0; i < people.size(); ++i) {
      if (privacy::shown_name(cast.authors[i]) != entry.name) continue;
      entry.name = privacy::shown_name(*people[i]);
      break;
    }
  }
  return entries;
}

bool Store::contains(std::string_view group, std::string_view sha256) const {
  const Index index = impl_->group(group);
  Statement row{impl_->database,
                "SELECT 1 FROM export_text WHERE sha256 = ? AND group_id = ?"};
  row.bind(sha256, index);
  return row.next();
}

bool Store::knows(std::string_view pseudonym) const {
  return !tables::names_of(impl_->database, pseudonym).empty();
}

std::vector<Label> Store::labels(std::string_view group, const Chat& chat,
                                 std::span<const Role> roles,
                                 const Pseudonymiser& pseudonyms,
                                 const Provenance& provenance,
                                 std::string_view configuration) const {
  const Index index = impl_->group(group);
  impl_->check_key(pseudonyms);
  return tables::known_labels(
      impl_->database, index, chat, roles, pseudonyms,
      tables::runs_like(impl_->database, {.kind = "import",
                                          .provenance = provenance,
                                          .configuration = configuration}));
}

Panel Store::panel() const {
  const Transaction transaction{impl_->database, Transaction::Kind::read};
  impl_->seen = impl_->database.integer("PRAGMA data_version");
  Panel panel =
      tables::read_panel(impl_->database, impl_->study.groups.size(), true);
  panel.study = impl_->study;
  return panel;
}

Panel Store::day_panel() const {
  const Transaction transaction{impl_->database, Transaction::Kind::read};
  Panel panel =
      tables::read_panel(impl_->database, impl_->study.groups.size(), false);
  panel.study = impl_->study;
  return panel;
}

std::vector<FindingRow> Store::read_findings(std::string_view group) const {
  return tables::read_findings(impl_->database, impl_->group(group));
}

std::vector<CodingRow> Store::read_codings(std::string_view sample) const {
  return tables::read_codings(impl_->database, sample);
}

}  // namespace etherpeil
