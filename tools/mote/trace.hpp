// A trace of host calls: what a guest called, with which values, and how it ended.
#pragma once

#include <deque>
#include <mote/host.hpp>
#include <mote/store.hpp>
#include <string>

namespace mote::tool {

// Stands between a guest and the host functions that it is offered. Must outlive the store.
class Trace {
 public:
  // Off: offers the functions as they are.
  explicit Trace(bool is_on) : is_on_(is_on) {}
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  // Like Store::provide. Each call prints a line on stderr when it has ended.
  Error provide(Store& store, Span<const HostFunction> functions, void* context = nullptr);

 private:
  struct Traced {
    HostFunction function;  // what the store sees: with call() as its thunk
    detail::HostThunk thunk;
    void* context;
  };

  static HostStatus call(Host& host, uint8_t* slots);

  bool is_on_;
  std::deque<Traced> functions_;  // the store points to them
};

}  // namespace mote::tool
