// Instructions of a module as text: see wasm_text.hpp.
#include "wasm_text.hpp"

#include "module_file.hpp"
#include "values.hpp"

namespace mote::tool {

using detail::DecodedInstruction;
using detail::Immediates;
using detail::Op;

FunctionNames::FunctionNames(const detail::ModuleData& module) {
  // The first of several counts, as for Module::function_name().
  for (uint32_t i = 0; i < module.name_count; i++) {
    names_.emplace(module.names[i].function, module.names[i].name);
  }
  for (uint32_t i = 0; i < module.export_count; i++) {
    const detail::ExportData& entry = module.exports[i];
    if (entry.kind == ExternKind::kFunction) names_.emplace(entry.index, entry.name);
  }
}

StringView FunctionNames::name(uint32_t function) const {
  const auto found = names_.find(function);
  return found == names_.end() ? StringView() : found->second;
}

std::string FunctionNames::text(uint32_t function) const {
  const std::string escaped = printable(name(function));
  return std::to_string(function) + (escaped.empty() ? "" : " \"" + escaped + "\"");
}

WasmReader::WasmReader(const ModuleBytes& module, const Body& body)
    : reader_(Bytes(module.bytes().data() + body.code, body.end - body.code), body.code) {
  reader_.set_limit(body.end);
}

bool WasmReader::next(WasmInstruction* out) {
  out->labels.clear();
  if (reader_.at_limit() || !decode_instruction(reader_, &out->decoded)) return false;
  const Op op = out->decoded.op;
  if (op == Op::kBrTable) {
    for (uint64_t i = 0; i <= out->decoded.index; i++) {
      if (!reader_.u32()) return false;
      out->labels.push_back(reader_.value());
    }
  }
  if ((op == Op::kElse || op == Op::kEnd) && depth_ != 0) depth_--;
  out->depth = depth_;
  if (op == Op::kBlock || op == Op::kLoop || op == Op::kIf || op == Op::kElse) depth_++;
  return true;
}

namespace {

// A constant without its type.
std::string constant(ValueType type, uint64_t bits) {
  const std::string text = print_value({type, bits});
  return text.substr(text.find(':') + 1);
}

std::string block_type(const DecodedInstruction& in) {
  if (in.index == detail::kEmptyBlock) return "";
  if (in.index < detail::kValueBlock) return " (type " + std::to_string(in.index) + ")";
  return std::string(" (result ") + name_of(static_cast<ValueType>(in.index & 0xFF)) + ")";
}

std::string two(uint32_t first, uint32_t second) {
  return " " + std::to_string(first) + " " + std::to_string(second);
}

}  // namespace

std::string to_text(const WasmInstruction& instruction, const FunctionNames& names) {
  const DecodedInstruction& in = instruction.decoded;
  std::string name = name_of(in.op);
  switch (in.info->immediates) {
    case Immediates::kNothing: return name;
    case Immediates::kBlockType: return name + block_type(in);
    case Immediates::kIndex: break;
    case Immediates::kTwoIndices:
      if (in.op != Op::kCallIndirect) return name + two(in.index, in.index2);
      return name + (in.index2 != 0 ? " " + std::to_string(in.index2) : "") + " (type " +
             std::to_string(in.index) + ")";
    case Immediates::kMemArg: {
      std::string text = name;
      if (in.index2 != 0) text += " " + std::to_string(in.index2);
      if (in.bits != 0) text += " offset=" + std::to_string(in.bits);
      if (in.index != in.info->align_log2) text += " align=" + std::to_string(1u << in.index);
      return text;
    }
    case Immediates::kI32: return name + " " + constant(ValueType::kI32, in.bits);
    case Immediates::kI64: return name + " " + constant(ValueType::kI64, in.bits);
    case Immediates::kF32: return name + " " + constant(ValueType::kF32, in.bits);
    case Immediates::kF64: return name + " " + constant(ValueType::kF64, in.bits);
#if MOTE_FEATURE_REFERENCE_TYPES
    case Immediates::kReferenceType: return name + " " + name_of(in.type);
    case Immediates::kSelectType: return name + " (result " + name_of(in.type) + ")";
#endif
  }
  switch (in.op) {
    case Op::kCall:
#if MOTE_FEATURE_REFERENCE_TYPES
    case Op::kRefFunc:
#endif
      return name + " " + names.text(in.index);
    case Op::kBrTable: {
      std::string text = name;
      for (const uint32_t label : instruction.labels) text += " " + std::to_string(label);
      return text;
    }
    case Op::kMemorySize:
    case Op::kMemoryGrow: return in.index == 0 ? name : name + " " + std::to_string(in.index);
    default: return name + " " + std::to_string(in.index);
  }
}

}  // namespace mote::tool
