// Functions and inlined functions of DWARF: see dwarf_scopes.hpp.
#include "dwarf_scopes.hpp"

#include <algorithm>

namespace mote::tool {

namespace {

enum : uint32_t {
  kTagCompileUnit = 0x11,
  kTagInlinedSubroutine = 0x1D,
  kTagSubprogram = 0x2E,
};

// Attributes that count here, as numbers of their own.
enum Attribute : uint8_t {
  kName,
  kStatementList,
  kLowPc,
  kHighPc,
  kCompileDirectory,
  kAbstractOrigin,
  kSpecification,
  kRanges,
  kCallColumn,
  kCallFile,
  kCallLine,
  kLinkageName,
  kStringOffsetsBase,
  kAddressBase,
  kRangeListsBase,
  kAttributes,
};

Attribute attribute_of(uint64_t code) {
  switch (code) {
    case 0x03: return kName;
    case 0x10: return kStatementList;
    case 0x11: return kLowPc;
    case 0x12: return kHighPc;
    case 0x1B: return kCompileDirectory;
    case 0x31: return kAbstractOrigin;
    case 0x47: return kSpecification;
    case 0x55: return kRanges;
    case 0x57: return kCallColumn;
    case 0x58: return kCallFile;
    case 0x59: return kCallLine;
    case 0x6E: return kLinkageName;
    case 0x72: return kStringOffsetsBase;
    case 0x73: return kAddressBase;
    case 0x74: return kRangeListsBase;
    default: return kAttributes;
  }
}

// Unit types of DWARF 5 (7.5.1).
enum : uint8_t { kCompileUnit = 1, kTypeUnit = 2, kPartialUnit = 3, kSkeleton = 4, kSplitType = 6 };

struct AttributeFormat {
  Attribute attribute;
  uint16_t form;
  int64_t constant;  // kFormImplicitConst
};
struct Abbreviation {
  uint64_t tag;
  bool has_children;
  std::vector<AttributeFormat> attributes;
};

// The value of an attribute as it stands there; form 0: there is none.
struct Value {
  uint16_t form = 0;
  uint64_t number = 0;
  std::string_view text;
};

constexpr uint32_t kNoScope = 0xFFFFFFFF;

}  // namespace

class DwarfScopes::Reader {
 public:
  Reader(const DwarfSections& sections, DwarfScopes* out)
      : in_(sections), out_(*out), info_(sections.info) {
    // Entries can refer to the same abbreviations and ranges as often as they like; sound ones do
    // not.
    const uint64_t size = sections.info.size() + sections.abbrev.size() + sections.ranges.size() +
                          sections.rnglists.size();
    work_left_ = 1000000 + 64 * size;
    ranges_left_ = 1000 + size;
  }

  // False: something is damaged.
  bool read() {
    bool ok = true;
    while (!info_.at_end()) {
      uint64_t length;
      unit_at_ = info_.position();
      if (!read_unit_length(info_, &length, &offset_bytes_)) return false;
      const size_t end = info_.position() + static_cast<size_t>(length);
      if (!read_unit(end)) ok = false;
      if (work_left_ == 0) return false;
      info_ = Cursor(in_.info, end);
    }
    return ok;
  }

 private:
  bool work(uint64_t amount = 1) {
    work_left_ -= std::min(work_left_, amount);
    return work_left_ != 0;
  }

  bool read_unit(size_t end) {
    version_ = info_.u16();
    if (version_ < 2 || version_ > 5) return false;
    uint64_t abbreviations;
    uint8_t type = kCompileUnit;
    if (version_ == 5) {
      type = info_.u8();
      address_bytes_ = info_.u8();
      abbreviations = info_.fixed(offset_bytes_);
      if (type == kTypeUnit || type == kSplitType) return true;  // no code
      if (type >= kSkeleton) info_.skip(8);
    } else {
      abbreviations = info_.fixed(offset_bytes_);
      address_bytes_ = info_.u8();
    }
    if (address_bytes_ != 4 && address_bytes_ != 8) return false;
    if (!read_abbreviations(abbreviations)) return false;
    string_offsets_base_ = address_base_ = range_lists_base_ = 0;
    unit_base_ = 0;
    return read_entries(end);
  }

