// Instructions of the engine as text: see engine_text.hpp.
#include "engine_text.hpp"

#include <algorithm>

#include "cursor.hpp"
#include "interp/code.hpp"
#include "values.hpp"

namespace mote::tool {

namespace {
constexpr uint32_t kSlotBytes = detail::kSlotBytes;
}  // namespace

// ---- Slots

FrameSlots::FrameSlots(const detail::ModuleData& module, const ModuleBytes& bytes,
                       const Body& body) {
  for (const ValueType type : module.function_type(body.function).parameter_types()) add(1, type);
  link_ = next_;
  next_ += detail::kLinkSlots;
  Cursor cursor(Bytes(bytes.bytes().data() + body.begin, body.code - body.begin));
  for (uint64_t groups = cursor.uleb(); groups != 0 && cursor.ok(); groups--) {
    const uint32_t count = static_cast<uint32_t>(cursor.uleb());
    add(count, static_cast<ValueType>(cursor.u8()));
  }
}

void FrameSlots::add(uint32_t count, ValueType type) {
  if (count == 0) return;
  const uint32_t slots = detail::slots_of(type);
  runs_.push_back({next_, locals_, count, slots});
  locals_ += count;
  next_ += count * slots;
}

std::string FrameSlots::name(uint32_t slot) const {
  if (slot >= next_) return "s" + std::to_string(slot - next_);
  if (slot >= link_ && slot < link_ + detail::kLinkSlots) return "link";
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), slot,
                       [](uint32_t wanted, const Run& run) { return wanted < run.slot; });
  if (after == runs_.begin()) return "?";
  const Run& run = *(after - 1);
  const uint32_t distance = slot - run.slot;
  std::string text = "l" + std::to_string(run.first + distance / run.slots);
  if (distance % run.slots != 0) text += "+1";
  return text;
}

// ---- Instructions

namespace {
constexpr const char* kRuntimeCalls[] = {
#define MOTE_RUNTIME_CALL(name, ...) #name,
#include "interp/runtime_calls.def"
};
}  // namespace

EngineText::EngineText(const detail::ModuleData& module, const FunctionNames& names,
                       const EngineFunction& function, const FrameSlots& slots)
    : module_(module), names_(names), function_(function), slots_(slots) {
  for_each_target([this](uint32_t position) { labels_.emplace(position, 0); });
  uint32_t number = 0;
  for (auto& each : labels_) each.second = number++;
}

template <class F>
void EngineText::for_each_target(F f) const {
  const Unit* const units = function_.units();
  const auto use = [&](const Unit* at) {
    f(static_cast<uint32_t>(detail::read_target(at) - units));
  };
  for (const EngineInstruction& instruction : function_.instructions) {
    const HandlerLayout& layout = layout_of(instruction.handler);
    const Unit* at = units + instruction.operands;
    for (uint32_t i = 0; i < layout.count; i++) {
      const HandlerOperand& operand = layout.operands[i];
      if (operand.kind == OperandKind::kTarget) use(at);
      if (operand.kind == OperandKind::kTargets) {
        for (uint32_t n = 0; n <= detail::read_u32(at); n++) {
          use(at + detail::kU32Units + size_t{n} * detail::kTargetUnits);
        }
      }
      at += units_of(operand.kind, operand.type, at);
    }
  }
}

std::string EngineText::label(const EngineInstruction& instruction) const {
  const auto found = labels_.find(instruction.position);
  return found == labels_.end() ? "" : "L" + std::to_string(found->second);
}

std::string EngineText::target(const Unit* at) const {
  const uint32_t position = static_cast<uint32_t>(detail::read_target(at) - function_.units());
  return "L" + std::to_string(labels_.at(position));
}

std::string EngineText::operand(OperandKind kind, ValueType type, const Unit* at) const {
  const auto slot = [&] {
    return slots_.name(static_cast<uint32_t>(detail::read_slot(at) / kSlotBytes));
  };
  const auto number = [&](const char* name) { return name + std::to_string(detail::read_u32(at)); };
  switch (kind) {
    case OperandKind::kSlot:
    case OperandKind::kFirst:
    case OperandKind::kTo:
    case OperandKind::kLink:
    case OperandKind::kResult: return slot();
    case OperandKind::kFrame: return "frame " + slot();
    case OperandKind::kAccumulator:
    case OperandKind::kAccumulatorResult: return "A";
    case OperandKind::kConstant: {
      const bool is_wide = type == ValueType::kI64 || type == ValueType::kF64;
      const std::string text =
          print_value({type, is_wide ? detail::read_u64(at) : detail::read_u32(at)});
      return text.substr(text.find(':') + 1);
    }
    case OperandKind::kOffset: return "offset=" + std::to_string(detail::read_offset(at));
    case OperandKind::kCount: return number("slots=");
    case OperandKind::kTarget: return target(at);
    case OperandKind::kTargets: {
      std::string text;
      for (uint32_t i = 0; i <= detail::read_u32(at); i++) {
        text +=
            (i == 0 ? "" : " ") + target(at + detail::kU32Units + size_t{i} * detail::kTargetUnits);
      }
      return text;
    }
    case OperandKind::kFunction: {
      const detail::FunctionCode& callee = detail::read_function(at, module_.functions);
      return names_.text(static_cast<uint32_t>(&callee - module_.functions) +
                         module_.imported_functions);
    }
    case OperandKind::kImport: return names_.text(detail::read_u32(at));
    case OperandKind::kGlobal: return number("cell=");
    case OperandKind::kTable: return number("table=");
    case OperandKind::kType: return number("type=");
    case OperandKind::kMemory: return number("memory=");
    case OperandKind::kIndex: return number("");
    case OperandKind::kWay: {
      char text[16];
      std::snprintf(text, sizeof text, "0x%x", detail::read_number(at));
      return text;
    }
    case OperandKind::kRuntimeCall: return kRuntimeCalls[detail::read_number(at)];
  }
  return "?";
}

std::string EngineText::text(const EngineInstruction& instruction) const {
  const HandlerLayout& layout = layout_of(instruction.handler);
  std::string text = layout.name;
  const Unit* at = function_.units() + instruction.operands;
  bool is_first = true;
  for (uint32_t i = 0; i < layout.count; i++) {
    const HandlerOperand& operand = layout.operands[i];
    const bool is_result = operand.kind == OperandKind::kResult ||
                           operand.kind == OperandKind::kAccumulatorResult ||
                           operand.kind == OperandKind::kTo;
    // Most loads and stores have none.
    const bool is_left_out =
        operand.kind == OperandKind::kOffset && layout.count > 2 && detail::read_offset(at) == 0;
    if (!is_left_out) {
      text += is_result ? " -> " : is_first ? " " : ", ";
      text += this->operand(operand.kind, operand.type, at);
      is_first = false;
    }
    at += units_of(operand.kind, operand.type, at);
  }
  return text;
}

}  // namespace mote::tool
