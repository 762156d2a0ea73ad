#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "command.hpp"
#include "terminal.hpp"

namespace {

using etherpeil::AuditFormat;
using etherpeil::DateOrder;
using etherpeil::Language;
using etherpeil::Output;
using etherpeil::Period;

const std::map<std::string, DateOrder> date_orders{
    {"dmy", DateOrder::dmy}, {"mdy", DateOrder::mdy}, {"ymd", DateOrder::ymd}};
const std::map<std::string, Output> metric_formats{{"table", Output::table},
                                                   {"json", Output::json},
                                                   {"csv", Output::csv},
                                                   {"csv-nl", Output::csv_nl}};
const std::map<std::string, Output> file_formats{{"csv", Output::csv},
                                                 {"csv-nl", Output::csv_nl}};
const std::map<std::string, Output> document_formats{{"table", Output::table},
                                                     {"json", Output::json}};
const std::map<std::string, AuditFormat> audit_formats{
    {"text", AuditFormat::text},
    {"json", AuditFormat::json},
    {"html", AuditFormat::html}};
const std::map<std::string, Period> periods{{"all", Period::all},
                                            {"month", Period::month},
                                            {"quarter", Period::quarter},
                                            {"phase", Period::phase}};
const std::map<std::string, Language> languages{{"nl", Language::dutch},
                                                {"en", Language::english}};

template <class Value>
CLI::Option* add_choice(CLI::App* app, const std::string& name, Value& target,
                        const std::map<std::string, Value>& choices,
                        const std::string& help) {
  std::string names;
  for (const auto& [key, value] : choices)
    names += (names.empty() ? "" : ", ") + key;
  return app
      ->add_option_function<std::string>(
          name,
          [&target, &choices](const std::string& key) {
            target = choices.at(key);
          },
          help + ": " + names)
      ->check([&choices, names](const std::string& key) {
        return choices.count(key) > 0 ? std::string{}
                                      : "\"" + key + "\" is none of " + names;
      })
      ->type_name("WORD");
}

void add_date_order(CLI::App* app, std::optional<DateOrder>& target) {
  app->add_option_function<std::string>(
         "--date-order",
         [&target](const std::string& key) { target = date_orders.at(key); },
         "Order of day, month and year when the file cannot prove it: dmy, "
         "mdy, ymd")
      ->check(CLI::IsMember({"dmy", "mdy", "ymd"}))
      ->type_name("WORD");
}

void add_model(CLI::App* app, std::string& target) {
  app->add_option(
         "--model", target,
         "A model file, \"rules\", or \"command:PROGRAM\" for a model of "
         "your own that speaks JSON lines (default: the library's "
         "model)")
      ->type_name("MODEL");
}

void add_codebook(CLI::App* app, command::CodebookFiles& target) {
  app->add_option("--codebook", target.codebook,
                  "A codebook of your own (etherpeil-codebook/1)")
      ->type_name("FILE");
  app->add_option("--lexicon", target.lexicon, "Its lexicon")
      ->type_name("FILE");
}

std::filesystem::path key_beside(const std::filesystem::path& database) {
  return database.string() + ".key";
}

/// All options of all subcommands, and what to run.
struct Program {
  CLI::App app{
      "Measures WhatsApp groups of neighbourhood watch. Nothing leaves this "
      "computer."};
  command::Common common;
  command::Parse parse;
  command::Classify classify;
  command::Audit audit;
  command::Lint lint;
  command::Train train;
  command::Evaluate evaluate;
  command::Init init;
  command::Erase erase;
  command::KeyFile key;
  command::Import import;
  command::Metrics metrics;
  command::Compare compare;
  command::Report report;
  command::Export release;
  command::Demo demo;
  std::function<int()> chosen;
  std::string_view word;

  /// Options are made for the subcommand `first` alone: to make all takes
  /// longer than to read a small export.
  explicit Program(std::string_view first) : word(first) {
    app.name("etherpeil");
    app.set_version_flag("--version", std::string{etherpeil::version});
    app.require_subcommand(1);
    app.footer(
        "Example: etherpeil demo demo && etherpeil init buurt.db --study "
        "demo/study.json");
    add_parse();
    add_classify();
    add_audit();
    add_lint();
    add_train();
    add_evaluate();
    add_init();
    add_erase();
    add_key();
    add_import();
    add_metrics();
    add_compare();
    add_report();
    add_export();
    add_demo();
  }

