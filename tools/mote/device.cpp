// Runs the device model: see device.hpp.
#include "device.hpp"

#include <algorithm>
#include <cstring>
#include <mote/mote.hpp>
#include <mote/port_linux.hpp>

#include "device_model_standard_fast.hpp"
#include "device_model_tiny_fast.hpp"
#include "device_model_tiny_small.hpp"

namespace mote::tool {

using device::Trial;

namespace {

constexpr size_t kStoreBytes = size_t{6} << 30;  // reserved, not used
constexpr uint32_t kGuestStack = 1024 * 1024;
constexpr uint64_t kLeastPlenty = 16 * 1024 * 1024;
constexpr uint64_t kMostPlenty = 1024 * 1024 * 1024;

// Empty: no model was built for such a target.
Bytes model_bytes(const MeasuredTarget& target) {
  struct Built {
    const char* profile;
    const char* handlers;
    Bytes bytes;
  };
  const Built models[] = {{"tiny", "small", Bytes(kTinySmallModel)},
                          {"tiny", "fast", Bytes(kTinyFastModel)},
                          {"standard", "fast", Bytes(kStandardFastModel)}};
  for (const Built& model : models) {
    if (std::strcmp(model.profile, target.profile) == 0 &&
        std::strcmp(model.handlers, target.handlers) == 0) {
      return model.bytes;
    }
  }
  return {};
}

// Guests are little-endian, and the host need not be.
void put_words(uint8_t* to, const Trial& trial) {
  uint32_t words[device::kTrialWords];
  std::memcpy(words, &trial, sizeof words);
  for (uint32_t word : words) {
    for (int i = 0; i < 4; i++) *to++ = static_cast<uint8_t>(word >> (8 * i));
  }
}

Trial get_words(const uint8_t* from) {
  uint32_t words[device::kTrialWords];
  for (uint32_t& word : words) {
    word = 0;
    for (int i = 0; i < 4; i++) word |= static_cast<uint32_t>(*from++) << (8 * i);
  }
  Trial trial;
  std::memcpy(&trial, words, sizeof words);
  return trial;
}

}  // namespace

struct Device::Model {
  Model() : memory(kStoreBytes), store(memory.bytes(), {true}), execution(store, kGuestStack) {}

  port::Ram memory;
  Store store;
  Execution execution;
  Instance* instance = nullptr;
};

Device::Device(const MeasuredTarget& target, const std::vector<uint8_t>& module,
               const std::vector<std::string>& calls, uint32_t fuel)
    : model_(std::make_unique<Model>()) {
  const Module* loaded = nullptr;
  Error error = load(model_->store, model_bytes(target), &loaded, {true, true});
  if (error.ok()) error = model_->store.instantiate(loaded, &model_->instance);
  if (!error.ok()) {
    char text[256];
    describe(error, text);
    problem_ = text;
    return;
  }
  trial_at_ = call("trial", 0, false);
  std::string names;
  for (const std::string& name : calls) names += name + '\0';
  const uint64_t plenty = std::min(kMostPlenty, kLeastPlenty + 16 * uint64_t{module.size()});
  plenty_ = static_cast<uint32_t>(plenty);
  request_.module_bytes = static_cast<uint32_t>(module.size());
  request_.module_at = room(module.size());
  request_.calls_bytes = static_cast<uint32_t>(names.size());
  request_.calls_at = room(names.size());
  request_.ram_at = room(plenty_);
  request_.ram_bytes = plenty_;
  request_.fuel = fuel;
  if (!problem_.empty()) return;
  write(request_.module_at, module.data(), module.size());
  write(request_.calls_at, names.data(), names.size());

  uint8_t words[sizeof(Trial)];
  put_words(words, request_);
  write(trial_at_, words, sizeof words);
  const bool is_prepared = call("prepare", 0, false) != 0;
  const MutableBytes found = model_->instance->memory(trial_at_, sizeof(Trial));
  if (!problem_.empty() || found.empty()) return;
  prepared_ = get_words(found.data());
  request_.ram_at = is_prepared ? room(plenty_) : 0;  // the first one has what imports are made of
  is_ready_ = is_prepared && problem_.empty();
}

Device::~Device() = default;

Trial Device::run(device::Way way, uint32_t guest_stack, uint32_t ram_bytes) {
  Trial trial = request_;
  trial.way = way;
  trial.guest_stack = guest_stack;
  trial.ram_bytes = ram_bytes == 0 ? plenty_ : std::min(ram_bytes, plenty_);
  if (way == device::kSaved) {
    trial.module_at = prepared_.image_at;
    trial.module_bytes = prepared_.image_bytes;
  }
  uint8_t words[sizeof(Trial)];
  put_words(words, trial);
  write(trial_at_, words, sizeof words);
  call("run", 0, false);
  const MutableBytes found = model_->instance->memory(trial_at_, sizeof(Trial));
  if (problem_.empty() && !found.empty()) trial = get_words(found.data());
  trial.image_bytes = prepared_.image_bytes;
  trial.uses_wasi = prepared_.uses_wasi;
  trial.uses_files = prepared_.uses_files;
  trial.wasi_bytes = prepared_.wasi_bytes;
  trial.files_bytes = prepared_.files_bytes;
  return trial;
}

void Device::write(uint32_t address, const void* bytes, size_t size) {
  if (size == 0 || !problem_.empty()) return;
  const MutableBytes to = model_->instance->memory(address, static_cast<uint32_t>(size));
  if (to.size() != size) {
    problem_ = "there is no memory for the model";
    return;
  }
  std::memcpy(to.data(), bytes, size);
}

uint32_t Device::room(size_t bytes) {
  const uint32_t address = call("room", static_cast<uint32_t>(bytes), true);
  if (address == 0 && problem_.empty()) problem_ = "there is no memory for the model";
  return address;
}

uint32_t Device::call(const char* name, uint32_t argument, bool has_argument) {
  if (!problem_.empty()) return 0;
  const Value value = Value::i32(static_cast<int32_t>(argument));
  const RunState state = model_->execution.run(model_->instance->function(name),
                                               Span<const Value>(&value, has_argument ? 1 : 0));
  if (state == RunState::kDone) {
    return static_cast<uint32_t>(model_->execution.result(0).as_i32());
  }
  char text[256];
  describe(state == RunState::kTrapped ? model_->execution.trap() : model_->execution.error(),
           text);
  problem_ = std::string(name) + ": " + text;
  return 0;
}

}  // namespace mote::tool
