// mote inspect --ram: see fit.hpp. The answer first, then the table and the picture, then what to
// change.
#include "fit.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mote/port_linux.hpp>
#include <nlohmann/json.hpp>

#include "picture.hpp"
#include "plan.hpp"

namespace mote::tool {

using device::Trial;

namespace {

constexpr size_t kStoreBytes = size_t{4} << 30;  // reserved, not used
constexpr uint32_t kFuel = 2000000;              // for each call: seconds at most

constexpr uint64_t kMostStack = 16 << 20;  // of which there is room in the model

// ---- What the module is ----------------------------------------------------------------------

int refuse(const FitOptions& options, const std::string& message, int code) {
  std::fprintf(stderr, "mote: %s: %s\n", options.file.c_str(), message.c_str());
  return code;
}

bool exports_function(const Module& module, const std::string& name) {
  for (uint32_t i = 0; i < module.export_count(); i++) {
    const ExportInfo entry = module.export_at(i);
    if (entry.type.kind == ExternKind::kFunction && to_string(entry.name) == name) return true;
  }
  return false;
}

// What `mote run` would call: _start, or _initialize before what was asked for.
std::vector<std::string> calls_of(const FitOptions& options, const Module& module) {
  if (options.calls.empty() && exports_function(module, "_start")) return {"_start"};
  std::vector<std::string> calls = options.calls;
  if (exports_function(module, "_initialize")) calls.insert(calls.begin(), "_initialize");
  return calls;
}

// "": every call names an exported function.
std::string missing_export(const std::vector<std::string>& calls, const Module& module) {
  for (const std::string& name : calls) {
    if (!exports_function(module, name)) return name;
  }
  return "";
}

// ---- Plans -----------------------------------------------------------------------------------

// What a model that could not look at the module says; exit code.
int refuse_model(const FitOptions& options, const Device& device) {
  const Trial& trial = device.prepared();
  if (!device.problem().empty()) {
    return refuse(options, "the device model failed: " + device.problem(), kExitExhausted);
  }
  Error error;
  error.code = static_cast<ErrorCode>(trial.error);
  error.feature = static_cast<Feature>(trial.feature);
  error.offset = trial.offset;
  error.function = trial.function;
  return report_error(options.file, error, nullptr);
}

// All plans, the preferred ones first; each model is made once. Targets whose profile lacks what
// the module needs are left out, and `lacks` says what that was. False: a message was printed.
bool make_plans(const FitOptions& options, const std::vector<uint8_t>& bytes,
                const std::vector<std::string>& calls, bool is_run, std::vector<Plan>* plans,
                std::string* lacks, int* code) {
  std::map<std::string, std::unique_ptr<Device>> devices;
  for (const MeasuredTarget* target : targets_of(options.target)) {
    std::unique_ptr<Device>& device = devices[std::string(target->profile) + target->handlers];
    if (device == nullptr) device = std::make_unique<Device>(*target, bytes, calls, kFuel);
    if (!device->is_ready()) {
      const Trial& trial = device->prepared();
      if (!device->problem().empty() ||
          static_cast<ErrorCode>(trial.error) != ErrorCode::kFeatureOff) {
        *code = refuse_model(options, *device);
        return false;
      }
      *lacks = std::string("the ") + target->profile + " profile does not have " +
               mote::name_of(static_cast<Feature>(trial.feature)) + ", which it needs";
      continue;
    }
    for (const device::Way way : {device::kFlash, device::kSaved, device::kStream}) {
      device::Way wanted = way;
      if (!options.way.empty() && (!parse_way(options.way, &wanted) || wanted != way)) continue;
      plans->push_back(
          make_plan(*target, *device, way, static_cast<uint32_t>(options.stack), is_run));
    }
  }
  if (!plans->empty()) return true;
  *code = refuse(options,
                 "No: " + *lacks + ". Firmware of the standard profile has more: --target " +
                     "cortex-m4f-standard",
                 kExitDoesNotFit);
  return false;
}

// The first one that fits; else the one that is least too large.
const Plan& choose(const std::vector<Plan>& plans, const FitOptions& options) {
  const auto excess = [&options](const Plan& plan) {
    const double ram = static_cast<double>(plan.ram_bytes()) / static_cast<double>(options.ram);
    const double flash = options.flash == 0 ? 0
                                            : static_cast<double>(plan.flash_bytes()) /
                                                  static_cast<double>(options.flash);
    return std::max(ram, flash);
  };
  const Plan* best = &plans.front();
  for (const Plan& plan : plans) {
    if (plan.fits(options.ram, options.flash)) return plan;
    if (excess(plan) < excess(*best)) best = &plan;
  }
  return *best;
}

// ---- Text ------------------------------------------------------------------------------------

std::string with_commas(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string bytes_text(uint64_t bytes) { return with_commas(bytes) + " bytes"; }

void print_memory(const char* name, const std::vector<Part>& parts, uint64_t used, uint64_t size,
                  bool ascii) {
  std::printf("\n%s: %s", name, bytes_text(used).c_str());
  if (size != 0) {
    std::printf(" of %s%s", with_commas(size).c_str(), used > size ? ", TOO MUCH" : "");
  }
  std::printf("\n  %s\n", memory_bar(parts, size, ascii).c_str());
  uint64_t most = 0;
  for (const Part& part : parts) most = std::max(most, part.bytes);
  for (size_t i = 0; i < parts.size(); i++) {
    const Part& part = parts[i];
    std::string line = with_commas(part.bytes);
    line.insert(0, 11 - std::min<size_t>(11, line.size()), ' ');
    line += "  " + share_bar(part.bytes, most, 12, ascii) + "  " + part.note;
    line.resize(line.find_last_not_of(' ') + 1);
    std::printf("  %c %-14s%s\n", part_letter(i), part.name.c_str(), line.c_str());
  }
}

// How the calls went, in one line.
std::string run_text(const Trial& trial, const std::vector<std::string>& calls) {
  if (trial.step == device::kRan) {
    if (calls.empty()) return "nothing was called: what it takes at run time is not known";
    std::string text = "after calling ";
    for (size_t i = 0; i < calls.size(); i++) text += (i == 0 ? "" : ", ") + calls[i];
    if (trial.stub_calls != 0) {
      text +=
          "; " + std::to_string(trial.stub_calls) + " calls of imports did nothing and returned 0";
    }
    if (trial.uses_files != 0) {
      text += "; its files were on an empty disk of " + std::to_string(device::kDiskBytes / 1024) +
              " KB, as \"/\"";
    }
    return text;
  }
  const std::string name =
      trial.calls_done < calls.size() ? calls[trial.calls_done] : "the start function";
  if (static_cast<RunState>(trial.run_state) == RunState::kOutOfFuel) {
    return name + " was stopped after " + with_commas(kFuel) +
           " checks: it may need more than was seen until then";
  }
  std::string why = text_of(static_cast<ErrorCode>(trial.run_error));
  return name + " did not come to its end (" + why +
         "): it may need more than was seen until then. Imports did nothing and returned 0";
}

void print_answer(const FitOptions& options, const Plan& plan, bool fits) {
  std::string sizes = bytes_text(options.ram) + " of RAM";
  if (options.flash != 0) sizes += " and " + with_commas(options.flash) + " of flash";
  std::printf("%s: %s %s %s.\n", fits ? "Yes" : "No", options.file.c_str(),
              fits ? "fits" : "does not fit", sizes.c_str());
  if (!fits) {
    if (plan.ram_bytes() > options.ram) {
      std::printf("  %s of RAM are missing\n", bytes_text(plan.ram_bytes() - options.ram).c_str());
    }
    if (options.flash != 0 && plan.flash_bytes() > options.flash) {
      std::printf("  %s of flash are missing\n",
                  bytes_text(plan.flash_bytes() - options.flash).c_str());
    }
  }
  constexpr const char* kWays[] = {"the module comes in chunks and is not kept",
                                   "the module lies in flash, its code in RAM",
                                   "code is saved to flash and runs there"};
  std::printf("  %s, %s profile, %s handlers; %s\n", plan.target->name, plan.target->profile,
              plan.target->handlers, kWays[plan.way]);
}

void print_choices(const FitOptions& options, const std::vector<Plan>& plans, const Plan& chosen) {
  if (plans.size() < 2) return;
  std::printf("\nChoices (bytes)\n  %-20s %-7s %10s %10s\n", "target", "module", "RAM", "flash");
  for (const Plan& plan : plans) {
    std::printf("  %-20s %-7s %10s %10s  %s%s\n", plan.target->name, name_of(plan.way),
                with_commas(plan.ram_bytes()).c_str(), with_commas(plan.flash_bytes()).c_str(),
                plan.fits(options.ram, options.flash) ? "fits" : "does not fit",
                &plan == &chosen ? ", shown above" : "");
  }
}

// ---- Advice ----------------------------------------------------------------------------------

const Plan* find(const std::vector<Plan>& plans, const MeasuredTarget* target, device::Way way) {
  for (const Plan& plan : plans) {
    if (plan.target == target && plan.way == way) return &plan;
  }
  return nullptr;
}

std::vector<std::string> ram_advice(const FitOptions& options, const std::vector<Plan>& plans,
                                    const Plan& plan) {
  std::vector<std::string> advice;
  const Trial& trial = plan.trial;
  const Plan* saved = find(plans, plan.target, device::kSaved);
  if (saved != nullptr && saved != &plan && saved->ram_bytes() < plan.ram_bytes()) {
    advice.push_back("save the code to flash and run it there (mote/image.hpp): " +
                     bytes_text(plan.ram_bytes() - saved->ram_bytes()) + " less RAM");
  }
  if (plan.making > plan.arena) {
    advice.push_back("make the image on a larger board with the same firmware: " +
                     bytes_text(plan.making - plan.arena) + " less RAM");
  }
  if (plan.way != device::kSaved && trial.map_bytes != 0) {
    advice.push_back("build with -DMOTE_CODE_OFFSETS=0 (traps without byte offsets): " +
                     bytes_text(trial.map_bytes) + " less RAM");
  }
  if (trial.stack_pointer > trial.data_end && trial.data_end != 0) {
    advice.push_back("link with -Wl,--stack-first,-z,stack-size=1024: the C stack begins at " +
                     with_commas(trial.stack_pointer) + ", above the data that ends at " +
                     with_commas(trial.data_end) +
                     "; a function that uses it makes Mote back all between, " +
                     bytes_text(trial.stack_pointer - trial.data_end));
  } else if (trial.page_size > 1 && trial.memory_backed > 4096) {
    advice.push_back(
        "link with a smaller C stack (-Wl,-z,stack-size=512), and keep less in memory: " +
        bytes_text(trial.memory_backed) + " of linear memory are in use, " +
        with_commas(trial.memory_at_start) + " of them for data from the start");
  }
  if (trial.page_size > 1 && trial.memory_declared != 0) {
    const uint64_t least = std::max(trial.data_end, trial.stack_pointer);
    if (trial.memory_backed > trial.memory_declared / 4 * 3 && least < trial.memory_declared) {
      advice.push_back(
          "it touches its memory to the end, as allocators do: declare less, with pages of one "
          "byte "
          "(-Wl,--page-size=1; firmware with -DMOTE_FEATURE_CUSTOM_PAGE_SIZES=1) and a small C "
          "stack. "
          "C stack and data end at " +
          with_commas(least) + "; all above is " + bytes_text(trial.memory_declared - least));
    } else if (trial.memory_declared > trial.memory_backed) {
      advice.push_back(
          "declaring less linear memory saves nothing: only what is touched takes RAM");
    }
  }
  if (options.stack != 0 && trial.step == device::kRan &&
      trial.stack_peak + 64 < plan.guest_stack) {
    advice.push_back("give the guest a stack of " + with_commas((trial.stack_peak + 7) / 8 * 8) +
                     " instead of " + with_commas(plan.guest_stack) + ": " +
                     bytes_text(plan.guest_stack - (trial.stack_peak + 7) / 8 * 8) + " less RAM");
  }
  return advice;
}

std::vector<std::string> flash_advice(const std::vector<Plan>& plans, const Plan& plan) {
  std::vector<std::string> advice;
  uint64_t least = plan.flash_bytes();
  const Plan* smallest = nullptr;
  for (const Plan& other : plans) {
    if (other.flash_bytes() >= least) continue;
    least = other.flash_bytes();
    smallest = &other;
  }
  if (smallest != nullptr) {
    advice.push_back(std::string("take ") + smallest->target->handlers + " handlers, module " +
                     name_of(smallest->way) + ": " + bytes_text(plan.flash_bytes() - least) +
                     " less flash");
  }
  if (std::strcmp(plan.target->handlers, "fast") == 0) {
    for (const MeasuredTarget* other : targets_of(std::string(plan.target->name) + "-small")) {
      if (find(plans, other, plan.way) != nullptr) continue;
      advice.push_back("take the small handlers (--target " + std::string(other->name) + "): " +
                       bytes_text(plan.target->flash_vm_libraries - other->flash_vm_libraries) +
                       " less flash");
    }
  }
  return advice;
}

void print_advice(const FitOptions& options, const std::vector<Plan>& plans, const Plan& plan) {
  std::vector<std::string> advice;
  if (plan.ram_bytes() > options.ram) advice = ram_advice(options, plans, plan);
  if (options.flash != 0 && plan.flash_bytes() > options.flash) {
    for (std::string& line : flash_advice(plans, plan)) advice.push_back(std::move(line));
  }
  if (advice.empty()) return;
  std::printf("\nWhat you can change\n");
  for (const std::string& line : advice) std::printf("  - %s\n", line.c_str());
}

void print_text(const FitOptions& options, const std::vector<Plan>& plans, const Plan& plan,
                const std::vector<std::string>& calls, const std::string& lacks) {
  const bool ascii = options.ascii || !is_utf8();
  print_answer(options, plan, plan.fits(options.ram, options.flash));
  if (!lacks.empty()) std::printf("  %s\n", lacks.c_str());
  print_memory("RAM", plan.ram, plan.ram_bytes(), options.ram, ascii);
  std::printf("    of which the store's buffer: %s%s\n",
              bytes_text(std::max(plan.arena, plan.making)).c_str(),
              plan.arena_is_least ? "" : " (the most that was in use; a little less may do)");
  std::printf("    %s\n", run_text(plan.trial, calls).c_str());
  print_memory("Flash", plan.flash, plan.flash_bytes(), options.flash, ascii);
  std::printf("    your own code comes on top%s\n",
              plan.trial.uses_files != 0 ? ", and so does the file port" : "");
  print_choices(options, plans, plan);
  print_advice(options, plans, plan);
  std::printf(
      "\nAn estimate. The store's buffer is what the same code takes on a 32-bit machine: within "
      "%u\n"
      "bytes of a board. VM, C library, native stack and firmware were measured with\n%s; "
      "other compilers differ.\n",
      kArenaMargin, plan.target->toolchain);
}

// ---- JSON ------------------------------------------------------------------------------------

nlohmann::ordered_json parts_json(const std::vector<Part>& parts) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const Part& part : parts) out[part.name] = part.bytes;
  return out;
}

nlohmann::ordered_json plan_json(const FitOptions& options, const Plan& plan) {
  nlohmann::ordered_json out;
  out["target"] = plan.target->name;
  out["profile"] = plan.target->profile;
  out["handlers"] = plan.target->handlers;
  out["module"] = name_of(plan.way);
  out["fits"] = plan.fits(options.ram, options.flash);
  out["ram"] = plan.ram_bytes();
  out["flash"] = plan.flash_bytes();
  out["buffer"] = plan.arena;
  out["buffer_margin"] = kArenaMargin;
  out["buffer_is_least"] = plan.arena_is_least;
  out["guest_stack"] = plan.guest_stack;
  out["code_bytes"] = plan.trial.code_bytes;
  out["ran"] = plan.trial.step == device::kRan;
  out["ram_parts"] = parts_json(plan.ram);
  out["flash_parts"] = parts_json(plan.flash);
  return out;
}

void print_json(const FitOptions& options, const std::vector<Plan>& plans, const Plan& chosen) {
  nlohmann::ordered_json out;
  out["file"] = options.file;
  out["ram_size"] = options.ram;
  if (options.flash != 0) out["flash_size"] = options.flash;
  out["fits"] = chosen.fits(options.ram, options.flash);
  out["chosen"] = plan_json(options, chosen);
  out["choices"] = nlohmann::ordered_json::array();
  for (const Plan& plan : plans) out["choices"].push_back(plan_json(options, plan));
  std::printf("%s\n", out.dump(2, ' ', true, nlohmann::json::error_handler_t::replace).c_str());
}

int write_svg(const FitOptions& options, const Plan& plan) {
  const std::string text =
      svg_picture(options.file + " on " + plan.target->name, plan, options.ram, options.flash);
  std::FILE* file = std::fopen(options.svg.c_str(), "wb");
  bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr) written = std::fclose(file) == 0 && written;
  if (written) return 0;
  std::fprintf(stderr, "mote: %s: cannot write: %s\n", options.svg.c_str(), std::strerror(errno));
  return kExitOutput;
}

}  // namespace

