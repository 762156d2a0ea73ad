#include "command.hpp"
#include "terminal.hpp"

namespace command {

int run(const Demo& args, const Common& common) {
  etherpeil::write_demo(args.dir, args.options);
  if (!common.quiet) {
    tell(args.dir.string() + ": a synthetic study of " +
         std::to_string(args.options.groups) +
         " groups; all people and events in it are invented");
  }
  return done;
}

}  // namespace command
