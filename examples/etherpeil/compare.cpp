#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Compare& args, const Common& common) {
  Opened opened = open_store(args.database, common);
  const etherpeil::Panel panel = opened.store.panel();
  const etherpeil::Comparison comparison =
      etherpeil::compare(panel, {.outcome = args.outcome});
  // Kept first: what is shown and was to be kept can be found again.
  if (args.store) {
    const std::string run =
        etherpeil::keep_comparison(opened.store, panel, comparison);
    if (!common.quiet)
      tell(args.database.string() + ": comparison kept, run " + run);
  }
  etherpeil::write_comparison(comparison, write_out, args.output,
                              common.language);
  finish_out();
  return opened.warned ? with_warnings : done;
}

}  // namespace command