int fit(const FitOptions& options, Feed& feed) {
  if (targets_of(options.target).empty()) {
    std::fprintf(stderr, "mote: --target takes one of: %s\n", target_names().c_str());
    return kExitUsage;
  }
  device::Way way;
  if (!options.way.empty() && !parse_way(options.way, &way)) {
    std::fprintf(stderr, "mote: --module takes flash, saved or stream\n");
    return kExitUsage;
  }
  if (options.stack > kMostStack) return refuse(options, "--stack: 16 MB at most", kExitUsage);
  port::Ram memory(kStoreBytes);
  Store store(memory.bytes(), {true});
  const Module* module = nullptr;
  std::vector<uint8_t> bytes;
  int code = load_file(store, options.file, feed, &module, [&bytes](Bytes piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  });
  if (code != 0) return code;
  const std::vector<std::string> calls = calls_of(options, *module);
  const std::string missing = missing_export(calls, *module);
  if (!missing.empty()) {
    return refuse(options, "exports no function \"" + missing + "\"", kExitUsage);
  }
  std::vector<Plan> plans;
  std::string lacks;
  const bool is_run = !calls.empty() || module->has_start_function();
  if (!make_plans(options, bytes, calls, is_run, &plans, &lacks, &code)) return code;
  for (const Plan& plan : plans) {
    if (plan.trial.step >= device::kReady) continue;
    Error error;
    error.code = static_cast<ErrorCode>(plan.trial.error);
    if (plan.trial.import < module->import_count()) {
      error.module_name = module->import(plan.trial.import).module_name;
      error.field_name = module->import(plan.trial.import).field_name;
    }
    return report_error(options.file, error, module);
  }
  const Plan& chosen = choose(plans, options);
  if (options.json) {
    print_json(options, plans, chosen);
  } else {
    print_text(options, plans, chosen, calls, lacks);
  }
  code = options.svg.empty() ? 0 : write_svg(options, chosen);
  if (code != 0) return code;
  return chosen.fits(options.ram, options.flash) ? 0 : kExitDoesNotFit;
}

}  // namespace mote::tool
