#include <algorithm>
#include <fstream>

#include "etherpeil/error.hpp"
#include "etherpeil/report.hpp"
#include "report/escape.hpp"
#include "report/senders.hpp"
#include "text/times.hpp"

namespace etherpeil {
namespace {

namespace fs = std::filesystem;
using report::Counted;
using text::iso;

/// The first and the last day of a period.
struct Span {
  std::string name{};
  LocalDay first{};
  LocalDay last{};
};

std::chrono::year_month month_of(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return date.year() / date.month();
}

Span span_of(std::chrono::year_month first, int months, std::string name) {
  const auto end = first + std::chrono::months{months};
  return {.name = std::move(name),
          .first = LocalDay{first / 1},
          .last = LocalDay{end / 1} - std::chrono::days{1}};
}

std::string quarter_name(std::chrono::year_month month) {
  return std::to_string(static_cast<int>(month.year())) + "-Q" +
         std::to_string((static_cast<unsigned>(month.month()) + 2) / 3);
}

/// One table, in the way that csv or csv_nl has it.
class Table {
 public:
  Table(bool dutch, const std::vector<std::string>& head) : dutch_(dutch) {
    if (dutch_) text_ = "\xEF\xBB\xBF";
    add(head);
  }
  void add(const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text_ += dutch_ ? ';' : ',';
      report::append_csv(text_, cells[i], dutch_ ? ';' : ',');
    }
    text_ += "\r\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool dutch_;
  std::string text_;
};

std::string shown(bool hidden, std::uint64_t number) {
  return hidden ? std::string{} : std::to_string(number);
}

std::string flag(bool value) { return value ? "1" : "0"; }

std::uint64_t sum(const std::vector<report::Contribution>& rows, Index group,
                  const Span& span) {
  std::uint64_t total = 0;
  for (const auto& row : rows) {
    if (row.group == group && span.first <= row.day && row.day <= span.last)
      total += row.number;
  }
  return total;
}

class Release {
 public:
  Release(const Panel& panel, bool dutch)
      : panel_(panel),
        dutch_(dutch),
        disclosure_(panel),
        messages_(report::messages_of(panel)),
        incidents_(report::reports_of(panel)) {}

  [[nodiscard]] std::string periods() const;
  [[nodiscard]] std::string labels() const;

 private:
  /// Days of the period that the group's exports cover.
  [[nodiscard]] std::uint64_t covered(Index group, const Span& span) const {
    std::int64_t days = 0;
    for (const Coverage& one : panel_.coverage) {
      if (one.group != group) continue;
      const auto shared =
          std::min(one.last, span.last) - std::max(one.first, span.first);
      days += std::max<std::int64_t>(shared.count() + 1, 0);
    }
    return static_cast<std::uint64_t>(days);
  }
  /// From the first covered month of the group to the last, in steps.
  [[nodiscard]] std::vector<Span> spans(Index group, int months) const;

