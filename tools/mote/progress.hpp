// Progress on a terminal while something takes long: one line on stderr, gone when it is done.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mote::tool {

enum class ProgressMode {
  kAuto,    // on a terminal, if it takes longer than kPatience
  kAlways,  // from the beginning, wherever stderr goes
  kNever,
};

class Progress {
 public:
  // `total`: bytes, or 0 if that is not known.
  Progress(ProgressMode mode, const std::string& what, uint64_t total);
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // So many bytes are done. Cheap: shows at most ten times a second.
  void show(uint64_t done);
  // Takes the line away. To be called before something else is printed.
  void erase();

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPatience{200};
  static constexpr std::chrono::milliseconds kPeriod{100};

  ProgressMode mode_;
  std::string what_;
  uint64_t total_;
  Clock::time_point next_;
  bool is_shown_ = false;
};

}  // namespace mote::tool
