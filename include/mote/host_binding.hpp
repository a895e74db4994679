// How C++ types of host functions become Wasm signatures. Included by host.hpp; not for use alone.
#pragma once

#include <mote/host.hpp>

namespace mote {
namespace detail {

// Binding<T>: how one C++ parameter or result type is passed. kCount counts Wasm parameters, kBytes
// what they take in the guest's frame; `types` writes their value types, `prepare` makes guest
// memory accessible (it may move the memory, so all parameters are prepared before any is read),
// `read` and `write` convert. `slots` is where the value is in the frame, aligned to 4 bytes.
template <class T>
struct Binding;

template <class T, ValueType kType>
struct NumberBinding {
  static constexpr uint16_t kCount = 1;
  static constexpr uint16_t kBytes = sizeof(T);
  static constexpr void types(ValueType* out) { out[0] = kType; }
  static ErrorCode prepare(Host&, const uint8_t*) { return ErrorCode::kOk; }
  static T read(Host&, const uint8_t* slots) {
    T value;
    memcpy(static_cast<void*>(&value), __builtin_assume_aligned(slots, 4), sizeof value);
    return value;
  }
  static void write(uint8_t* slots, T value) {
    memcpy(__builtin_assume_aligned(slots, 4), &value, sizeof value);
  }
};
// Which of them int32_t and int64_t are differs between systems; their size is what counts.
template <class T>
struct IntegerBinding : NumberBinding<T, sizeof(T) == 4 ? ValueType::kI32 : ValueType::kI64> {};
template <>
struct Binding<int> : IntegerBinding<int> {};
template <>
struct Binding<unsigned> : IntegerBinding<unsigned> {};
template <>
struct Binding<long> : IntegerBinding<long> {};
template <>
struct Binding<unsigned long> : IntegerBinding<unsigned long> {};
template <>
struct Binding<long long> : IntegerBinding<long long> {};
template <>
struct Binding<unsigned long long> : IntegerBinding<unsigned long long> {};
static_assert(sizeof(int) == 4 && sizeof(long long) == 8, "integers of 32 and 64 bits");
template <>
struct Binding<float> : NumberBinding<float, ValueType::kF32> {};
template <>
struct Binding<double> : NumberBinding<double, ValueType::kF64> {};
template <>
struct Binding<ExternRef> : NumberBinding<ExternRef, ValueType::kExternRef> {};

template <class T>
struct SpanBinding {
  static constexpr uint16_t kCount = 2;
  static constexpr uint16_t kBytes = 8;
  static constexpr void types(ValueType* out) { out[0] = out[1] = ValueType::kI32; }
  static uint32_t word(const uint8_t* slots, uint32_t number) {
    uint32_t value;
    memcpy(&value, __builtin_assume_aligned(slots + 4 * number, 4), sizeof value);
    return value;
  }
  static ErrorCode prepare(Host& host, const uint8_t* slots) {
    const uint32_t address = word(slots, 0);
    if (address % alignof(T) != 0) return ErrorCode::kMemoryBounds;
    return host.touch(address, static_cast<uint64_t>(word(slots, 1)) * sizeof(T));
  }
  static Span<T> read(Host& host, const uint8_t* slots) {
    const MutableBytes bytes =
        host.memory(word(slots, 0), word(slots, 1) * static_cast<uint32_t>(sizeof(T)));
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};
template <class T>
struct Binding<Span<T>> : SpanBinding<T> {};
template <>
struct Binding<StringView> : SpanBinding<const char> {
  static StringView read(Host& host, const uint8_t* slots) {
    const Span<const char> text = SpanBinding<const char>::read(host, slots);
    return {text.data(), text.size()};
  }
};

// Host functions take at most this many Wasm parameters.
constexpr uint16_t kMaxHostParameters = 16;

// Result types.
template <class R>
struct ResultBinding {
  static constexpr uint16_t kCount = 1;
  static constexpr void types(ValueType* out) { Binding<R>::types(out); }
  static HostStatus finish(uint8_t* slots, R value) {
    Binding<R>::write(slots, value);
    return {};
  }
};
template <class R>
struct ResultBinding<HostResult<R>> {
  static constexpr uint16_t kCount = 1;
  static constexpr void types(ValueType* out) { Binding<R>::types(out); }
  static HostStatus finish(uint8_t* slots, const HostResult<R>& result) {
    Binding<R>::write(slots, result.value());
    return result.status();
  }
};
struct NoResult {
  static constexpr uint16_t kCount = 0;
  static constexpr void types(ValueType*) {}
};
template <>
struct ResultBinding<void> : NoResult {};
template <>
struct ResultBinding<HostResult<void>> : NoResult {
  static HostStatus finish(uint8_t*, const HostResult<void>& result) { return result.status(); }
};
template <>
struct ResultBinding<HostStatus> : NoResult {
  static HostStatus finish(uint8_t*, const HostStatus& status) { return status; }
};

template <uint16_t kCount>
struct TypeArray {
  ValueType types[kCount == 0 ? 1 : kCount] = {};
};

template <auto kFunction, bool kTakesHost, class R, class... P>
struct HostBindingFor {
  static constexpr uint16_t kParameters = (Binding<P>::kCount + ... + 0);
  static constexpr uint16_t kResultCount = ResultBinding<R>::kCount;

