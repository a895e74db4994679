// Counts outcomes: see report.hpp.
#include "report.hpp"

#include <cstdio>

namespace mote::spec {

uint64_t Report::Counts::skipped_sum() const {
  uint64_t sum = 0;
  for (const auto& [reason, count] : skipped) sum += count;
  return sum;
}

void Report::fail(const std::string& feature_class, const std::string& where,
                  const std::string& why) {
  classes_[feature_class].failed++;
  if (messages_left_ == 0) return;
  std::fprintf(stderr, "FAILED %s [%s]: %s\n", where.c_str(), feature_class.c_str(), why.c_str());
  if (--messages_left_ == 0) std::fprintf(stderr, "(no more failures are printed)\n");
}

void Report::skip(const std::string& feature_class, const std::string& reason) {
  classes_[feature_class].skipped[reason]++;
}

uint64_t Report::passed() const {
  uint64_t sum = 0;
  for (const auto& [name, counts] : classes_) sum += counts.passed;
  return sum;
}

uint64_t Report::failed() const {
  uint64_t sum = 0;
  for (const auto& [name, counts] : classes_) sum += counts.failed;
  return sum;
}

void Report::print() const {
  uint64_t skipped = 0;
  for (const auto& [name, counts] : classes_) {
    std::printf("%-20s %6llu passed, %llu failed, %llu skipped", name.c_str(),
                static_cast<unsigned long long>(counts.passed),
                static_cast<unsigned long long>(counts.failed),
                static_cast<unsigned long long>(counts.skipped_sum()));
    const char* separator = " (";
    for (const auto& [reason, count] : counts.skipped) {
      std::printf("%s%s: %llu", separator, reason.c_str(), static_cast<unsigned long long>(count));
      separator = ", ";
    }
    std::printf("%s\n", counts.skipped.empty() ? "" : ")");
    skipped += counts.skipped_sum();
  }
  std::printf("%llu passed, %llu failed, %llu skipped\n", static_cast<unsigned long long>(passed()),
              static_cast<unsigned long long>(failed()), static_cast<unsigned long long>(skipped));
}

}  // namespace mote::spec
