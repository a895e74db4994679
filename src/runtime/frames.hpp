// The frames of a guest that does not run, from the innermost outwards (docs/design/execution.md).
#pragma once

#include "interp/machine.hpp"

namespace mote::detail {

// Where the outermost function returns to.
inline const Unit* exit_point(const ExecutionData& execution) {
  return execution.exit_stub + kSlotUnits;
}
// Where a function returns to that another instance called; the record of the call tells more.
inline const Unit* switch_point(const ExecutionData& execution) {
  return execution.switch_stub + kSlotUnits;
}

// The function of `module` that has `pc` in its code, or null.
const FunctionCode* find_code(const ModuleData& module, const Unit* pc);

// Walks the frames from the innermost outwards; calls `visit(instance, function,
// pc, frame)`.
template <class Visit>
void walk_frames(const ExecutionData& execution, Visit visit) {
  const Unit* pc = execution.pc;
  const uint8_t* frame = execution.frame;
  const uint8_t* records = execution.stack_end;
  InstanceData* instance = execution.instance;
  if (pc == nullptr || instance == nullptr) return;
  for (;;) {
    const FunctionCode* function = find_code(*instance->module, pc);
    if (function == nullptr) return;
    visit(*instance, *function, pc, frame);
    const Unit* link = load_link(frame + function->link_bytes);
    if (link == exit_point(execution)) return;
    if (link == switch_point(execution)) {
      SwitchRecord record;
      memcpy(&record, records, sizeof record);
      records += sizeof record;
      instance = record.instance;
      link = record.return_to;
      if (link == exit_point(execution)) return;
    }
    frame -= call_distance(link);
    pc = link - 1;  // within the call instruction
  }
}

}  // namespace mote::detail