  static_assert(kParameters <= kMaxHostParameters, "too many parameters for a host function");

  static constexpr TypeArray<kParameters> parameter_types() {
    TypeArray<kParameters> array;
    uint16_t at = 0;
    ((Binding<P>::types(array.types + at), at = static_cast<uint16_t>(at + Binding<P>::kCount)),
     ...);
    (void)at;
    return array;
  }
  static constexpr TypeArray<1> result_types() {
    TypeArray<1> array;
    ResultBinding<R>::types(array.types);
    return array;
  }
  static constexpr TypeArray<kParameters> kParameterTypes = parameter_types();
  static constexpr TypeArray<1> kResultTypes = result_types();

  // Position of parameter kIndex in the frame.
  template <size_t kIndex>
  static constexpr uint16_t offset_of() {
    constexpr uint16_t kBytes[] = {Binding<P>::kBytes..., 0};
    uint16_t at = 0;
    for (size_t i = 0; i < kIndex; i++) at = static_cast<uint16_t>(at + kBytes[i]);
    return at;
  }

  template <size_t... kIndex>
  struct Indices {};
  template <size_t kCount, size_t... kIndex>
  struct MakeIndices : MakeIndices<kCount - 1, kCount - 1, kIndex...> {};
  template <size_t... kIndex>
  struct MakeIndices<0, kIndex...> {
    using Type = Indices<kIndex...>;
  };

  template <size_t... kIndex>
  static HostStatus call(Host& host, uint8_t* slots, Indices<kIndex...>) {
    ErrorCode code = ErrorCode::kOk;
    (void)((code = Binding<P>::prepare(host, slots + offset_of<kIndex>()),
            code == ErrorCode::kOk) &&
           ...);
    if (code != ErrorCode::kOk) return host_trap(code);
    auto invoke = [&]() -> R {
      if constexpr (kTakesHost) {
        return kFunction(host, Binding<P>::read(host, slots + offset_of<kIndex>())...);
      } else {
        return kFunction(Binding<P>::read(host, slots + offset_of<kIndex>())...);
      }
    };
    if constexpr (__is_same(R, void)) {
      invoke();
      return {};
    } else {
      return ResultBinding<R>::finish(slots, invoke());
    }
  }

  static HostStatus call(Host& host, uint8_t* slots) {
    return call(host, slots, typename MakeIndices<sizeof...(P)>::Type{});
  }
};

template <auto kFunction, class F>
struct HostBinding;
template <auto kFunction, class R, class... P>
struct HostBinding<kFunction, R (*)(P...)> : HostBindingFor<kFunction, false, R, P...> {};
template <auto kFunction, class R, class... P>
struct HostBinding<kFunction, R (*)(Host&, P...)> : HostBindingFor<kFunction, true, R, P...> {};

}  // namespace detail

}  // namespace mote
