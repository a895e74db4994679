// What a module takes of a device: for each target that was measured, and each way to keep the
// module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "device.hpp"
#include "device/measured.hpp"

namespace mote::tool {

constexpr uint32_t kGuestStack = 1024;  // where nothing is called
constexpr uint32_t kArenaMargin = 16;   // how far from a board's the store's buffer can be, bytes

// One line of the table: where bytes go.
struct Part {
  std::string name;
  uint64_t bytes;
  std::string note;
};

struct Plan {
  const MeasuredTarget* target = nullptr;
  device::Way way = device::kFlash;
  device::Trial trial;  // with the buffer and the guest's stack of this plan
  uint32_t guest_stack = 0;
  uint32_t arena = 0;          // the store's buffer
  bool arena_is_least = true;  // else it is the most that was in use, which is a little more
  uint32_t making = 0;         // kSaved: the buffer that it takes to make the image
  std::vector<Part> ram;
  std::vector<Part> flash;

  uint64_t ram_bytes() const { return sum(ram); }
  uint64_t flash_bytes() const { return sum(flash); }
  bool fits(uint64_t ram_size, uint64_t flash_size) const {
    return ram_bytes() <= ram_size && (flash_size == 0 || flash_bytes() <= flash_size);
  }

 private:
  static uint64_t sum(const std::vector<Part>& parts) {
    uint64_t bytes = 0;
    for (const Part& part : parts) bytes += part.bytes;
    return bytes;
  }
};

const char* name_of(device::Way way);
// "flash", "saved", "stream". False: another text.
bool parse_way(const std::string& text, device::Way* way);

// The targets that were measured, separated by commas.
std::string target_names();
// The targets to try for `name`, the first one preferred: those of that name, or the default ones
// for
// "". Empty: there is none.
std::vector<const MeasuredTarget*> targets_of(const std::string& name);

// Finds out what `way` takes on `target`, of which `device` is the model. `stack`: of the guest, or
// 0 for what the calls need.
Plan make_plan(const MeasuredTarget& target, Device& device, device::Way way, uint32_t stack,
               bool has_calls);

}  // namespace mote::tool
