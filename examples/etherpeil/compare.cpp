#include "command.hpp"
#include "terminal.hpp"

namespace command {

int run(const Compare& args, const Common& common) {
  const etherpeil::Panel panel = etherpeil::Store{args.database}.panel();
  etherpeil::write_comparison(
      etherpeil::compare(panel, {.outcome = args.outcome}), write_out,
      args.output, common.language);
  finish_out();
  return done;
}

}  // namespace command
