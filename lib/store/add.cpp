#include <algorithm>

#include "privacy/identity.hpp"
#include "store/erase.hpp"
#include "store/findings.hpp"
#include "store/impl.hpp"
#include "store/message_rows.hpp"
#include "store/runs.hpp"
#include "store/succession.hpp"
#include "store/write.hpp"
#include "text/times.hpp"

namespace etherpeil {
namespace {

using sqlite::Statement;
using sqlite::Transaction;

/// Per author of a chat whether his words are not to be kept: he does not take
/// part, or was erased.
std::vector<bool> silent_authors(const Chat& chat,
                                 const Pseudonymiser& pseudonyms,
                                 const std::vector<Consent::Wish>& wishes,
                                 const std::vector<std::string>& erased) {
  std::vector<bool> silent;
  for (std::size_t i = 0; i < chat.authors.size(); ++i) {
    const std::string name =
        pseudonyms.person(privacy::shown_name(chat.authors[i]));
    silent.push_back((!wishes.empty() && wishes[i] != Consent::Wish::none) ||
                     std::find(erased.begin(), erased.end(), name) !=
                         erased.end());
  }
  return silent;
}

/// Who of these has messages or a role.
std::vector<std::string> known_of(const sqlite::Database& database,
                                  const std::vector<std::string>& people) {
  std::string list = "[";
  for (const std::string& one : people)
    list += (list.size() == 1 ? "\"" : ",\"") + one + "\"";
  std::vector<std::string> known;
  Statement row{database,
                "WITH wanted AS (SELECT value FROM json_each(?)) SELECT "
                "pseudonym FROM member_day WHERE pseudonym IN wanted UNION "
                "SELECT pseudonym FROM role_assignment WHERE pseudonym IN "
                "wanted UNION SELECT other FROM other_name WHERE other IN "
                "wanted"};
  row.bind(list + "]");
  while (row.next()) known.emplace_back(row.text(0));
  return known;
}

/// What each author is called elsewhere, but for those who do not take part. A
/// name that two people have in different phones tells nothing.
std::vector<tables::OtherName> other_names(
    const Chat& chat, const Pseudonymiser& pseudonyms,
    const std::vector<Consent::Wish>& wishes,
    std::span<const std::vector<Author>> known_as) {
  std::map<std::string, std::set<std::size_t>> people;
  for (std::size_t i = 0; i < known_as.size(); ++i) {
    people[pseudonyms.person(privacy::shown_name(chat.authors[i]))].insert(i);
    for (const Author& name : known_as[i])
      people[pseudonyms.person(privacy::shown_name(name))].insert(i);
  }
  std::vector<tables::OtherName> names;
  for (const auto& [other, authors] : people) {
    const std::size_t author = *authors.begin();
    if (authors.size() > 1 ||
        (!wishes.empty() && wishes[author] != Consent::Wish::none))
      continue;
    const std::string main =
        pseudonyms.person(privacy::shown_name(chat.authors[author]));
    if (main != other) names.push_back({.pseudonym = main, .other = other});
  }
  return names;
}

}  // namespace

// ------------------------------------------------------------------- the vault

std::optional<tables::Vault> Store::Impl::vault() const {
  return tables::Vault::find(database.path(), study.key,
                             database.text("SELECT key_check FROM study"));
}

tables::Vault Store::Impl::vault_or_new() const {
  return tables::Vault::find_or_make(
      database.path(), study.key, database.text("SELECT key_check FROM study"));
}

std::vector<std::string> Store::Impl::erased_in(
    Index group_index, const Chat& chat,
    const Pseudonymiser& pseudonyms) const {
  std::set<std::string> known;
  Statement row{database,
                "SELECT DISTINCT pseudonym FROM member_day WHERE group_id = ?"};
  row.bind(group_index);
  while (row.next()) known.emplace(row.text(0));
  std::vector<std::string> erased;
  for (const Author& author : chat.authors) {
    std::string name = pseudonyms.person(privacy::shown_name(author));
    if (known.count(name) == 0) erased.push_back(std::move(name));
  }
  return erased;
}

void Store::Impl::keep_texts(Index group_index, const Analysis& analysis,
                             const Coverage& coverage,
                             const std::vector<bool>& silent) const {
  const Chat& chat = analysis.chat;
  const auto ids = tables::message_ids(chat, group_index, coverage);
  std::vector<tables::KeptText> texts;
  for (Index i = 0; i < ids.size(); ++i) {
    if (!ids[i] || silent[chat.messages[i].author]) continue;
    if (const std::string_view text = chat.text(i); !text.empty())
      texts.push_back({*ids[i], text});
  }
  vault_or_new().add(analysis.sha256, study.groups[group_index].key, texts);
}

std::uint64_t Store::Impl::erase_texts(std::string_view pseudonym,
                                       std::string_view name) const {
  const auto texts = vault();
  if (!texts) return 0;
  std::uint64_t sum = 0;
  for (const tables::FilePlace& file : tables::files_of(database, pseudonym)) {
    Statement row{database,
                  "SELECT sha256 FROM export_file WHERE group_id = ? AND "
                  "first_day = ?"};
    row.bind(file.group, file.first_day);
    if (!row.next()) continue;
    sum += texts->erase(row.text(0),
                        tables::messages_of(database, file, pseudonym));
  }
  sum += texts->erase_naming(name);
  return sum;
}

void Store::Impl::tidy_vault() const {
  const auto texts = vault();
  if (!texts || texts->holds_only(exports())) return;
  // Nobody may be between his texts and the commit of his export.
  Transaction transaction{database, Transaction::Kind::write};
  texts->keep_only(exports());
  transaction.commit();
}

bool Store::has_texts(std::string_view group, std::string_view sha256) const {
  const auto shown = impl_->export_of(impl_->group(group), sha256);
  const auto vault = impl_->vault();
  return shown && vault && vault->holds(shown->sha256);
}

std::optional<std::string> Store::text(MessageId message) const {
  const auto vault = impl_->vault();
  if (!vault) return std::nullopt;
  Statement row{impl_->database,
                "SELECT f.sha256 FROM observed_day o JOIN export_file f ON "
                "f.group_id = o.group_id AND f.first_day = o.file_first_day "
                "WHERE o.group_id = ? AND o.day = ?"};
  row.bind(group_of(message), text::iso(day_of(message)));
  if (!row.next()) return std::nullopt;
  return vault->text(row.text(0), message);
}

// ---------------------------------------------------------------------- adding

Added Store::add(std::string_view group, const Analysis& analysis,
                 const Pseudonymiser& pseudonyms, const AddOptions& options) {
  const Index index = impl_->group(group);
  impl_->check_key(pseudonyms);
  std::vector<Consent::Wish> wishes;
  if (options.consent != nullptr) {
    wishes = options.consent->wishes(analysis.chat, options.known_as);
    // Under each name that somebody on the list has in one of the phones.
    std::vector<std::string> people = options.consent->people();
    for (std::size_t i = 0; i < options.known_as.size(); ++i) {
      if (wishes[i] == Consent::Wish::none) continue;
      for (const Author& name : options.known_as[i])
        people.push_back(pseudonyms.person(privacy::shown_name(name)));
    }
    static_cast<void>(impl_->enforce(*this, people));
  }
  const auto unchanged = [&] {
    return impl_->holds(index, analysis) && impl_->complete(analysis.sha256);
  };
  const auto keep_texts = [&](const Coverage& coverage,
                              const std::vector<std::string>& erased) {
    impl_->keep_texts(
        index, analysis, coverage,
        silent_authors(analysis.chat, pseudonyms, wishes, erased));
  };
  if (unchanged()) {
    if (options.keep_text && !has_texts(group, analysis.sha256)) {
      const Transaction lock{impl_->database, Transaction::Kind::write};
      const auto shown = impl_->export_of(index, analysis.sha256);
      if (shown && shown->sha256 == analysis.sha256) {
        keep_texts(shown->coverage,
                   impl_->erased_in(index, analysis.chat, pseudonyms));
      }
    }
    impl_->tidy_vault();
    return Added::unchanged;
  }
  impl_->check_writable();
  tables::Rows rows = tables::tabulate(analysis, pseudonyms, wishes);
  Transaction transaction{impl_->database, Transaction::Kind::write};
  // Another program may have added it since.
  if (unchanged()) return Added::unchanged;
  const tables::CodedDays coded{impl_->database, index};
  Statement{impl_->database, "DELETE FROM export_file WHERE sha256 = ?"}.run(
      analysis.sha256);
  const std::string& name = impl_->name_of(analysis.chat);
  tables::write_codes(impl_->database, analysis.codes, analysis.provenance,
                      name);
  const tables::Succession plan = tables::succession(
      impl_->database, index, impl_->study.groups[index].key, rows, name);
  if (plan.strangers > 0 && options.diagnostics != nullptr) {
    options.diagnostics->push_back(
        {.code = "store.erased-not-found",
         .severity = Severity::warning,
         .message = std::to_string(plan.strangers) +
                    " whom the group does not know wrote when an erased person "
                    "did; if one of them is that person under another name, "
                    "erase that name too"});
  }
  const bool later = plan.from > rows.coverage.first;
  bool goes_on = false;
  const bool added = plan.container.empty();
  if (added) {
    const auto earlier =
        tables::remove_files(impl_->database, index, plan.replaced);
    goes_on = tables::cut_files(impl_->database, index, plan.from);
    if (later) {
      rows = tables::tabulate(analysis, pseudonyms, wishes, plan.from);
    }
    tables::write_rows(
        impl_->database, index, rows,
        tables::write_run(impl_->database,
                          {.kind = "import",
                           .provenance = analysis.provenance,
                           .configuration = options.configuration}));
    tables::write_texts(impl_->database, index, rows.coverage.first, earlier);
    if (options.keep_text) keep_texts(rows.coverage, plan.erased);
    tables::write_other_names(
        impl_->database, index,
        other_names(analysis.chat, pseudonyms, wishes, options.known_as));
    for (const std::string& pseudonym : plan.erased)
      static_cast<void>(tables::erase_person(impl_->database, pseudonym));
    tables::drop_idle_runs(impl_->database);
    coded.drop_others(impl_->database);
  }
  std::vector<std::string> shown_texts{options.texts.begin(),
                                       options.texts.end()};
  shown_texts.push_back(analysis.sha256);
  tables::write_texts(impl_->database, index,
                      added ? rows.coverage.first
                            : tables::read_day(impl_->database, plan.container),
                      shown_texts);
  transaction.commit();
  // Only now: until here the vault held the texts of before as well.
  impl_->tidy_vault();
  if (!added) return Added::contained;
  if (later || goes_on) return Added::extended;
  return plan.replaced.empty() ? Added::added : Added::replaced;
}

void Store::keep_rows() {
  if (impl_->database.integer("SELECT keep_rows FROM study") != 0) return;
  impl_->check_writable();
  Transaction transaction{impl_->database, Transaction::Kind::write};
  if (impl_->database.integer("SELECT keep_rows FROM study") != 0) return;
  impl_->database.execute("UPDATE study SET keep_rows = 1");
  tables::fill_message_rows(impl_->database);
  transaction.commit();
}

// --------------------------------------------------------------------- erasing

Erased Store::erase_person(std::string_view pseudonym, std::string_view name) {
  if (pseudonym == nobody) {
    fail(Errc::argument, impl_->database.path(),
         std::string{nobody} +
             " is shared by all who were erased; there is "
             "nothing of a person in it");
  }
  impl_->check_writable();
  // Nobody may add texts meanwhile; and the vault is first, because afterwards
  // nothing tells which texts were whose.
  Transaction transaction{impl_->database, Transaction::Kind::write};
  std::vector<std::string> names = tables::names_of(impl_->database, pseudonym);
  if (names.empty()) names.emplace_back(pseudonym);
  std::uint64_t texts = 0;
  Erased erased;
  for (const std::string& one : names) {
    texts += impl_->erase_texts(one, name);
    const Erased part = tables::erase_person(impl_->database, one);
    erased.messages += part.messages;
    erased.days += part.days;
    erased.incidents += part.incidents;
    erased.roles += part.roles;
  }
  Statement{impl_->database,
            "DELETE FROM other_name WHERE pseudonym = ?1 OR other = ?1"}
      .run(pseudonym);
  tables::drop_idle_runs(impl_->database);
  transaction.commit();
  erased.texts = texts;
  if (const auto vault = impl_->vault()) vault->remove_traces();
  erased.backups = tables::remove_traces(impl_->database);
  return erased;
}

std::size_t Store::Impl::enforce(Store& store,
                                 const std::vector<std::string>& people) const {
  const std::vector<std::string> known = known_of(database, people);
  for (const std::string& one : known)
    static_cast<void>(store.erase_person(one));
  tidy_vault();
  return known.size();
}

std::size_t Store::enforce(const Consent& consent) {
  note_matched(consent,
               consent.lines_of(known_of(impl_->database, consent.people())));
  return impl_->enforce(*this, consent.people());
}

void Store::note_matched(const Consent& consent,
                         const std::set<std::uint64_t>& lines) {
  std::set<std::uint64_t> news = unmatched(consent);
  const auto old = [&](std::uint64_t line) { return lines.count(line) == 0; };
  std::erase_if(news, old);
  if (news.empty()) return;
  impl_->check_writable();
  Transaction transaction{impl_->database, Transaction::Kind::write};
  Statement insert{impl_->database,
                   "INSERT INTO consent_match VALUES (?) ON CONFLICT DO "
                   "NOTHING"};
  for (const std::uint64_t line : news) insert.run(consent.mark(line));
  transaction.commit();
}

std::set<std::uint64_t> Store::unmatched(const Consent& consent) const {
  std::set<std::int64_t> matched;
  Statement row{impl_->database, "SELECT line FROM consent_match"};
  while (row.next()) matched.insert(row.integer(0));
  std::set<std::uint64_t> lines = consent.lines();
  std::erase_if(lines, [&](std::uint64_t line) {
    return matched.count(consent.mark(line)) > 0;
  });
  return lines;
}

Erased Store::erase_group(std::string_view group) {
  const Index index = impl_->group(group);
  impl_->check_writable();
  if (impl_->study.groups.size() == 1) {
    fail(Errc::argument, impl_->database.path(),
         "holds no other group; remove the file, its backups, its vault and "
         "its key instead");
  }
  Transaction transaction{impl_->database, Transaction::Kind::write};
  const auto vault = impl_->vault();
  const std::uint64_t texts = vault ? vault->erase_group(group) : 0;
  Erased erased = tables::erase_group(impl_->database, index);
  tables::drop_idle_runs(impl_->database);
  transaction.commit();
  erased.texts = texts;
  impl_->study = tables::read_study(impl_->database);
  if (vault) vault->remove_traces();
  erased.backups = tables::remove_traces(impl_->database);
  return erased;
}

// ------------------------------------------------------- findings and codings

std::vector<std::optional<MessageId>> Store::message_ids(
    std::string_view group, const Analysis& analysis) const {
  const Impl::Shown shown = impl_->require_export(group, analysis);
  // A part of another export has other numbers.
  if (shown.sha256 != analysis.sha256)
    return std::vector<std::optional<MessageId>>(analysis.chat.messages.size());
  return tables::message_ids(analysis.chat, impl_->group(group),
                             shown.coverage);
}

void Store::write_findings(std::string_view group, const Analysis& analysis,
                           const std::string& rules,
                           std::span<const FindingRow> findings) {
  const Impl::Shown shown = impl_->require_export(group, analysis);
  impl_->check_writable();
  const Index index = impl_->group(group);
  Transaction transaction{impl_->database, Transaction::Kind::write};
  const std::string inputs = tables::inputs_mark(impl_->database, index);
  const std::string run =
      tables::write_run(impl_->database, {.kind = "audit",
                                          .provenance = analysis.provenance,
                                          .rules = rules,
                                          .inputs = inputs});
  tables::drop_audits(impl_->database, index);
  tables::write_inputs(impl_->database, run, index);
  tables::write_findings(impl_->database, index, shown.first_day, run,
                         findings);
  tables::drop_idle_runs(impl_->database);
  transaction.commit();
}

std::string Store::Impl::write_result(std::string_view kind,
                                      const MadeWith& made,
                                      std::optional<Index> group) const {
  // A result of what is no more would bear the marks of what is there now.
  if (database.integer("PRAGMA data_version") != seen) {
    fail(Errc::store, database.path(),
         "was changed by another program meanwhile; try again");
  }
  const std::string inputs = tables::inputs_mark(database, group);
  std::string run =
      tables::write_run(database, {.kind = kind,
                                   .provenance = made.provenance,
                                   .rules = made.rules,
                                   .configuration = made.configuration,
                                   .inputs = inputs});
  if (group) tables::drop_audits(database, *group);
  tables::write_inputs(database, run, group);
  return run;
}

std::string Store::write_findings(std::string_view group, const MadeWith& made,
                                  std::span<const FindingRow> findings) {
  const Index index = impl_->group(group);
  impl_->check_writable();
  Transaction transaction{impl_->database, Transaction::Kind::write};
  std::string run = impl_->write_result("audit", made, index);
  tables::write_findings(impl_->database, index, run, findings);
  tables::drop_idle_runs(impl_->database);
  transaction.commit();
  return run;
}

std::string Store::write_comparison(const MadeWith& made,
                                    const ComparisonRow& comparison) {
  impl_->check_writable();
  Transaction transaction{impl_->database, Transaction::Kind::write};
  std::string run = impl_->write_result("compare", made, std::nullopt);
  tables::write_comparison(impl_->database, run, comparison);
  transaction.commit();
  return run;
}

KeptResults Store::kept_results() const {
  const auto count = [this](std::string_view table) {
    return static_cast<std::uint64_t>(
        impl_->database.integer("SELECT count(*) FROM " + std::string{table}));
  };
  return {.findings = count("finding"), .comparisons = count("comparison")};
}

void Store::write_sample(const Sample& sample) {
  impl_->check_writable();
  Transaction transaction{impl_->database, Transaction::Kind::write};
  Provenance provenance;
  Statement row{impl_->database,
                "SELECT r.library, r.codebook, r.codebook_sha256, r.model, "
                "r.unicode FROM run r JOIN export_file f USING (run) "
                "ORDER BY r.run LIMIT 1"};
  if (row.next()) {
    provenance = {.library = std::string{row.text(0)},
                  .codebook = std::string{row.text(1)},
                  .codebook_sha256 = std::string{row.text(2)},
                  .model = std::string{row.text(3)},
                  .unicode = std::string{row.text(4)}};
    while (row.next()) {
    }
  }
  tables::write_sample(
      impl_->database, sample,
      tables::write_run(
          impl_->database,
          {.kind = "sample", .provenance = provenance, .seed = sample.seed}));
  transaction.commit();
}

void Store::write_codings(std::string_view sample,
                          std::span<const CodingRow> codings) {
  impl_->check_writable();
  Transaction transaction{impl_->database, Transaction::Kind::write};
  tables::write_codings(impl_->database, sample, codings);
  transaction.commit();
}

}  // namespace etherpeil
