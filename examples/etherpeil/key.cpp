#include "command.hpp"
#include "terminal.hpp"

namespace command {
namespace {

/// What was done, or found, in one line.
std::string act(const KeyFile& args) {
  using etherpeil::Key;
  switch (args.action) {
    case KeyFile::Action::create:
      Key::random().save(args.key);
      return "new key, yours alone to read; use it with init --key, and keep "
             "it apart from the database";
    case KeyFile::Action::check: {
      const Key key = Key::load(args.key);
      if (args.database.empty()) return "a key, yours alone to read";
      const etherpeil::Store store{args.database};
      store.check_key(etherpeil::Pseudonymiser{key, store.study().key});
      return "the key of " + args.database.string() + ", yours alone to read";
    }
    case KeyFile::Action::destroy:
      Key::destroy(args.key);
      return "destroyed: its pseudonyms can no longer be linked to people, and "
             "no export can be added to its databases; remove copies and "
             "backups of the key too";
  }
  return {};
}

}  // namespace

int run(const KeyFile& args, const Common& common) {
  if (args.key == "-") {
    throw etherpeil::Error{etherpeil::Errc::argument,
                           "key: a key stays in a file of its own, - is none; "
                           "name a file"};
  }
  const std::string said = act(args);
  if (!common.quiet) tell(args.key.string() + ": " + said);
  return done;
}

}  // namespace command
