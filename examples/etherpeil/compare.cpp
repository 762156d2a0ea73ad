#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Compare& args, const Common& common) {
  const Opened opened = open_store(args.database, common);
  const etherpeil::Panel panel = opened.store.panel();
  etherpeil::write_comparison(
      etherpeil::compare(panel, {.outcome = args.outcome}), write_out,
      args.output, common.language);
  finish_out();
  return opened.warned ? with_warnings : done;
}

}  // namespace command
