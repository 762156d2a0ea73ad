/// A scorer that is another program on this computer, spoken to in lines of
/// JSON over pipes: nothing is written to disk.
#include <csignal>
#include <cstring>
#include <thread>

#include "etherpeil/classify.hpp"
#include "etherpeil/error.hpp"
#include "hash/hash.hpp"
#include "json/json.hpp"
#include "text/times.hpp"

#if __has_include(<sys/wait.h>) && __has_include(<unistd.h>)
#include <sys/wait.h>
#include <unistd.h>
#define ETHERPEIL_HAS_FORK
#endif

namespace etherpeil {
namespace {

#ifdef ETHERPEIL_HAS_FORK

/// A program that runs with its input and output in our hands.
class Child {
 public:
  explicit Child(const std::string& command) {
    int in[2];
    int out[2];
    if (::pipe(in) != 0) fail(command);
    if (::pipe(out) != 0) {
      ::close(in[0]);
      ::close(in[1]);
      fail(command);
    }
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      for (const int end : {in[0], in[1], out[0], out[1]}) ::close(end);
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    if (process_ < 0) fail(command);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (input_ >= 0) ::close(input_);
    ::close(output_);
    int status = 0;
    if (process_ > 0) ::waitpid(process_, &status, 0);
  }

  /// Sends all of `text` while the answer is read, so that neither side waits
  /// for the other; a program that stops reading is no error yet.
  std::string talk(const std::string& text) {
    std::thread sender{[this, &text] {
      // A program that ends early must not end this one.
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      for (std::size_t at = 0; at < text.size();) {
        const ssize_t sent =
            ::write(input_, text.data() + at, text.size() - at);
        if (sent <= 0) break;
        at += static_cast<std::size_t>(sent);
      }
      ::close(input_);
      input_ = -1;
    }};
    std::string answer;
    char buffer[65536];
    ssize_t got = 0;
    while ((got = ::read(output_, buffer, sizeof buffer)) > 0)
      answer.append(buffer, static_cast<std::size_t>(got));
    sender.join();
    return answer;
  }

  /// The program's exit code; -1 when it was killed.
  int wait() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  [[noreturn]] static void fail(const std::string& command) {
    throw Error{Errc::io,
                command + ": cannot be started: " + std::strerror(errno)};
  }

  pid_t process_{-1};
  int input_{-1};
  int output_{-1};
};

class CommandScorer : public Scorer {
 public:
  CommandScorer(std::string command, Codes codes)
      : command_(std::move(command)), codes_(std::move(codes)) {}

  /// The program and a hash of the whole command: arguments may be secret, and
  /// this reaches databases and reports.
  [[nodiscard]] std::string id() const override {
    const std::string program = command_.substr(0, command_.find(' '));
    return "command:" + program.substr(program.rfind('/') + 1) + "/" +
           hash::hex(hash::sha256(command_)).substr(0, 12);
  }

  [[nodiscard]] std::vector<Shares> score(
      const Chat& chat, std::span<const Role> roles) const override {
    Child child{command_};
    const std::string answer = child.talk(questions(chat, roles));
    const int code = child.wait();
    if (code != 0) {
      throw Error{Errc::io, command_ + ": ended with code " +
                                std::to_string(code) +
                                "; run it by hand to see what is wrong"};
    }
    return read(answer, chat);
  }

 private:
  [[nodiscard]] static std::string questions(const Chat& chat,
                                             std::span<const Role> roles) {
    std::string lines;
    for (Index i = 0; i < chat.messages.size(); ++i) {
      const Message& message = chat.messages[i];
      if (!message.human()) continue;
      json::Writer out{lines};
      out.begin_object().member("n", std::uint64_t{i} + 1);
      out.member("time", text::iso(message.time()));
      out.member("sender", message.author);
      out.member("role", to_string(roles.empty() ? Role::unknown : roles[i]));
      out.member("text", chat.text(i)).end_object();
      lines += '\n';
    }
    return lines;
  }

  [[nodiscard]] std::vector<Shares> read(std::string_view answer,
                                         const Chat& chat) const {
    std::vector<Shares> rows(chat.messages.size());
    std::size_t number = 0;
    while (!answer.empty()) {
      const std::size_t end = std::min(answer.find('\n'), answer.size());
      const std::string_view line = answer.substr(0, end);
      answer.remove_prefix(std::min(end + 1, answer.size()));
      ++number;
      if (line.empty()) continue;
      const json::Node root =
          json::parse(line, command_ + ": line " + std::to_string(number));
      const auto n = static_cast<std::size_t>(root["n"].integer(
          1, static_cast<std::int64_t>(std::max<std::size_t>(1, rows.size()))));
      const json::Node shares = root["shares"];
      for (const std::string& key : shares.keys()) {
        const auto label = codes_.label(key);
        if (!label) shares[key].fail("no label of the codebook");
        rows[n - 1][*label] = static_cast<float>(shares[key].number());
      }
    }
    return rows;
  }

  std::string command_;
  Codes codes_;
};

#endif

}  // namespace

std::shared_ptr<const Scorer> command_scorer(const std::string& command,
                                             const Codes& codes) {
#ifdef ETHERPEIL_HAS_FORK
  return std::make_shared<CommandScorer>(command, codes);
#else
  static_cast<void>(codes);
  throw Error{Errc::argument,
              command + ": programs cannot be started on this system"};
#endif
}

}  // namespace etherpeil