  bool read_abbreviations(uint64_t at) {
    if (at == abbreviations_at_) return true;
    abbreviations_at_ = at;
    abbreviations_.clear();
    if (at >= in_.abbrev.size()) return false;
    Cursor cursor(in_.abbrev, static_cast<size_t>(at));
    for (uint64_t code; (code = cursor.uleb()) != 0;) {
      if (!work()) return false;
      Abbreviation& each = abbreviations_[code];
      each.attributes.clear();
      each.tag = cursor.uleb();
      each.has_children = cursor.u8() != 0;
      for (;;) {
        const uint64_t name = cursor.uleb();
        const uint64_t form = cursor.uleb();
        if ((name == 0 && form == 0) || !cursor.ok() || !work()) break;
        const int64_t constant = form == kFormImplicitConst ? cursor.sleb() : 0;
        each.attributes.push_back({attribute_of(name),
                                   static_cast<uint16_t>(std::min<uint64_t>(form, 0xFFFF)),
                                   constant});
      }
    }
    if (!cursor.ok()) abbreviations_at_ = ~uint64_t{0};
    return cursor.ok();
  }

  // The entries of a unit: a tree in preorder, in which zeros end lists of children.
  bool read_entries(size_t end) {
    const uint32_t unit = static_cast<uint32_t>(out_.units_.size());
    // For each level of the tree that is open: the scope it is in.
    std::vector<uint32_t> open;
    bool is_first = true;
    while (info_.position() < end) {
      if (!work()) return false;
      const uint64_t entry = info_.position();
      const uint64_t code = info_.uleb();
      if (code == 0) {
        if (open.empty()) break;
        close(open);
        if (open.empty()) return true;
        continue;
      }
      const auto found = abbreviations_.find(code);
      if (found == abbreviations_.end()) return false;
      const Abbreviation& abbreviation = found->second;
      Value values[kAttributes + 1];
      for (const AttributeFormat& format : abbreviation.attributes) {
        if (!read_value(format, &values[format.attribute])) return false;
      }
      if (info_.position() > end) return false;
      uint32_t scope = open.empty() ? kNoScope : open.back();
      if (is_first) {
        begin_unit(values);
        is_first = false;
      } else if (abbreviation.tag == kTagSubprogram || abbreviation.tag == kTagInlinedSubroutine) {
        scope = add_scope(abbreviation.tag, unit, entry, values, scope);
      }
      if (abbreviation.has_children) {
        open.push_back(scope);
      } else if (open.empty()) {
        return true;
      } else if (scope != open.back()) {
        out_.scopes_[scope].end = static_cast<uint32_t>(out_.scopes_.size());
      }
    }
    while (!open.empty()) close(open);
    return false;  // the root's children have no end
  }

  // Ends a list of children. A scope is complete when the last level that is in it ends.
  void close(std::vector<uint32_t>& open) {
    const uint32_t scope = open.back();
    open.pop_back();
    if (scope != kNoScope && (open.empty() || open.back() != scope)) {
      out_.scopes_[scope].end = static_cast<uint32_t>(out_.scopes_.size());
    }
  }

  void begin_unit(const Value (&values)[kAttributes + 1]) {
    string_offsets_base_ = values[kStringOffsetsBase].number;
    address_base_ = values[kAddressBase].number;
    range_lists_base_ = values[kRangeListsBase].number;
    unit_base_ = address(values[kLowPc]);
    DwarfUnit unit;
    unit.compile_directory = text(values[kCompileDirectory]);
    if (values[kStatementList].form != 0) {
      unit.line_table = static_cast<uint32_t>(values[kStatementList].number);
    }
    out_.units_.push_back(unit);
  }

  // Adds what has code, and remembers the names of all. Returns the scope that children are in.
  uint32_t add_scope(uint64_t tag, uint32_t unit, uint64_t entry,
                     const Value (&values)[kAttributes + 1], uint32_t parent) {
    Name name = {text(values[kName]), 0};
    if (name.text.empty()) name.text = text(values[kLinkageName]);
    const Value& origin =
        values[values[kAbstractOrigin].form != 0 ? kAbstractOrigin : kSpecification];
    if (origin.form != 0) name.origin = reference(origin);
    if (!name.text.empty() || name.origin != 0) out_.names_[entry] = name;

    DwarfScope scope;
    scope.unit = unit;
    scope.entry = entry;
    scope.call_file = static_cast<uint32_t>(values[kCallFile].number);
    scope.call_line = static_cast<uint32_t>(values[kCallLine].number);
    scope.call_column = static_cast<uint32_t>(values[kCallColumn].number);
    scope.first_range = static_cast<uint32_t>(out_.ranges_.size());
    if (values[kRanges].form != 0) {
      read_ranges(values[kRanges]);
    } else if (values[kLowPc].form != 0) {
      const uint64_t low = address(values[kLowPc]);
      const Value& high = values[kHighPc];
      const bool is_address = is_address_form(high.form);
      add_range(low, is_address ? address(high) : low + high.number);
    }
    scope.range_count = static_cast<uint32_t>(out_.ranges_.size()) - scope.first_range;
    if (scope.range_count == 0) return parent;
    const uint32_t number = static_cast<uint32_t>(out_.scopes_.size());
    scope.end = number + 1;
    if (tag == kTagSubprogram) {
      for (uint32_t i = scope.first_range; i < out_.ranges_.size(); i++) {
        out_.outermost_.push_back({out_.ranges_[i], number});
      }
    }
    out_.scopes_.push_back(scope);
    return number;
  }

