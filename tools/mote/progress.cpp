// Progress on a terminal: see progress.hpp.
#include "progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace mote::tool {

namespace {

bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && kind != nullptr && std::strcmp(kind, "dumb") != 0;
}

double megabytes(uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

}  // namespace

Progress::Progress(ProgressMode mode, const std::string& what, uint64_t total)
    : mode_(mode), what_(what), total_(total) {
  if (mode_ == ProgressMode::kAuto && !is_terminal()) mode_ = ProgressMode::kNever;
  next_ = Clock::now();
  if (mode_ == ProgressMode::kAuto) next_ += kPatience;
}

void Progress::show(uint64_t done) {
  if (mode_ == ProgressMode::kNever) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kPeriod;
  is_shown_ = true;
  std::fprintf(stderr, "\r\x1b[K%s: %.1f", what_.c_str(), megabytes(done));
  if (total_ != 0) {
    std::fprintf(stderr, " of %.1f MB (%u %%)", megabytes(total_),
                 static_cast<unsigned>(done >= total_ ? 100 : done * 100 / total_));
  } else {
    std::fprintf(stderr, " MB");
  }
  std::fflush(stderr);
}

void Progress::erase() {
  if (!is_shown_) return;
  is_shown_ = false;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

}  // namespace mote::tool
