#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Init& args, const Common& common) {
  const etherpeil::Study study = etherpeil::load_study(args.study);
  etherpeil::Roles roles;
  if (!study.roles.empty()) {
    roles = etherpeil::load_roles(args.study.parent_path() / study.roles);
  }
  const bool new_key = !std::filesystem::exists(args.key);
  const etherpeil::Key key =
      new_key ? etherpeil::Key::random() : etherpeil::Key::load(args.key);
  if (new_key) key.save(args.key);
  try {
    static_cast<void>(etherpeil::Store::create(
        args.database, study, roles, etherpeil::Pseudonymiser{key, study.key}));
  } catch (...) {
    std::error_code ignored;
    if (new_key) std::filesystem::remove(args.key, ignored);
    throw;
  }
  const bool odd = show(args.study.string(), study.diagnostics, common);
  const bool late = kept_too_long(args.database, study, common);
  if (!common.quiet) {
    tell(args.database.string() + ": made for " +
         std::to_string(study.groups.size()) + " groups");
    tell(args.key.string() +
         (new_key ? ": new key" : ": key that was there already") +
         "; keep it apart from the database, without it pseudonyms cannot be "
         "made again");
  }
  return odd || late ? with_warnings : done;
}

}  // namespace command
