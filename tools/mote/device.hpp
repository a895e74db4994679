// Runs the device model: a module on a 32-bit microcontroller that is not there. See
// device/model.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device/measured.hpp"
#include "device/trial.hpp"

namespace mote::tool {

// One model with one module. Trials are independent of each other.
class Device {
 public:
  // For a target of this profile and these handlers. `calls`: exports to call in each trial, with
  // zeros for arguments.
  Device(const MeasuredTarget& target, const std::vector<uint8_t>& module,
         const std::vector<std::string>& calls, uint32_t fuel);
  ~Device();

  // Whether the module could be looked at. If not, why: a problem of the model ("" if it is the
  // module's: then prepared() has the error).
  bool is_ready() const { return is_ready_; }
  const std::string& problem() const { return problem_; }
  const device::Trial& prepared() const { return prepared_; }

  // What the module takes of a buffer of `ram_bytes`. 0: as much as could be needed.
  device::Trial run(device::Way way, uint32_t guest_stack, uint32_t ram_bytes = 0);

 private:
  struct Model;
  void write(uint32_t address, const void* bytes, size_t size);
  uint32_t call(const char* name, uint32_t argument, bool has_argument);
  uint32_t room(size_t bytes);

  std::unique_ptr<Model> model_;
  device::Trial prepared_;
  device::Trial request_;
  uint32_t trial_at_ = 0;
  uint32_t plenty_ = 0;  // bytes at request_.ram_at
  bool is_ready_ = false;
  std::string problem_;
};

}  // namespace mote::tool
