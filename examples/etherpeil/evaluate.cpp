#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Evaluate& args, const Common& common) {
  const etherpeil::Classifier classifier =
      classifier_for(args.model, args.files);
  const auto chats = etherpeil::load_corpus(
      args.folder, classifier.codebook().codes(), args.groups);
  const etherpeil::Evaluation found =
      etherpeil::evaluate(chats, classifier, args.options);
  etherpeil::write_evaluation(found, write_out, args.output);
  finish_out();
  if (found.seen.empty()) return done;
  if (!common.quiet) {
    std::string names;
    for (const std::string& group : found.seen)
      names += (names.empty() ? "" : ", ") + group;
    tell(args.folder.string() + ": warning: " + names + ": " +
         std::to_string(found.seen.size()) + " of " +
         std::to_string(found.groups.size()) +
         " groups helped to train the model; the figures flatter: name other "
         "groups with --groups [command.trained-on]");
  }
  return with_warnings;
}

}  // namespace command
