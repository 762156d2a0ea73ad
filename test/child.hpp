#pragma once
/// Work in a process of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>

namespace etherpeil::test {

/// Begins `act` in a process of its own, which exits with what it gives.
inline pid_t begin_child(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  int code = 99;
  try {
    code = act();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "in a process of its own: %s\n", error.what());
    code = 98;
  }
  ::_exit(code);
}

/// Its exit status as waitpid gives it.
inline int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

inline int in_child(const std::function<int()>& act) {
  return wait_for(begin_child(act));
}

/// Kills it after so many microseconds; false when it had ended.
inline bool killed_after(long delay, const std::function<void()>& act) {
  const pid_t child = begin_child([&act] {
    act();
    return 0;
  });
  ::usleep(static_cast<useconds_t>(delay));
  ::kill(child, SIGKILL);
  return WIFSIGNALED(wait_for(child));
}

}  // namespace etherpeil::test
