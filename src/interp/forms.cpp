// The index of forms: see forms.hpp.
#include "interp/forms.hpp"

#if MOTE_HANDLERS != MOTE_HANDLERS_SMALL

namespace mote::detail {

namespace {

struct Form {
  Src a;
  Src b;
  Dst d;
};

template <uint8_t kCount>
constexpr FormIndex index_of(const Form (&forms)[kCount]) {
  FormIndex index{};
  for (auto& a : index.number) {
    for (auto& b : a) b[0] = b[1] = kNoForm;
  }
  // The first is a placeholder: a list may be empty.
  for (uint8_t i = 1; i < kCount; i++) {
    const Form& form = forms[i];
    index.number[static_cast<int>(form.a)][static_cast<int>(form.b)][static_cast<int>(form.d)] =
        static_cast<uint8_t>(i - 1);
  }
  index.count = kCount - 1;
  return index;
}

#define MOTE_FORM_1(name, a, d) \
  , { Src::a, Src::S, Dst::d }
#define MOTE_FORM_2(name, a, b, d) \
  , { Src::a, Src::b, Dst::d }
#define MOTE_FORM_3(name, a, b) \
  , { Src::a, Src::b, Dst::D }
#define MOTE_INDEX(name, ...)                                                             \
  [[maybe_unused]] constexpr Form name##Forms[] = {{Src::S, Src::S, Dst::D} __VA_ARGS__}; \
  [[maybe_unused]] constexpr FormIndex name = index_of(name##Forms);

// One index for each list that can be chosen; those that no instruction uses cost nothing.
MOTE_INDEX(kUnary00, MOTE_UNARY_FORMS_00(MOTE_FORM_1, ))
MOTE_INDEX(kUnary10, MOTE_UNARY_FORMS_10(MOTE_FORM_1, ))
MOTE_INDEX(kUnary01, MOTE_UNARY_FORMS_01(MOTE_FORM_1, ))
MOTE_INDEX(kUnary11, MOTE_UNARY_FORMS_11(MOTE_FORM_1, ))
MOTE_INDEX(kLoad00, MOTE_LOAD_FORMS_00(MOTE_FORM_1, ))
MOTE_INDEX(kLoad10, MOTE_LOAD_FORMS_10(MOTE_FORM_1, ))
MOTE_INDEX(kLoad11, MOTE_LOAD_FORMS_11(MOTE_FORM_1, ))
MOTE_INDEX(kBinary00, MOTE_BINARY_FORMS_00(MOTE_FORM_2, ))
MOTE_INDEX(kBinary01, MOTE_BINARY_FORMS_01(MOTE_FORM_2, ))
MOTE_INDEX(kBinary10, MOTE_BINARY_FORMS_10(MOTE_FORM_2, ))
MOTE_INDEX(kBinary11, MOTE_BINARY_FORMS_11(MOTE_FORM_2, ))
MOTE_INDEX(kBinary20, MOTE_BINARY_FORMS_20(MOTE_FORM_2, ))
MOTE_INDEX(kBinary21, MOTE_BINARY_FORMS_21(MOTE_FORM_2, ))
MOTE_INDEX(kBinary02, MOTE_BINARY_FORMS_02(MOTE_FORM_2, ))
MOTE_INDEX(kBinary12, MOTE_BINARY_FORMS_12(MOTE_FORM_2, ))
MOTE_INDEX(kBinary22, MOTE_BINARY_FORMS_22(MOTE_FORM_2, ))
MOTE_INDEX(kCompare0, MOTE_COMPARE_FORMS_0(MOTE_FORM_2, ))
MOTE_INDEX(kCompare1, MOTE_COMPARE_FORMS_1(MOTE_FORM_2, ))
MOTE_INDEX(kCompare2, MOTE_COMPARE_FORMS_2(MOTE_FORM_2, ))
MOTE_INDEX(kBranchI0, MOTE_BRANCH_FORMS_I0(MOTE_FORM_3, ))
MOTE_INDEX(kBranchI1, MOTE_BRANCH_FORMS_I1(MOTE_FORM_3, ))
MOTE_INDEX(kBranchI2, MOTE_BRANCH_FORMS_I2(MOTE_FORM_3, ))
MOTE_INDEX(kBranchF0, MOTE_BRANCH_FORMS_F0(MOTE_FORM_3, ))
MOTE_INDEX(kBranchF1, MOTE_BRANCH_FORMS_F1(MOTE_FORM_3, ))
MOTE_INDEX(kBranchF2, MOTE_BRANCH_FORMS_F2(MOTE_FORM_3, ))
MOTE_INDEX(kStore00, MOTE_STORE_FORMS_00(MOTE_FORM_3, ))
MOTE_INDEX(kStore10, MOTE_STORE_FORMS_10(MOTE_FORM_3, ))
MOTE_INDEX(kStore11, MOTE_STORE_FORMS_11(MOTE_FORM_3, ))

// Picks the index that a macro of forms.hpp chooses for each type, in the order of type_number.
#define MOTE_BY_TYPE(X) \
  { &X(I32), &X(I64), &X(F32), &X(F64) }
#define MOTE_BY_LEVEL(prefix, type, commutes) MOTE_FORMS_PASTE(prefix, MOTE_LEVEL_##type, commutes)

// 0x7F, i32, to 0x7C, f64.
int type_number(ValueType type) { return (0x7F - static_cast<int>(type)) & 3; }

}  // namespace

const FormIndex& forms_of(const Instruction& info) {
  static_assert(MOTE_OUT_I64 == 0 || MOTE_LEVEL_I64 == 0, "outlined: slots only");
  static_assert(MOTE_OUT_F64 == 0 || MOTE_LEVEL_F64 == 0, "outlined: slots only");
  static_assert(MOTE_OUT_F32 == 0 || MOTE_BRANCH_LEVEL_F32 == 0, "outlined: no branches");
#define MOTE_PLAIN(type) MOTE_BY_LEVEL(kBinary, type, 0)
#define MOTE_COMMUTING(type) MOTE_BY_LEVEL(kBinary, type, 1)
#define MOTE_SUBTRACTING(type) MOTE_BY_LEVEL(kBinary, type, 2)
#define MOTE_TRAPPING(type) MOTE_FORMS_PASTE(kBinary, MOTE_TRAP_LEVEL_##type, 0)
#define MOTE_COMPARED(type) MOTE_BY_LEVEL(kCompare, type, )
#define MOTE_LOADED(type) MOTE_FORMS_PASTE(kLoad, MOTE_OWN_I32, MOTE_OWN_##type)
#define MOTE_STORED(type) MOTE_FORMS_PASTE(kStore, MOTE_OWN_I32, MOTE_OWN_##type)
  static constexpr const FormIndex* kUnaries[] = {&kUnary00, &kUnary01, &kUnary10, &kUnary11};
  static constexpr const FormIndex* kBinaries[] = MOTE_BY_TYPE(MOTE_PLAIN);
  static constexpr const FormIndex* kCommuting[] = MOTE_BY_TYPE(MOTE_COMMUTING);
  static constexpr const FormIndex* kSubtracting[] = {&MOTE_SUBTRACTING(I32),
                                                      &MOTE_SUBTRACTING(I64)};
  static constexpr const FormIndex* kTrapping[] = {&MOTE_TRAPPING(I32), &MOTE_TRAPPING(I64)};
  static constexpr const FormIndex* kCompares[] = MOTE_BY_TYPE(MOTE_COMPARED);
  static constexpr const FormIndex* kLoads[] = MOTE_BY_TYPE(MOTE_LOADED);
  static constexpr const FormIndex* kStores[] = MOTE_BY_TYPE(MOTE_STORED);
  const bool is_arithmetic = info.shape != Shape::kLoad && info.shape != Shape::kStore;
  // A function takes its operands from slots and leaves its result there.
  if (is_arithmetic && is_outlined(info)) return kUnary00;
  switch (info.shape) {
    case Shape::kBinary:
      // What traps divides integers: 0 or 1. (Analyzers do not know.)
      if (info.can_trap) return *kTrapping[type_number(info.operand()) & 1];
      if (info.subtracts) return *kSubtracting[type_number(info.operand()) & 1];
      return *(info.commutes ? kCommuting : kBinaries)[type_number(info.operand())];
    case Shape::kCompare: return *kCompares[type_number(info.operand())];
    case Shape::kLoad: return *kLoads[type_number(moved_as(info.result()))];
    case Shape::kStore: return *kStores[type_number(moved_as(info.result()))];
    default:
      return *kUnaries[(owns_accumulator(info.operand()) ? 2 : 0) +
                       (owns_accumulator(info.result()) ? 1 : 0)];
  }
}

const FormIndex& branch_forms_of(const Instruction& info) {
#define MOTE_BRANCHING(type) MOTE_FORMS_PASTE(kBranch, MOTE_KIND_##type, MOTE_BRANCH_LEVEL_##type)
  static constexpr const FormIndex* kBranches[] = MOTE_BY_TYPE(MOTE_BRANCHING);
  return *kBranches[type_number(info.operand())];
}

}  // namespace mote::detail

#endif
