// Places in the source of a module: see debug_info.hpp.
#include "debug_info.hpp"

#include <mote/error.hpp>

namespace mote::tool {

namespace {

std::string escape(std::string_view name) {
  std::string text(3 * name.size() + 1, 0);
  text.resize(
      escape_name(StringView(name.data(), name.size()), Span<char>(text.data(), text.size())));
  return text;
}

}  // namespace

DebugInfo::DebugInfo(const ModuleBytes& module)
    : code_section_(module.code_section()),
      lines_(DwarfSections(module)),
      scopes_(DwarfSections(module)) {
  for (const DwarfUnit& unit : scopes_.units()) {
    lines_.set_compile_directory(unit.line_table, unit.compile_directory);
  }
}

std::vector<SourcePlace> DebugInfo::find(uint32_t offset) const {
  std::vector<SourcePlace> places;
  if (code_section_ == kNoIndex || offset < code_section_) return places;
  const uint32_t address = offset - code_section_;
  uint32_t table = 0;
  const LineRow* const row = lines_.find(address, &table);
  if (row == nullptr) return places;
  places.push_back({lines_.file_name(table, row->file), row->line, row->column, ""});
  const std::vector<const DwarfScope*> scopes = scopes_.find(address);
  // Inwards but for the first, which is the function itself.
  for (size_t i = scopes.size(); i > 1; i--) {
    const DwarfScope& scope = *scopes[i - 1];
    places.back().function = scopes_.name_of(scope);
    if (places.back().function.empty()) places.back().function = "a function";
    places.push_back({lines_.file_name(scopes_.units()[scope.unit].line_table, scope.call_file),
                      scope.call_line, scope.call_column, ""});
  }
  return places;
}

std::string to_text(const SourcePlace& place) {
  std::string text = place.file.empty() ? "?" : escape(place.file);
  if (place.line != 0) text += ":" + std::to_string(place.line);
  if (place.line != 0 && place.column != 0) text += ":" + std::to_string(place.column);
  return text;
}

std::string to_text(const std::vector<SourcePlace>& places) {
  std::string text;
  for (const SourcePlace& place : places) {
    if (!text.empty()) text += ", called at ";
    text += to_text(place);
    if (!place.function.empty()) text += " (inlined " + escape(place.function) + ")";
  }
  return text;
}

}  // namespace mote::tool