  // ---- Values

  static bool is_address_form(uint16_t form) {
    return form == kFormAddr || form == kFormAddrx || (form >= kFormAddrx1 && form <= kFormAddrx4);
  }

  bool read_value(const AttributeFormat& format, Value* value) {
    if (!work()) return false;
    uint64_t form = format.form;
    while (form == kFormIndirect && info_.ok()) form = info_.uleb();
    value->form = static_cast<uint16_t>(form);
    switch (form) {
      case kFormAddr: value->number = info_.fixed(address_bytes_); break;
      case kFormBlock1: info_.skip(info_.u8()); break;
      case kFormBlock2: info_.skip(info_.u16()); break;
      case kFormBlock4: info_.skip(info_.u32()); break;
      case kFormBlock:
      case kFormExprloc: info_.skip(info_.uleb()); break;
      case kFormFlagPresent: break;
      case kFormImplicitConst: value->number = static_cast<uint64_t>(format.constant); break;
      case kFormData1:
      case kFormFlag:
      case kFormRef1:
      case kFormStrx1:
      case kFormAddrx1: value->number = info_.fixed(1); break;
      case kFormData2:
      case kFormRef2:
      case kFormStrx2:
      case kFormAddrx2: value->number = info_.fixed(2); break;
      case kFormStrx3:
      case kFormAddrx3: value->number = info_.fixed(3); break;
      case kFormData4:
      case kFormRef4:
      case kFormRefSup4:
      case kFormStrx4:
      case kFormAddrx4: value->number = info_.fixed(4); break;
      case kFormData8:
      case kFormRef8:
      case kFormRefSup8:
      case kFormRefSig8: value->number = info_.fixed(8); break;
      case kFormData16: info_.skip(16); break;
      case kFormSdata: value->number = static_cast<uint64_t>(info_.sleb()); break;
      case kFormUdata:
      case kFormRefUdata:
      case kFormStrx:
      case kFormAddrx:
      case kFormLoclistx:
      case kFormRnglistx: value->number = info_.uleb(); break;
      case kFormStrp:
      case kFormLineStrp:
      case kFormStrpSup:
      case kFormSecOffset: value->number = info_.fixed(offset_bytes_); break;
      case kFormRefAddr:
        value->number = info_.fixed(version_ == 2 ? address_bytes_ : offset_bytes_);
        break;
      case kFormString:
        value->text = info_.string();
        work(value->text.size() / 16);
        break;
      default: return false;
    }
    return info_.ok();
  }

  // A number of `size` bytes at `offset` of a section; 0 beyond its end.
  static uint64_t number_at(Bytes section, uint64_t offset, uint32_t size) {
    if (offset >= section.size()) return 0;
    return Cursor(section, static_cast<size_t>(offset)).fixed(size);
  }

  std::string_view text(const Value& value) const {
    switch (value.form) {
      case kFormString: return value.text;
      case kFormStrp: return string_at(in_.str, value.number);
      case kFormLineStrp: return string_at(in_.line_str, value.number);
      case kFormStrx:
      case kFormStrx1:
      case kFormStrx2:
      case kFormStrx3:
      case kFormStrx4:
        return string_at(
            in_.str, number_at(in_.str_offsets, string_offsets_base_ + value.number * offset_bytes_,
                               offset_bytes_));
      default: return {};
    }
  }

  uint64_t indexed_address(uint64_t index) const {
    return number_at(in_.addr, address_base_ + index * address_bytes_, address_bytes_);
  }
  uint64_t address(const Value& value) const {
    if (value.form == kFormAddr) return value.number;
    return is_address_form(value.form) ? indexed_address(value.number) : 0;
  }

  // The entry that a reference names; 0: none.
  uint64_t reference(const Value& value) const {
    switch (value.form) {
      case kFormRefAddr: return value.number;
      case kFormRef1:
      case kFormRef2:
      case kFormRef4:
      case kFormRef8:
      case kFormRefUdata: return unit_at_ + value.number;
      default: return 0;
    }
  }

  // ---- Ranges

  void add_range(uint64_t begin, uint64_t end) {
    if (is_left_out(begin) || begin >= end || end > 0xFFFFFFFF || ranges_left_ == 0) return;
    ranges_left_--;
    out_.ranges_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  }

  void read_ranges(const Value& value) {
    if (version_ < 5) return read_old_ranges(value.number);
    uint64_t at = value.number;
    if (value.form == kFormRnglistx) {
      at = range_lists_base_ +
           number_at(in_.rnglists, range_lists_base_ + at * offset_bytes_, offset_bytes_);
    }
    read_new_ranges(at);
  }

