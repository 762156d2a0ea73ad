#include "command.hpp"
#include "terminal.hpp"

namespace command {

int run(const Report& args, const Common& common) {
  const etherpeil::Panel panel = etherpeil::Store{args.database}.panel();
  if (args.output == "-") {
    write_out(etherpeil::report_html(panel, common.language));
    finish_out();
    return done;
  }
  etherpeil::write_report(panel, args.output, common.language);
  if (!common.quiet) tell(args.output.string() + ": written");
  return done;
}

}  // namespace command
