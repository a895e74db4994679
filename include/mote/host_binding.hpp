// How C++ types of host functions become Wasm signatures. Included by host.hpp; not for use alone.
#pragma once

#include <mote/host.hpp>

namespace mote {
namespace detail {

// Binding<T>: how one C++ parameter or result type is passed. kCells counts Wasm parameters,
// `types` writes their value types, `prepare` makes guest memory accessible (it may move the
// memory, so all parameters are prepared before any is read), `read` and `write` convert.
template <class T>
struct Binding;

template <class T, class Raw, ValueType kType>
struct NumberBinding {
  static constexpr uint16_t kCells = 1;
  static constexpr void types(ValueType* out) { out[0] = kType; }
  static ErrorCode prepare(Host&, const uint64_t*) { return ErrorCode::kOk; }
  static T read(Host&, const uint64_t* cells) {
    const Raw raw = static_cast<Raw>(cells[0]);
    T value;
    memcpy(&value, &raw, sizeof value);
    return value;
  }
  static void write(uint64_t* cells, T value) {
    Raw raw;
    memcpy(&raw, &value, sizeof raw);
    cells[0] = raw;
  }
};
template <>
struct Binding<int32_t> : NumberBinding<int32_t, uint32_t, ValueType::kI32> {};
template <>
struct Binding<uint32_t> : NumberBinding<uint32_t, uint32_t, ValueType::kI32> {};
template <>
struct Binding<int64_t> : NumberBinding<int64_t, uint64_t, ValueType::kI64> {};
template <>
struct Binding<uint64_t> : NumberBinding<uint64_t, uint64_t, ValueType::kI64> {};
template <>
struct Binding<float> : NumberBinding<float, uint32_t, ValueType::kF32> {};
template <>
struct Binding<double> : NumberBinding<double, uint64_t, ValueType::kF64> {};
template <>
struct Binding<ExternRef> : NumberBinding<ExternRef, uint32_t, ValueType::kExternRef> {};

template <class T>
struct SpanBinding {
  static constexpr uint16_t kCells = 2;
  static constexpr void types(ValueType* out) { out[0] = out[1] = ValueType::kI32; }
  static ErrorCode prepare(Host& host, const uint64_t* cells) {
    const uint32_t address = static_cast<uint32_t>(cells[0]);
    const uint64_t length = static_cast<uint64_t>(static_cast<uint32_t>(cells[1])) * sizeof(T);
    if (address % alignof(T) != 0) return ErrorCode::kMemoryBounds;
    return host.touch(address, length);
  }
  static Span<T> read(Host& host, const uint64_t* cells) {
    const uint32_t count = static_cast<uint32_t>(cells[1]);
    const MutableBytes bytes =
        host.memory(static_cast<uint32_t>(cells[0]), count * static_cast<uint32_t>(sizeof(T)));
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};
template <class T>
struct Binding<Span<T>> : SpanBinding<T> {};
template <>
struct Binding<StringView> : SpanBinding<const char> {
  static StringView read(Host& host, const uint64_t* cells) {
    const Span<const char> text = SpanBinding<const char>::read(host, cells);
    return {text.data(), text.size()};
  }
};

// Host functions take at most this many Wasm parameters.
constexpr uint16_t kMaxHostParameters = 16;

// Result types.
template <class R>
struct ResultBinding {
  static constexpr uint16_t kCells = 1;
  static constexpr void types(ValueType* out) { Binding<R>::types(out); }
  static HostStatus finish(uint64_t* cells, R value) {
    Binding<R>::write(cells, value);
    return {};
  }
};
template <class R>
struct ResultBinding<HostResult<R>> {
  static constexpr uint16_t kCells = 1;
  static constexpr void types(ValueType* out) { Binding<R>::types(out); }
  static HostStatus finish(uint64_t* cells, const HostResult<R>& result) {
    Binding<R>::write(cells, result.value());
    return result.status();
  }
};
struct NoResult {
  static constexpr uint16_t kCells = 0;
  static constexpr void types(ValueType*) {}
};
template <>
struct ResultBinding<void> : NoResult {};
template <>
struct ResultBinding<HostResult<void>> : NoResult {
  static HostStatus finish(uint64_t*, const HostResult<void>& result) { return result.status(); }
};
template <>
struct ResultBinding<HostStatus> : NoResult {
  static HostStatus finish(uint64_t*, const HostStatus& status) { return status; }
};

template <uint16_t kCount>
struct TypeArray {
  ValueType types[kCount == 0 ? 1 : kCount] = {};
};

template <auto kFunction, bool kTakesHost, class R, class... P>
struct HostBindingFor {
  static constexpr uint16_t kParameters = (Binding<P>::kCells + ... + 0);
  static constexpr uint16_t kResultCells = ResultBinding<R>::kCells;

  static_assert(kParameters <= kMaxHostParameters, "too many parameters for a host function");

  static constexpr TypeArray<kParameters> parameter_types() {
    TypeArray<kParameters> array;
    uint16_t at = 0;
    ((Binding<P>::types(array.types + at), at = static_cast<uint16_t>(at + Binding<P>::kCells)),
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

  // Position of parameter kIndex in the cells.
  template <size_t kIndex>
  static constexpr uint16_t cell_of() {
    constexpr uint16_t kCells[] = {Binding<P>::kCells..., 0};
    uint16_t at = 0;
    for (size_t i = 0; i < kIndex; i++) at = static_cast<uint16_t>(at + kCells[i]);
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
  static HostStatus call(Host& host, uint64_t* cells, Indices<kIndex...>) {
    ErrorCode code = ErrorCode::kOk;
    (void)((code = Binding<P>::prepare(host, cells + cell_of<kIndex>()), code == ErrorCode::kOk) &&
           ...);
    if (code != ErrorCode::kOk) return host_trap(code);
    auto invoke = [&]() -> R {
      if constexpr (kTakesHost) {
        return kFunction(host, Binding<P>::read(host, cells + cell_of<kIndex>())...);
      } else {
        return kFunction(Binding<P>::read(host, cells + cell_of<kIndex>())...);
      }
    };
    if constexpr (__is_same(R, void)) {
      invoke();
      return {};
    } else {
      return ResultBinding<R>::finish(cells, invoke());
    }
  }

  static HostStatus thunk(Host& host, uint64_t* cells) {
    return call(host, cells, typename MakeIndices<sizeof...(P)>::Type{});
  }
};

template <auto kFunction, class F>
struct HostBinding;
template <auto kFunction, class R, class... P>
struct HostBinding<kFunction, R (*)(P...)> : HostBindingFor<kFunction, false, R, P...> {};
template <auto kFunction, class R, class... P>
struct HostBinding<kFunction, R (*)(Host&, P...)> : HostBindingFor<kFunction, true, R, P...> {};

}  // namespace detail

// An entry for a table of host functions. Constant: such a table can lie in flash.
template <auto kFunction>
constexpr HostFunction host_function(const char* module_name, const char* field_name) {
  using B = detail::HostBinding<kFunction, decltype(kFunction)>;
  return HostFunction{module_name, field_name,
                      FunctionType{B::kParameterTypes.types, B::kResultTypes.types, B::kParameters,
                                   B::kResultCells},
                      &B::thunk};
}

}  // namespace mote