  /// Where the words that were mistaken are explained.
  [[nodiscard]] std::string help_of(int argc, char** argv) const {
    for (const CLI::App* sub : app.get_subcommands({})) {
      if (argc > 1 && sub->get_name() == argv[1]) {
        return "etherpeil " + sub->get_name() + " --help";
      }
    }
    return "etherpeil --help";
  }

  /// The option parser would say "a subcommand is required" of a misspelt one.
  void check_first_word(int argc, char** argv) const {
    if (argc < 2 || argv[1][0] == '-') return;
    for (const CLI::App* sub : app.get_subcommands({})) {
      if (sub->get_name() == argv[1]) return;
    }
    throw CLI::ParseError(std::string{argv[1]} + ": is no subcommand",
                          command::failed);
  }

  /// Nothing unless it is the subcommand that was asked for.
  template <class Args>
  CLI::App* add(const std::string& name, const std::string& help,
                const std::string& example, Args& args) {
    CLI::App* sub = app.add_subcommand(name, help);
    if (name != word) return nullptr;
    sub->footer("Example: " + example);
    sub->add_flag("--quiet", common.quiet, "No notes, warnings or progress");
    add_choice(
        sub, "--lang", common.language, languages,
        "Language of tables and pages (default: nl; messages are English)");
    sub->callback([this, &args] {
      chosen = [this, &args] { return command::run(args, common); };
    });
    return sub;
  }

  void add_parse() {
    CLI::App* sub =
        add("parse", "The events of exports",
            "etherpeil parse \"WhatsApp Chat - Noord.zip\" --format summary",
            parse);
    if (sub == nullptr) return;
    sub->add_option("FILE", parse.paths,
                    "Exports (.txt, .zip), folders, or - for stdin")
        ->required();
    sub->add_option("--format", parse.format, "ndjson, csv or summary")
        ->check(CLI::IsMember({"ndjson", "csv", "summary"}))
        ->type_name("WORD");
    add_date_order(sub, parse.date_order);
    sub->add_option("--tz", parse.time_zone,
                    "Time zone of the phone, as Europe/Amsterdam: adds the "
                    "time in UTC")
        ->check([](const std::string& zone) {
          return zone.empty() ? "must name a zone" : "";
        })
        ->type_name("ZONE");
    sub->add_flag("--raw", parse.raw,
                  "Add offset and length in bytes of each record");
  }

  void add_classify() {
    CLI::App* sub = add("classify", "A label for every message of a person",
                        "etherpeil classify noord.zip --explain", classify);
    if (sub == nullptr) return;
    sub->add_option("FILE", classify.paths,
                    "Exports (.txt, .zip), folders, or - for stdin")
        ->required();
    sub->add_option("--roles", classify.roles, "Roles file (etherpeil-roles/1)")
        ->type_name("FILE");
    sub->add_option("--format", classify.format, "ndjson or csv")
        ->check(CLI::IsMember({"ndjson", "csv"}))
        ->type_name("WORD");
    sub->add_flag("--explain", classify.explain,
                  "Add the reasons, which sum to the score");
    sub->add_flag("--redact", classify.redact,
                  "Hide names, phone numbers, plates, addresses, IBANs and "
                  "e-mail addresses");
    add_model(sub, classify.model);
    add_codebook(sub, classify.files);
    add_date_order(sub, classify.date_order);
  }

