#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

using etherpeil::Erased;
using etherpeil::Store;

bool is_pseudonym(const std::string& text) {
  return text.size() == etherpeil::nobody.size() &&
         text.compare(0, 2, "P-") == 0 &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 2) ==
             std::string::npos;
}

/// The pseudonym that is meant. A name without "~" means the saved contact of
/// that name; when there is none, the unsaved one.
std::string pseudonym_of(const Erase& args, const Store& store) {
  if (is_pseudonym(args.sender)) return args.sender;
  const etherpeil::Pseudonymiser pseudonyms{etherpeil::Key::load(args.key),
                                            store.study().key};
  store.check_key(pseudonyms);
  std::string saved = pseudonyms.person(args.sender);
  std::string unsaved = pseudonyms.person("~" + args.sender);
  if (unsaved == saved || !store.knows(unsaved)) return saved;
  if (!store.knows(saved)) return unsaved;
  tell(args.database.string() +
       ": warning: knows an unsaved contact of that name too; when that is the "
       "same person, erase \"~NAME\" as well [command.two-of-a-name]");
  return saved;
}

std::string backups(const Erased& erased) {
  std::string said;
  if (erased.texts > 0)
    said += "; " + counted(erased.texts, "text") + " removed from the vault";
  if (erased.backups > 0)
    said += "; " + counted(erased.backups, "backup") + " removed";
  return said;
}

void erase_group(Store& store, const Erase& args, const Common& common) {
  const Erased erased = store.erase_group(args.group);
  if (!common.quiet) {
    tell(args.database.string() + ": group " + args.group +
         " is erased: " + counted(erased.exports, "export") + " with " +
         counted(erased.messages, "message") + " and " +
         counted(erased.incidents, "report") + ", " +
         counted(erased.roles, "role") + backups(erased));
  }
}

}  // namespace

int run(const Erase& args, const Common& common) {
  Opened opened = open_store(args.database, common);
  Store& store = opened.store;
  if (!args.group.empty()) {
    erase_group(store, args, common);
    tell_gone(args.database, opened, common);
    return opened.warned ? with_warnings : done;
  }
  const std::string pseudonym = pseudonym_of(args, store);
  const bool known = store.knows(pseudonym);
  // Also when nothing is known: this completes an erasure that was cut off.
  const Erased erased = store.erase_person(
      pseudonym, is_pseudonym(args.sender) ? std::string{} : args.sender);
  if (!known) {
    tell(args.database.string() +
         ": warning: knows no such sender, nothing to erase; spell the name as "
         "the export shows it, \"~\" before an unsaved contact "
         "[command.erased-nobody]");
    return with_warnings;
  }
  if (!common.quiet) {
    tell(args.database.string() +
         ": the sender is erased: " + counted(erased.messages, "message") +
         " on " + counted(erased.days, "day") + " and " +
         counted(erased.incidents, "report") + " count as nobody's, " +
         counted(erased.roles, "role") + " removed" + backups(erased));
  }
  tell_gone(args.database, opened, common);
  return opened.warned ? with_warnings : done;
}

}  // namespace command
