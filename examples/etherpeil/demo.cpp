#include <array>
#include <csignal>

#include "command.hpp"
#include "terminal.hpp"

namespace command {
namespace {

volatile std::sig_atomic_t signalled = 0;

void note_signal(int signal) { signalled = signal; }

}  // namespace

int run(const Demo& args, const Common& common) {
  constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
  for (const int signal : signals) {
    // What is ignored stays so: nohup, a job in the background.
    if (std::signal(signal, note_signal) == SIG_IGN)
      std::signal(signal, SIG_IGN);
  }
  etherpeil::DemoOptions options = args.options;
  options.stop = [] { return signalled != 0; };
  try {
    etherpeil::write_demo(args.dir, options);
  } catch (const etherpeil::Error&) {
    if (signalled == 0) throw;
    // The folder is gone; the shell learns what ended the work.
    std::signal(signalled, SIG_DFL);
    std::raise(signalled);
  }
  if (!common.quiet) {
    tell(args.dir.string() + ": a synthetic study of " +
         std::to_string(args.options.groups) +
         " groups; all people and events in it are invented");
  }
  return done;
}

}  // namespace command
