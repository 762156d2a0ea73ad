#include "inputs.hpp"

#include <chrono>

#include "terminal.hpp"

namespace command {
namespace {

bool is_past(const std::optional<etherpeil::LocalDay>& day) {
  using std::chrono::days;
  const auto today = std::chrono::floor<days>(std::chrono::system_clock::now());
  return day && today.time_since_epoch() > day->time_since_epoch();
}

}  // namespace

bool kept_too_long(const std::filesystem::path& database,
                   const etherpeil::Study& study, const Common& common) {
  const bool past = is_past(study.keep_until);
  if (past && !common.quiet) {
    tell(database.string() +
         ": warning: the study may keep its data until the day that study.json "
         "gave (keep_until), and that is past; erase the groups, or remove the "
         "database and its key [command.kept-too-long]");
  }
  return past;
}

Opened open_store(const std::filesystem::path& database, const Common& common) {
  etherpeil::Store store{database};
  if (!store.backup().empty() && !common.quiet) {
    tell(database.string() +
         ": was of an older etherpeil and is brought up to date; what that did "
         "not keep comes with a new database (init, import); as it was: " +
         store.backup().string());
  }
  const bool past = kept_too_long(database, store.study(), common);
  const etherpeil::KeptResults kept = store.kept_results();
  return {std::move(store), past, kept};
}

std::string counted(std::uint64_t number, const std::string& one) {
  return std::to_string(number) + " " + one + (number == 1 ? "" : "s");
}

void tell_gone(const std::filesystem::path& database, const Opened& opened,
               const Common& common) {
  const etherpeil::KeptResults left = opened.store.kept_results();
  const auto gone = [](std::uint64_t before, std::uint64_t now) {
    return before > now ? before - now : 0;
  };
  const std::uint64_t findings = gone(opened.kept.findings, left.findings);
  const std::uint64_t comparisons =
      gone(opened.kept.comparisons, left.comparisons);
  if (common.quiet || findings + comparisons == 0) return;
  tell(database.string() + ": with this went " +
       counted(findings, "kept finding") + " and " +
       counted(comparisons, "kept comparison") +
       "; audit --store and compare --store make them again");
}

std::vector<std::filesystem::path> exports_of(
    std::span<const std::filesystem::path> paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    for (auto& file : etherpeil::find_exports(path)) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

etherpeil::Codebook codebook_of(const CodebookFiles& files) {
  if (files.codebook.empty() && files.lexicon.empty())
    return etherpeil::Codebook::dutch();
  if (files.codebook.empty() || files.lexicon.empty()) {
    throw etherpeil::Error{etherpeil::Errc::argument,
                           "--codebook and --lexicon: give both, or none"};
  }
  return etherpeil::Codebook::from_files(files.codebook, files.lexicon);
}

etherpeil::Classifier classifier_for(const std::string& model,
                                     const CodebookFiles& files) {
  using etherpeil::Classifier;
  const bool own = files.codebook.empty() && files.lexicon.empty();
  if (model.empty() && own) return Classifier::dutch();
  const etherpeil::Codebook codebook = codebook_of(files);
  if (model.empty() || model == "rules") return Classifier{codebook};
  constexpr std::string_view command = "command:";
  if (model.rfind(command, 0) == 0) {
    return Classifier{codebook,
                      etherpeil::command_scorer(model.substr(command.size()),
                                                codebook.codes())};
  }
  return Classifier{codebook, etherpeil::Model::from_file(model, codebook)};
}

FoundRoles roles_for(const etherpeil::Roles& roles,
                     const std::filesystem::path& file, const Common& common) {
  if (roles.groups.empty()) return {};
  const std::filesystem::path folder =
      std::filesystem::absolute(file).parent_path().filename();
  const auto found = roles.of(folder.string());
  if (found.empty() && !common.quiet) {
    tell(file.string() + ": warning: the roles file has no group \"" +
         folder.string() +
         "\", the folder of this export; it is read without roles "
         "[command.no-roles]");
  }
  return {found, found.empty()};
}

}  // namespace command