  const Panel& panel_;
  bool dutch_;
  report::Disclosure disclosure_;
  std::vector<report::Contribution> messages_;
  std::vector<report::Contribution> incidents_;
};

std::vector<Span> Release::spans(Index group, int months) const {
  std::vector<Span> all;
  for (const Coverage& one : panel_.coverage) {
    if (one.group != group) continue;
    for (auto month = month_of(one.first); month <= month_of(one.last);
         month += std::chrono::months{1}) {
      const unsigned back = (static_cast<unsigned>(month.month()) - 1) %
                            static_cast<unsigned>(months);
      const auto first = month - std::chrono::months{back};
      Span span = span_of(first, months,
                          months == 1 ? iso(LocalDay{first / 1}).substr(0, 7)
                                      : quarter_name(first));
      const bool there = std::any_of(
          all.begin(), all.end(),
          [&span](const Span& other) { return other.name == span.name; });
      if (!there) all.push_back(std::move(span));
    }
  }
  return all;
}

std::string Release::periods() const {
  Table table{dutch_,
              {"group", "arm", "governance", "regime", "period_kind", "period",
               "days", "messages", "senders", "messages_hidden", "incidents",
               "incidents_hidden"}};
  for (Index group = 0; group < panel_.study.groups.size(); ++group) {
    const Group& one = panel_.study.groups[group];
    const auto add = [&](const char* kind, const Span& span, bool messages,
                         bool incidents) {
      table.add({one.key, one.arm, one.governance, one.regime, kind, span.name,
                 std::to_string(covered(group, span)),
                 shown(messages, sum(messages_, group, span)),
                 shown(messages, disclosure_.writers().count(group, span.first,
                                                             span.last)),
                 flag(messages), shown(incidents, sum(incidents_, group, span)),
                 flag(incidents)});
    };
    for (const Span& span : spans(group, 1)) {
      add("month", span,
          disclosure_.month_hidden(Counted::messages, group, span.first),
          disclosure_.month_hidden(Counted::reports, group, span.first));
    }
    for (const Span& span : spans(group, 3)) {
      add("quarter", span,
          disclosure_.quarter_hidden(Counted::messages, group, span.first),
          disclosure_.quarter_hidden(Counted::reports, group, span.first));
    }
    const Span whole{.name = "all",
                     .first = LocalDay{std::chrono::year{1} / 1 / 1},
                     .last = LocalDay{std::chrono::year{9999} / 12 / 31}};
    add("all", whole, disclosure_.total_hidden(Counted::messages, group),
        disclosure_.total_hidden(Counted::reports, group));
  }
  return table.text();
}

std::string Release::labels() const {
  Table table{dutch_, {"group", "quarter", "label", "messages", "hidden"}};
  const Messages& all = panel_.messages;
  for (Index group = 0; group < panel_.study.groups.size(); ++group) {
    for (const Span& span : spans(group, 3)) {
      std::vector<report::Part> parts(panel_.codes.labels.size());
      for (std::size_t i = 0; i < all.size(); ++i) {
        const LocalDay day = std::chrono::floor<std::chrono::days>(all.time[i]);
        if (all.group[i] == group && span.first <= day && day <= span.last &&
            all.label[i] < parts.size())
          parts[all.label[i]].add(all.member[i], 1);
      }
      const bool whole =
          disclosure_.quarter_hidden(Counted::messages, group, span.first) ||
          !report::hide(parts, {});
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool hidden = whole || parts[i].hidden;
        table.add({panel_.study.groups[group].key, span.name,
                   panel_.codes.labels[i].key, shown(hidden, parts[i].sum()),
                   flag(hidden)});
      }
    }
  }
  return table.text();
}

struct Meaning {
  const char* file;
  const char* column;
  const char* dutch;
  const char* english;
};

constexpr Meaning meanings[] = {
    {"periods.csv", "group", "sleutel van de groep", "key of the group"},
    {"periods.csv", "arm", "onderzoeksarm", "study arm"},
    {"periods.csv", "governance", "wie de groep beheert", "who runs the group"},
    {"periods.csv", "regime", "alarm: alleen meldingen; gemengd: ook gesprek",
     "alarm: reports only; gemengd: talk too"},
    {"periods.csv", "period_kind", "month, quarter of all (alles samen)",
     "month, quarter or all (everything)"},
    {"periods.csv", "period", "JJJJ-MM, JJJJ-Qn of all",
     "YYYY-MM, YYYY-Qn or all"},
    {"periods.csv", "days", "waargenomen dagen; deel hierdoor",
     "observed days; divide by this"},
    {"periods.csv", "messages", "berichten van mensen; leeg als verborgen",
     "messages by people; empty when hidden"},
    {"periods.csv", "senders",
     "aantal verschillende schrijvers; leeg als verborgen",
     "number of distinct writers; empty when hidden"},
    {"periods.csv", "messages_hidden", "1: verborgen; 0: getoond",
     "1: hidden; 0: shown"},
    {"periods.csv", "incidents", "incidenten die begonnen; leeg als verborgen",
     "incidents that started; empty when hidden"},
    {"periods.csv", "incidents_hidden", "1: verborgen; 0: getoond",
     "1: hidden; 0: shown"},
    {"labels.csv", "group", "sleutel van de groep", "key of the group"},
    {"labels.csv", "quarter", "kwartaal JJJJ-Qn", "quarter YYYY-Qn"},
    {"labels.csv", "label", "code van het label", "code of the label"},
    {"labels.csv", "messages", "berichten met dat label; leeg als verborgen",
     "messages with that label; empty when hidden"},
    {"labels.csv", "hidden", "1: verborgen; 0: getoond",
     "1: hidden; 0: shown"}};

std::string codebook(bool dutch, Language language) {
  Table table{dutch, {"file", "column", "meaning"}};
  for (const Meaning& one : meanings) {
    table.add({one.file, one.column,
               language == Language::dutch ? one.dutch : one.english});
  }
  return table.text();
}

constexpr std::string_view readme_nl =
    "Deze map bevat tellingen per groep, zonder teksten, namen of "
    "pseudoniemen.\n"
    "periods.csv: per maand, kwartaal en alles samen. labels.csv: per kwartaal "
    "en label.\n"
    "codebook.csv legt elke kolom uit.\n\n"
    "Een cel is leeg (en de kolom hidden is 1) als er minder dan vijf mensen "
    "achter zitten, of als\n"
    "een van hen meer dan de helft schreef. Soms zijn andere cellen ook leeg: "
    "anders was de\n"
    "verborgen cel met aftrekken te vinden. Een lege cel is dus geen nul; een "
    "nul staat er als 0.\n"
    "Geef deze map niet samen met de pagina van report weg: die toont soorten "
    "per maand, ook kleine.\n";
constexpr std::string_view readme_en =
    "This folder holds counts per group, without texts, names or pseudonyms.\n"
    "periods.csv: per month, quarter and everything. labels.csv: per quarter "
    "and label.\n"
    "codebook.csv explains every column.\n\n"
    "A cell is empty (and the column hidden is 1) when fewer than five people "
    "are behind it, or when\n"
    "one of them wrote more than half. Some other cells are empty too: else "
    "the hidden one could be\n"
    "found by subtraction. So an empty cell is no zero; a zero is a 0.\n"
    "Do not give this folder away together with the page of report: that shows "
    "kinds by month, small ones too.\n";

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  file.close();
  if (!file) {
    throw Error{Errc::io, path.string() +
                              ": cannot be written; is the disk full? Nothing "
                              "was left behind"};
  }
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace

void write_release(const Panel& panel, const fs::path& folder, Output output,
                   Language language) {
  if (output != Output::csv && output != Output::csv_nl) {
    throw Error{Errc::argument,
                "export: csv and csv-nl are its formats; choose one"};
  }
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    throw Error{
        Errc::argument,
        folder.string() + ": exists and is not empty; name a new folder"};
  }
  const bool dutch = output == Output::csv_nl;
  const Release release{panel, dutch};
  const fs::path target = folder.has_filename() ? folder : folder.parent_path();
  const fs::path part = target.string() + ".part";
  const bool made = fs::create_directory(part, error);
  if (error || !made) {
    throw Error{Errc::io, folder.string() +
                              ": cannot be made; does the folder above it "
                              "exist, and is there no " +
                              part.filename().string() + "?"};
  }
  try {
    // Hidden is not gone: who may see it is for its owner to say.
    fs::permissions(part, fs::perms::owner_all);
    write_file(part / "periods.csv", release.periods());
    write_file(part / "labels.csv", release.labels());
    write_file(part / "codebook.csv", codebook(dutch, language));
    write_file(
        part / (language == Language::dutch ? "LEESMIJ.txt" : "README.txt"),
        language == Language::dutch ? readme_nl : readme_en);
    fs::remove(target, error);  // an empty one makes room
    fs::rename(part, target);
  } catch (...) {
    fs::remove_all(part, error);
    throw;
  }
}

}  // namespace etherpeil