  // DWARF 4, 2.17.3: pairs of addresses from a base on.
  void read_old_ranges(uint64_t at) {
    const uint64_t highest = address_bytes_ == 4 ? 0xFFFFFFFF : ~uint64_t{0};
    uint64_t base = unit_base_;
    if (at >= in_.ranges.size()) return;
    Cursor cursor(in_.ranges, static_cast<size_t>(at));
    while (work()) {
      const uint64_t begin = cursor.fixed(address_bytes_);
      const uint64_t end = cursor.fixed(address_bytes_);
      if (!cursor.ok() || (begin == 0 && end == 0)) return;
      if (begin == highest) {
        base = end;
      } else if (begin != highest - 1) {  // what linkers write here for code that they left out
        add_range(base + begin, base + end);
      }
    }
  }

  // DWARF 5, 2.17.3 and 7.25.
  void read_new_ranges(uint64_t at) {
    uint64_t base = unit_base_;
    if (at >= in_.rnglists.size()) return;
    Cursor cursor(in_.rnglists, static_cast<size_t>(at));
    while (work() && cursor.ok()) {
      uint64_t begin;
      switch (cursor.u8()) {
        case 1: base = indexed_address(cursor.uleb()); break;  // base_addressx
        case 2:                                                // startx_endx
          begin = indexed_address(cursor.uleb());
          add_range(begin, indexed_address(cursor.uleb()));
          break;
        case 3:  // startx_length
          begin = indexed_address(cursor.uleb());
          add_range(begin, begin + cursor.uleb());
          break;
        case 4:  // offset_pair
          begin = base + cursor.uleb();
          add_range(begin, base + cursor.uleb());
          break;
        case 5: base = cursor.fixed(address_bytes_); break;  // base_address
        case 6:                                              // start_end
          begin = cursor.fixed(address_bytes_);
          add_range(begin, cursor.fixed(address_bytes_));
          break;
        case 7:  // start_length
          begin = cursor.fixed(address_bytes_);
          add_range(begin, begin + cursor.uleb());
          break;
        default: return;  // end_of_list
      }
    }
  }

  const DwarfSections& in_;
  DwarfScopes& out_;
  Cursor info_;
  std::unordered_map<uint64_t, Abbreviation> abbreviations_;
  uint64_t abbreviations_at_ = ~uint64_t{0};
  uint64_t work_left_;
  uint64_t ranges_left_;
  // Of the unit that is being read.
  uint64_t unit_at_ = 0;
  uint32_t offset_bytes_ = 4;
  uint32_t address_bytes_ = 4;
  uint16_t version_ = 0;
  uint64_t unit_base_ = 0;
  uint64_t string_offsets_base_ = 0;
  uint64_t address_base_ = 0;
  uint64_t range_lists_base_ = 0;
};

DwarfScopes::DwarfScopes(const DwarfSections& sections) {
  is_damaged_ = !Reader(sections, this).read();
  std::sort(outermost_.begin(), outermost_.end(),
            [](const Outermost& a, const Outermost& b) { return a.range.begin < b.range.begin; });
}

bool DwarfScopes::contains(const DwarfScope& scope, uint32_t address) const {
  for (uint32_t i = 0; i < scope.range_count; i++) {
    const Range& range = ranges_[scope.first_range + i];
    if (address >= range.begin && address < range.end) return true;
  }
  return false;
}

std::vector<const DwarfScope*> DwarfScopes::find(uint32_t address) const {
  std::vector<const DwarfScope*> found;
  const auto after = std::upper_bound(
      outermost_.begin(), outermost_.end(), address,
      [](uint32_t wanted, const Outermost& each) { return wanted < each.range.begin; });
  if (after == outermost_.begin() || address >= (after - 1)->range.end) return found;
  uint32_t at = (after - 1)->scope;
  uint32_t end = scopes_[at].end;
  found.push_back(&scopes_[at++]);
  while (at < end) {
    const DwarfScope& scope = scopes_[at];
    if (contains(scope, address)) {
      found.push_back(&scope);
      end = scope.end;
      at++;
    } else {
      at = scope.end;
    }
  }
  return found;
}

std::string_view DwarfScopes::name_of(const DwarfScope& scope) const {
  uint64_t entry = scope.entry;
  // A declaration may specify what an abstract instance is the origin of; cycles are damage.
  for (int hops = 0; hops < 8; hops++) {
    const auto found = names_.find(entry);
    if (found == names_.end()) break;
    if (!found->second.text.empty()) return found->second.text;
    entry = found->second.origin;
  }
  return {};
}

}  // namespace mote::tool
