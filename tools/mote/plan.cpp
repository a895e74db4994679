// What a module takes of a device: see plan.hpp.
#include "plan.hpp"

#include <algorithm>
#include <mote/mote.hpp>

#include "device_measured.hpp"

namespace mote::tool {

using device::Trial;
using device::Way;

namespace {

constexpr uint32_t kStep = 8;  // the least buffer is found to this many bytes
constexpr uint32_t kFirstStack = 65536;
// Trials that take longer are not repeated to find the least buffer.
constexpr uint32_t kMostModule = 128 * 1024;
constexpr uint32_t kMostFuel = 100000;

// A guest can take a lack of memory for something else, and go another way: that shows in its fuel.
bool ends_alike(const Trial& a, const Trial& b) {
  return a.step == b.step && a.calls_done == b.calls_done && a.run_state == b.run_state &&
         a.run_error == b.run_error && a.error == b.error && a.stub_calls == b.stub_calls &&
         a.exit_code == b.exit_code && a.fuel_used == b.fuel_used;
}

uint32_t round_up(uint32_t bytes, uint32_t step) { return (bytes + step - 1) / step * step; }

// The guest's stack that is enough for all calls: the most that was used, or a little more where a
// function asks for its whole frame at once.
uint32_t least_stack(Device& device, Way way, Trial* trial) {
  *trial = device.run(way, kFirstStack);
  uint32_t stack = round_up(trial->stack_peak, kStep);
  for (; stack < kFirstStack; stack += kStep) {
    const Trial again = device.run(way, stack);
    if (ends_alike(again, *trial)) {
      *trial = again;
      return stack;
    }
  }
  return kFirstStack;
}

void find_arena(Device& device, uint32_t stack, Plan* plan) {
  const Trial plenty = plan->trial;
  plan->arena = round_up(plenty.arena_peak, kStep);
  plan->arena_is_least = plenty.module_bytes <= kMostModule && plenty.fuel_used <= kMostFuel;
  if (!plan->arena_is_least) return;
  uint32_t too_little = 0;
  uint32_t enough = plan->arena / kStep;
  while (enough - too_little > 1) {
    const uint32_t middle = too_little + (enough - too_little) / 2;
    const Trial trial = device.run(plan->way, stack, middle * kStep);
    if (ends_alike(trial, plenty)) {
      enough = middle;
      plan->trial = trial;
    } else {
      too_little = middle;
    }
  }
  plan->arena = enough * kStep;
}

std::string bytes_of(uint32_t bytes, const char* what) {
  return std::to_string(bytes) + " " + what;
}

void list_ram(Plan* plan, bool has_calls) {
  const Trial& trial = plan->trial;
  const MeasuredTarget& target = *plan->target;
  std::vector<Part>& ram = plan->ram;
  const bool in_place = plan->way == device::kSaved;
  const uint32_t code = in_place ? 0 : trial.code_bytes;
  const uint32_t rest = trial.instance_bytes - trial.table_bytes - trial.global_bytes;
  ram.push_back({"store", trial.store_bytes, "and its lists of host functions"});
  ram.push_back(
      {"module code", code,
       in_place ? "none: it runs in flash"
                : "translated; maps for backtraces are " + bytes_of(trial.map_bytes, "of it")});
  ram.push_back({"module data", trial.module_ram - code,
                 plan->way == device::kStream ? "types, exports, functions, copies of its data"
                                              : "types, exports, functions"});
  ram.push_back({"tables", trial.table_bytes, ""});
  ram.push_back({"globals", trial.global_bytes, ""});
  ram.push_back({"instance", rest, "the rest of it"});
  std::string note;
  if (trial.page_size != 0) {
    note = "of " + bytes_of(trial.memory_declared, "declared; ") +
           bytes_of(trial.memory_at_start, "for its data, then ") +
           (has_calls ? "what the calls touched" : "what it will touch (not known: --invoke)");
  }
  ram.push_back({"linear memory", trial.memory_backed, note});
  ram.push_back({"guest stack", plan->guest_stack + uint64_t{trial.execution_bytes},
                 bytes_of(plan->guest_stack, "and the execution's record; largest frame ") +
                     std::to_string(trial.largest_frame)});
  uint64_t listed = 0;
  for (const Part& part : ram) listed += part.bytes;
  const uint32_t arena = std::max(plan->arena, plan->making);
  if (arena > listed) {
    ram.push_back(
        {plan->making > plan->arena ? "making image" : "loading", arena - listed,
         plan->making > plan->arena ? "until the image is made" : "at the peak, and gaps"});
  }
  if (trial.uses_wasi != 0) ram.push_back({"WASI", trial.wasi_bytes, ""});
  if (trial.uses_files != 0) {
    ram.push_back({"WASI files", trial.files_bytes,
                   "for " + bytes_of(device::kDescriptors, "descriptors, ") +
                       bytes_of(device::kLinkBytes, "for links; without your disk")});
  }
  const uint32_t native = std::max(target.stack_load, target.stack_run);
  ram.push_back({"native stack", native, "of Mote, whatever the guest does (measured)"});
  ram.push_back({"firmware", target.hello_ram - target.hello_arena - native,
                 "start-up, main(), C library of the one that was measured; yours differs"});
}

void list_flash(Plan* plan) {
  const MeasuredTarget& target = *plan->target;
  std::vector<Part>& flash = plan->flash;
  flash.push_back(
      {"VM", target.flash_vm,
       std::string(target.profile) + " profile, " + target.handlers + " handlers (measured)"});
  flash.push_back({"C library", target.flash_vm_libraries - target.flash_vm,
                   "what the VM needs of libc, libm, libgcc (measured)"});
  if (plan->trial.uses_wasi != 0) {
    flash.push_back({"WASI", target.flash_wasi, "streams, clocks, random numbers (measured)"});
  }
  if (plan->trial.uses_files != 0) {
    flash.push_back({"WASI files", target.flash_wasi_files, "without your file port (measured)"});
  }
  switch (plan->way) {
    case device::kFlash:
      flash.push_back({"module", round_up(plan->trial.module_bytes, 4), "its bytes, as they are"});
      break;
    case device::kSaved:
      flash.push_back({"image", round_up(plan->trial.image_bytes, 4),
                       "saved code, " + bytes_of(plan->trial.code_bytes, "of it")});
      break;
    case device::kStream: flash.push_back({"module", 0, "none: it comes from elsewhere"}); break;
  }
}

}  // namespace

const char* name_of(Way way) {
  switch (way) {
    case device::kStream: return "stream";
    case device::kFlash: return "flash";
    default: return "saved";
  }
}

bool parse_way(const std::string& text, Way* way) {
  for (const Way each : {device::kFlash, device::kSaved, device::kStream}) {
    if (text != name_of(each)) continue;
    *way = each;
    return true;
  }
  return false;
}

std::string target_names() {
  std::string names;
  for (const MeasuredTarget& target : kMeasuredTargets) {
    names += (names.empty() ? "" : ", ") + std::string(target.name);
  }
  return names;
}

std::vector<const MeasuredTarget*> targets_of(const std::string& name) {
  std::vector<std::string> wanted = {name};
  if (name.empty())
    wanted = {"cortex-m4f", "cortex-m4f-small", "cortex-m4f-standard"};  // fast first
  std::vector<const MeasuredTarget*> found;
  for (const std::string& each : wanted) {
    for (const MeasuredTarget& target : kMeasuredTargets) {
      if (each == target.name) found.push_back(&target);
    }
  }
  return found;
}

Plan make_plan(const MeasuredTarget& target, Device& device, Way way, uint32_t stack,
               bool has_calls) {
  Plan plan;
  plan.target = &target;
  plan.way = way;
  if (stack == 0 && has_calls) {
    plan.guest_stack = least_stack(device, way, &plan.trial);
  } else {
    plan.guest_stack = round_up(stack == 0 ? kGuestStack : stack, kStep);
    plan.trial = device.run(way, plan.guest_stack);
  }
  if (plan.trial.step < device::kReady) return plan;
  find_arena(device, plan.guest_stack, &plan);
  if (way == device::kSaved) {
    // While it is made, the module is there as it would be without an image.
    Plan load;
    load.way = device::kFlash;
    load.trial = device.run(load.way, 0);
    plan.making = round_up(load.trial.load_peak, kStep);
  }
  list_ram(&plan, has_calls);
  list_flash(&plan);
  return plan;
}

}  // namespace mote::tool