  void add_audit() {
    CLI::App* sub = add("audit",
                        "How a group keeps to its own agreements, for its "
                        "moderators",
                        "etherpeil audit noord.zip --rules gemengd --format "
                        "html -o audit.html\n         etherpeil audit "
                        "buurt.db --group noord",
                        audit);
    if (sub == nullptr) return;
    sub->add_option("FILE", audit.path,
                    "An export (.txt, .zip), its folder, - for stdin, or a "
                    "study database, in which some rules cannot be seen")
        ->required();
    sub->add_option("--rules", audit.rules,
                    "wabp-standaard, streng-alarm, gemengd, or a file of your "
                    "own (etherpeil-ruleset/1; default: gemengd when the "
                    "study says that the group is so, else wabp-standaard)")
        ->type_name("RULES");
    sub->add_option("--roles", audit.roles, "Roles file (etherpeil-roles/1)")
        ->type_name("FILE");
    sub->add_option("--group", audit.group,
                    "Key of the group in the database, the roles or the study "
                    "(default: the folder of the export)")
        ->type_name("KEY");
    sub->add_option("--study", audit.study,
                    "Study file, for what the group agreed on about talk "
                    "(etherpeil-study/1)")
        ->type_name("FILE");
    sub->add_option("--labels", audit.labels,
                    "Labels that people gave (columns n line label is_root "
                    "incident attrs text), instead of the model's")
        ->type_name("FILE");
    add_choice(sub, "--format", audit.options.format, audit_formats, "Format");
    sub->add_option("-o,--output", audit.output,
                    "The file to write (default: stdout)")
        ->type_name("FILE");
    sub->add_flag("--keep-names", audit.options.names,
                  "Show who wrote the examples; for the group's own "
                  "moderators only");
    sub->add_flag("--keep-text", audit.options.texts,
                  "Show the words that were found");
    sub->add_flag("--store", audit.store,
                  "Keep the findings in the database, with what they were made "
                  "with (views v_finding, v_run)");
    add_model(sub, audit.model);
    add_date_order(sub, audit.date_order);
  }

  CLI::Option* add_groups(CLI::App* sub, const std::string& name,
                          std::vector<std::string>& target,
                          const std::string& help) {
    return sub->add_option(name, target, help)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("KEYS");
  }

  void add_lint() {
    CLI::App* sub = app.add_subcommand(
        "codebook", "Check a codebook that you change or write");
    if (word != "codebook") return;
    sub->footer(
        "Example: etherpeil codebook lint --codebook mine.json --lexicon "
        "words.json");
    sub->require_subcommand(1);
    CLI::App* check = sub->add_subcommand(
        "lint",
        "Terms that are never found or stand twice, costly patterns, rules "
        "without examples (default: the library's own codebook)");
    check->footer(
        "Example: etherpeil codebook lint --codebook mine.json --lexicon "
        "words.json");
    check->add_flag("--quiet", common.quiet, "No notes or warnings");
    add_codebook(check, lint.files);
    check->callback(
        [this] { chosen = [this] { return command::run(lint, common); }; });
  }

  void add_train() {
    CLI::App* sub =
        add("train", "A model from coded chats",
            "etherpeil train coded --calibrate west,dorp -o model.json", train);
    if (sub == nullptr) return;
    sub->add_option("FOLDER", train.folder,
                    "Coded chats: NAME.txt with NAME.tsv, and NAME.roles.json "
                    "if there is one")
        ->required();
    add_groups(sub, "--calibrate", train.calibrate,
               "Groups to calibrate on; they do not train")
        ->required();
    add_groups(sub, "--leave-out", train.leave_out,
               "Groups to keep apart, to evaluate on");
    sub->add_option("-o,--output", train.output,
                    "The model file to write, - for stdout")
        ->required()
        ->type_name("FILE");
    sub->add_option("--id", train.options.id, "Name of the model");
    add_codebook(sub, train.files);
    sub->add_option("--cost", train.options.cost,
                    "How much the data weigh against small weights")
        ->check(CLI::PositiveNumber);
    sub->add_option("--typos", train.options.typos,
                    "Train on a copy with typing errors in so large a share of "
                    "the words, too (default: 0.25; 0: no copy)")
        ->check(CLI::Range(0.0, 1.0));
    add_groups(sub, "--without", train.options.without,
               "Blocks to leave out: rule, lexicon, word, pair, letters, "
               "shape, context, decoder")
        ->type_name("BLOCKS");
  }

  void add_evaluate() {
    CLI::App* sub = add("evaluate", "What a classifier is worth on coded chats",
                        "etherpeil evaluate coded --groups noord", evaluate);
    if (sub == nullptr) return;
    sub->add_option("FOLDER", evaluate.folder,
                    "Coded chats: NAME.txt with NAME.tsv, and NAME.roles.json "
                    "if there is one")
        ->required();
    add_groups(sub, "--groups", evaluate.groups, "Only these groups");
    add_model(sub, evaluate.model);
    add_codebook(sub, evaluate.files);
    sub->add_flag_callback(
        "--without-roles", [this] { evaluate.options.roles = false; },
        "As if nobody had a role");
    sub->add_option("--typos", evaluate.options.typos,
                    "As if so large a share of the words had a typing error")
        ->check(CLI::Range(0.0, 1.0));
    sub->add_option("--resamples", evaluate.options.resamples,
                    "Draws of the bootstrap (default: 1000)");
    sub->add_option("--seed", evaluate.options.seed,
                    "Of the bootstrap (default: 1)");
    add_choice(sub, "--format", evaluate.output, document_formats, "Format");
  }

