#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Export& args, const Common& common) {
  const Opened opened = open_store(args.database, common);
  etherpeil::write_release(opened.store.panel(), args.output, args.format,
                           common.language);
  if (!common.quiet) tell(args.output.string() + ": written");
  return opened.warned ? with_warnings : done;
}

}  // namespace command
