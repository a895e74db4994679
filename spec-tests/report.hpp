// Counts outcomes by feature class and prints them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace mote::spec {

class Report {
 public:
  // `messages`: how many failures to print.
  explicit Report(uint32_t messages) : messages_left_(messages) {}

  void pass(const std::string& feature_class) { classes_[feature_class].passed++; }
  void fail(const std::string& feature_class, const std::string& where, const std::string& why);
  void skip(const std::string& feature_class, const std::string& reason);

  // A line per class, and the total alone on the last line.
  void print() const;
  uint64_t passed() const;
  uint64_t failed() const;

 private:
  struct Counts {
    uint64_t passed = 0;
    uint64_t failed = 0;
    std::map<std::string, uint64_t> skipped;  // by reason
    uint64_t skipped_sum() const;
  };
  std::map<std::string, Counts> classes_;
  uint32_t messages_left_;
};

}  // namespace mote::spec