  void add_init() {
    CLI::App* sub =
        add("init", "A new study database",
            "etherpeil init buurt.db --study demo/study.json", init);
    if (sub == nullptr) return;
    sub->add_option("DB", init.database, "The database to make")->required();
    sub->add_option("--study", init.study, "Study file (etherpeil-study/1)")
        ->required()
        ->type_name("FILE");
    sub->add_option("--key", init.key,
                    "Key file for pseudonyms (default: DB.key)")
        ->type_name("FILE");
    sub->parse_complete_callback([this] {
      if (init.key.empty()) init.key = key_beside(init.database);
    });
  }

  void add_erase() {
    CLI::App* sub =
        add("erase", "Take a sender or a group out of a database for good",
            "etherpeil erase buurt.db --sender \"Jan de Vries\"", erase);
    if (sub == nullptr) return;
    sub->add_option("DB", erase.database, "The study database")->required();
    CLI::Option* sender =
        sub->add_option("--sender", erase.sender,
                        "A name as the export shows it, a phone number or a "
                        "pseudonym")
            ->type_name("NAME");
    CLI::Option* group =
        sub->add_option("--group", erase.group, "Key of the group in the study")
            ->type_name("KEY");
    sender->excludes(group);
    sub->add_option("--key", erase.key,
                    "Key file for pseudonyms (default: DB.key)")
        ->type_name("FILE");
    sub->parse_complete_callback([this] {
      if (erase.sender.empty() == erase.group.empty()) {
        throw CLI::ParseError("erase: name one of --sender and --group",
                              command::failed);
      }
      if (erase.key.empty()) erase.key = key_beside(erase.database);
    });
  }

  void add_key() {
    CLI::App* sub = app.add_subcommand(
        "key", "Make, check or destroy the key that pseudonyms hang on");
    if (word != "key") return;
    sub->footer("Example: etherpeil key check buurt.db.key buurt.db");
    sub->require_subcommand(1);
    using Action = command::KeyFile::Action;
    const auto add_action = [this, sub](const std::string& name, Action action,
                                        const std::string& help) {
      CLI::App* one = sub->add_subcommand(name, help);
      one->footer("Example: etherpeil key " + name + " buurt.db.key");
      one->add_flag("--quiet", common.quiet, "No notes or warnings");
      one->add_option("FILE", key.key, "The key file")->required();
      one->callback([this, action] {
        key.action = action;
        chosen = [this] { return command::run(key, common); };
      });
      return one;
    };
    add_action("create", Action::create, "A new key file");
    add_action("check", Action::check,
               "Whether a file is a key that only you can read, and the key of "
               "a database")
        ->add_option("DB", key.database, "The study database");
    add_action("destroy", Action::destroy,
               "Overwrite and remove a key: pseudonyms can no longer be linked "
               "to people");
  }

  void add_import() {
    CLI::App* sub =
        add("import", "Add exports of one group to a database",
            "etherpeil import buurt.db --group noord demo/noord", import);
    if (sub == nullptr) return;
    sub->add_option("DB", import.database, "The study database")->required();
    sub->add_option("FILE", import.paths,
                    "Exports (.txt, .zip), folders, or - for stdin; those that "
                    "overlap become one chat")
        ->required();
    sub->add_option("--group", import.group, "Key of the group in the study")
        ->required()
        ->type_name("KEY");
    sub->add_option("--key", import.key,
                    "Key file for pseudonyms (default: DB.key)")
        ->type_name("FILE");
    sub->add_option("--consent", import.consent,
                    "People who are masked or not read (default: DB.consent, "
                    "if it is there)")
        ->type_name("FILE");
    sub->add_option("--exporter", import.exporter,
                    "Whose phone made the files: the name for \"Jij\" in them")
        ->type_name("NAME");
    sub->add_flag("--with-rows", import.with_rows,
                  "Keep a row per message in the database (view v_message), "
                  "without words; holds from then on for all of it");
    sub->add_flag("--keep-text", import.keep_text,
                  "Keep the words too, in a file of their own that only you "
                  "may read (DB.vault)");
    add_model(sub, import.model);
    add_date_order(sub, import.date_order);
    sub->parse_complete_callback([this] {
      if (import.key.empty()) import.key = key_beside(import.database);
    });
  }

