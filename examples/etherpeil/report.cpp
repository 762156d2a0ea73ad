#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Report& args, const Common& common) {
  const Opened opened = open_store(args.database, common);
  const etherpeil::Panel panel = opened.store.panel();
  const int code = opened.warned ? with_warnings : done;
  if (args.output == "-") {
    write_out(etherpeil::report_html(panel, common.language));
    finish_out();
    return code;
  }
  etherpeil::write_report(panel, args.output, common.language);
  if (!common.quiet) tell(args.output.string() + ": written");
  return code;
}

}  // namespace command
