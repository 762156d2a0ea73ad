#pragma once
/// The subcommands: what each is asked, and the function that does it. Options
/// are read in main.cpp, the only file that knows the option parser.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "etherpeil/etherpeil.hpp"

namespace command {

/// Exit codes: scripts rely on them.
enum Exit : int { done = 0, with_warnings = 1, failed = 2 };

/// What every subcommand shares.
struct Common {
  bool quiet{};
  etherpeil::Language language{etherpeil::Language::dutch};
};

/// A codebook and its lexicon from files; both or none.
struct CodebookFiles {
  std::filesystem::path codebook{};
  std::filesystem::path lexicon{};
};

struct Parse {
  std::vector<std::filesystem::path> paths{};
  std::string format{"ndjson"};
  std::optional<etherpeil::DateOrder> date_order{};
  std::string time_zone{};
  bool raw{};
};

struct Classify {
  std::vector<std::filesystem::path> paths{};
  std::filesystem::path roles{};
  std::string model{};
  CodebookFiles files{};
  std::string format{"ndjson"};
  std::optional<etherpeil::DateOrder> date_order{};
  bool explain{};
  bool redact{};
};

struct Audit {
  std::filesystem::path path{};
  std::string rules{};  ///< empty: those of the group's regime
  std::filesystem::path study{};
  std::filesystem::path roles{};
  std::string group{};
  std::filesystem::path labels{};
  std::string model{};
  std::optional<etherpeil::DateOrder> date_order{};
  etherpeil::AuditReportOptions options{};
  std::filesystem::path output{"-"};
  bool store{};  ///< keep the findings in the database
};

struct Lint {
  CodebookFiles files{};
};

struct Train {
  std::filesystem::path folder{};
  CodebookFiles files{};
  std::vector<std::string> calibrate{};
  std::vector<std::string> leave_out{};
  std::filesystem::path output{};
  etherpeil::TrainOptions options{};
};

struct Evaluate {
  std::filesystem::path folder{};
  CodebookFiles files{};
  std::vector<std::string> groups{};
  std::string model{};
  etherpeil::EvaluateOptions options{};
  etherpeil::Output output{etherpeil::Output::table};
};

struct Init {
  std::filesystem::path database{};
  std::filesystem::path study{};
  std::filesystem::path key{};
};

/// One of the two.
struct Erase {
  std::filesystem::path database{};
  std::string sender{};  ///< a name or a pseudonym
  std::string group{};
  std::filesystem::path key{};
};

/// What to do with a key file.
struct KeyFile {
  enum class Action : std::uint8_t { create, check, destroy };
  Action action{};
  std::filesystem::path key{};
  std::filesystem::path database{};
};

struct Import {
  std::filesystem::path database{};
  std::string group{};
  std::vector<std::filesystem::path> paths{};
  std::filesystem::path key{};
  std::filesystem::path consent{};  ///< empty: DB.consent, if it is there
  std::string exporter{};
  std::string model{};
  std::optional<etherpeil::DateOrder> date_order{};
  bool with_rows{};
  bool keep_text{};
};

struct Metrics {
  std::filesystem::path database{};
  std::string group{};
  etherpeil::Period period{etherpeil::Period::quarter};
  std::vector<std::string> ids{};
  etherpeil::Output output{etherpeil::Output::table};
  bool definitions{};
  bool fidelity{};
};

struct Compare {
  std::filesystem::path database{};
  std::string outcome{"M04"};
  etherpeil::Output output{etherpeil::Output::table};
  bool store{};  ///< keep the comparison in the database
};

struct Report {
  std::filesystem::path database{};
  std::filesystem::path output{};
};

struct Export {
  std::filesystem::path database{};
  std::filesystem::path output{};
  etherpeil::Output format{etherpeil::Output::csv};
};

struct Demo {
  std::filesystem::path dir{};
  etherpeil::DemoOptions options{};
};

int run(const Parse&, const Common&);
int run(const Classify&, const Common&);
int run(const Audit&, const Common&);
int run(const Lint&, const Common&);
int run(const Train&, const Common&);
int run(const Evaluate&, const Common&);
int run(const Init&, const Common&);
int run(const Erase&, const Common&);
int run(const KeyFile&, const Common&);
int run(const Import&, const Common&);
int run(const Metrics&, const Common&);
int run(const Compare&, const Common&);
int run(const Report&, const Common&);
int run(const Export&, const Common&);
int run(const Demo&, const Common&);

}  // namespace command