  void add_metrics() {
    CLI::App* sub =
        add("metrics", "Metrics per group and period",
            "etherpeil metrics buurt.db --period quarter --metric M04,M11",
            metrics);
    if (sub == nullptr) return;
    sub->add_option("DB", metrics.database, "The study database");
    sub->add_option("--group", metrics.group, "Only this group")
        ->type_name("KEY");
    add_choice(sub, "--period", metrics.period, periods, "Period");
    sub->add_option("--metric", metrics.ids,
                    "Metrics, separated by commas (default: the minimum set)")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("ID");
    add_choice(sub, "--format", metrics.output, metric_formats, "Format");
    sub->add_flag("--fidelity", metrics.fidelity,
                  "Whether the interventions can be seen: moderation and "
                  "professionals in the 28 days before and after each start");
    sub->add_flag("--definitions", metrics.definitions,
                  "List the metrics: id, name, formula, unit, source");
  }

  void add_compare() {
    CLI::App* sub = add("compare", "Each group's own change, side by side",
                        "etherpeil compare buurt.db --outcome M43", compare);
    if (sub == nullptr) return;
    sub->add_option("DB", compare.database, "The study database")->required();
    sub->add_option("--outcome", compare.outcome,
                    "Metric to compare (default: M04)")
        ->type_name("ID");
    add_choice(sub, "--format", compare.output, document_formats, "Format");
    sub->add_flag("--store", compare.store,
                  "Keep the comparison in the database, with what it was made "
                  "with (views v_comparison, v_run)");
  }

  void add_report() {
    CLI::App* sub = add("report", "One self-contained page",
                        "etherpeil report buurt.db -o rapport.html", report);
    if (sub == nullptr) return;
    sub->add_option("DB", report.database, "The study database")->required();
    sub->add_option("-o,--output", report.output,
                    "The page to write, - for stdout")
        ->required()
        ->type_name("FILE");
  }

  void add_export() {
    CLI::App* sub = add(
        "export", "Counts that may leave this computer, small cells left out",
        "etherpeil export buurt.db --format csv-nl -o tabellen", release);
    if (sub == nullptr) return;
    sub->add_option("DB", release.database, "The study database")->required();
    add_choice(sub, "--format", release.format, file_formats, "Format");
    sub->add_option("-o,--output", release.output, "A new folder")
        ->required()
        ->type_name("DIR");
  }

  void add_demo() {
    CLI::App* sub = add(
        "demo", "A synthetic year of invented groups, with the truth beside it",
        "etherpeil demo demo --seed 7", demo);
    if (sub == nullptr) return;
    sub->add_option("DIR", demo.dir, "A new or empty folder")->required();
    sub->add_option("--seed", demo.options.seed,
                    "Decides everything (default: 1)");
    sub->add_option("--groups", demo.options.groups,
                    "Number of groups (default: 4)");
    sub->add_option(
        "--messages-per-day", demo.options.messages_per_day,
        "Messages of each group per day (default: each group's own)");
    sub->add_option("--days", demo.options.days, "Days (default: 365)");
  }
};

}  // namespace

int main(int argc, char** argv) {
  try {
    Program program{argc > 1 ? argv[1] : ""};
    try {
      program.check_first_word(argc, argv);
      program.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return program.app.exit(error);
      command::tell("etherpeil: " + std::string{error.what()} + "; see " +
                    program.help_of(argc, argv));
      return command::failed;
    }
    return program.chosen();
  } catch (const etherpeil::Error& error) {
    command::tell("etherpeil: " + std::string{error.what()});
  } catch (const std::bad_alloc&) {
    command::tell(
        "etherpeil: not enough memory; close programs or split the export");
  } catch (const std::exception& error) {
    command::tell("etherpeil: " + std::string{error.what()});
  }
  return command::failed;
}
