#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

void list_definitions(const Common& common) {
  write_out("id\tname\tformula\tunit\tsource\n");
  for (const etherpeil::MetricDefinition& metric : etherpeil::catalogue()) {
    const bool dutch = common.language == etherpeil::Language::dutch;
    write_out(metric.id + "\t" + (dutch ? metric.name_nl : metric.name_en) +
              "\t" + metric.formula + "\t" + metric.unit + "\t" +
              metric.source + "\n");
  }
}

}  // namespace

int run(const Metrics& args, const Common& common) {
  bool warned = false;
  if (args.definitions) {
    list_definitions(common);
  } else {
    if (args.database.empty()) {
      throw etherpeil::Error{etherpeil::Errc::argument,
                             "metrics: DB is missing; name a study database"};
    }
    const Opened opened = open_store(args.database, common);
    warned = opened.warned;
    const etherpeil::Panel panel =
        args.fidelity || etherpeil::need_messages(args.ids)
            ? opened.store.panel()
            : opened.store.day_panel();
    if (args.fidelity) {
      etherpeil::write_fidelity(
          etherpeil::fidelity(panel, {.group = args.group}), write_out,
          args.output, common.language);
      finish_out();
      return warned ? with_warnings : done;
    }
    etherpeil::write_metrics(etherpeil::metrics(panel, {.period = args.period,
                                                        .ids = args.ids,
                                                        .group = args.group}),
                             write_out, args.output, common.language);
  }
  finish_out();
  return warned ? with_warnings : done;
}

}  // namespace command
