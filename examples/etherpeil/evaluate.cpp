#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {

int run(const Evaluate& args, const Common&) {
  const etherpeil::Classifier classifier =
      classifier_for(args.model, args.files);
  const auto chats = etherpeil::load_corpus(
      args.folder, classifier.codebook().codes(), args.groups);
  etherpeil::write_evaluation(
      etherpeil::evaluate(chats, classifier, args.options), write_out,
      args.output);
  finish_out();
  return done;
}

}  // namespace command
