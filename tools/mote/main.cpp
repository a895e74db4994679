// The mote command: its command line. See run.cpp and inspect.cpp for what it does.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "debug_module.hpp"
#include "disasm.hpp"
#include "fit.hpp"
#include "inspect.hpp"
#include "run.hpp"
#include "save.hpp"

namespace {

constexpr const char* kFooter =
    "Exit codes: that of the guest; 2 the module does not load or link, 3 trap, 4 out of fuel or\n"
    "memory, 5 it does not fit the device (inspect --ram), 64 wrong usage, 74 the output cannot "
    "be\n"
    "written, 130 interrupted.\n"
    "\n"
    "Examples:\n"
    "  mote run hello.wasm one two              a WASI program with two arguments\n"
    "  mote run --dir data::/ --env LANG=C app.wasm     its \"/\" is the folder data\n"
    "  mote run --invoke add math.wasm 2 40     prints i32:42\n"
    "  mote run --fuel 1000000 --memory 64K app.wasm\n"
    "  mote inspect app.wasm\n"
    "  mote disasm app.wasm --function main     its code, beside what it was made of\n"
    "  mote inspect app.wasm --ram 64K --flash 256K     will it fit my device?\n";

// Bytes with an optional K, M or G, or KiB, MiB, GiB.
bool parse_bytes(const std::string& text, uint64_t* bytes) {
  const size_t digits = text.find_first_not_of("0123456789");
  std::string suffix = digits == std::string::npos ? "" : text.substr(digits);
  if (suffix.size() == 3 && suffix.substr(1) == "iB") suffix.resize(1);
  uint64_t unit = 1;
  if (suffix == "K" || suffix == "k") unit = 1024;
  if (suffix == "M" || suffix == "m") unit = 1024 * 1024;
  if (suffix == "G" || suffix == "g") unit = 1024 * 1024 * 1024;
  if (digits == 0 || text.empty() || (unit == 1 && !suffix.empty())) return false;
  errno = 0;
  const uint64_t number = std::strtoull(text.c_str(), nullptr, 10);
  if (errno != 0 || number == 0 || number > (uint64_t{1} << 46) / unit) return false;
  *bytes = number * unit;
  return true;
}

// Everything behind the module's name belongs to the guest, even if it looks like an option: cuts
// the command line there. `*own` is what the command itself parses, the name included.
void split_run_arguments(int argc, char** argv, std::vector<std::string>* own,
                         std::vector<std::string>* guest) {
  constexpr const char* kWithValue[] = {"--invoke", "--fuel",     "--memory",
                                        "--stack",  "--feed",     "--dir",
                                        "--env",    "--progress", "--profile-stacks"};
  bool has_command = false;
  bool is_run = false;
  bool is_value = false;
  bool has_file = false;
  for (int i = 1; i < argc; i++) {
    const std::string argument = argv[i];
    if (has_file) {
      guest->push_back(argument);
      continue;
    }
    own->push_back(argument);
    if (!has_command) {
      has_command = argument.empty() || argument[0] != '-';
      is_run = argument == "run";
    } else if (!is_run) {
      continue;
    } else if (is_value) {
      is_value = false;
    } else if (argument.empty() || argument[0] != '-') {
      has_file = true;
    } else {
      for (const char* option : kWithValue) is_value = is_value || argument == option;
    }
  }
}

// CLI11 would take -1 for the highest number. Returns what is wrong, or "".
std::string check_count(const std::string& text) {
  const bool is_count = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_count) return "\"" + text + "\" is not a number of 0 or more";
  errno = 0;
  (void)std::strtoull(text.c_str(), nullptr, 10);
  return errno == 0 ? "" : text + " is too high";
}

// What all commands that load a module have.
struct LoadFlags {
  std::string feed;
  std::string progress;
  bool quiet = false;

  void add_to(CLI::App* command) {
    command->add_option("--feed", feed, "Load in chunks of so many bytes, or 'random'");
    command->add_option("--progress", progress,
                        "Show how far loading is: auto (on a terminal, when it takes long), always "
                        "or never");
    command->add_flag("--quiet", quiet, "The same as --progress never");
  }
  // What is wrong, or "".
  std::string apply(mote::tool::Feed* feeding) const {
    if (!feed.empty() && !feeding->parse(feed)) {
      return "--feed takes a number of bytes above 0, or 'random'";
    }
    using mote::tool::ProgressMode;
    if (!progress.empty() && progress != "auto" && progress != "always" && progress != "never") {
      return "--progress takes auto, always or never";
    }
    if (progress == "always") feeding->progress = ProgressMode::kAlways;
    if (progress == "never" || quiet) feeding->progress = ProgressMode::kNever;
    return "";
  }
};

int fail_usage(const std::string& message) {
  std::fprintf(stderr, "mote: %s\nRun mote --help for how to use it.\n", message.c_str());
  return mote::tool::kExitUsage;
}

// A success whose output was lost is none.
int finish(int code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::fprintf(stderr, "mote: cannot write to standard output: %s\n",
               errno != 0 ? std::strerror(errno) : "it failed earlier");
  return code != 0 ? code : mote::tool::kExitOutput;
}

int run_command(int argc, char** argv) {
  CLI::App app{"Runs WebAssembly modules in a sandbox."};
  app.name("mote");
  app.footer(kFooter);
  app.set_version_flag("--version", "mote " MOTE_VERSION);
  app.require_subcommand(1);

  mote::tool::RunOptions run_options;
  std::string memory;
  std::string stack;
  LoadFlags loading;
  std::vector<std::string> files;
  std::string file;
  bool json = false;

  CLI::App* run = app.add_subcommand("run", "Run a module: its _start function, with WASI");
  run->add_option("--invoke", run_options.invoke,
                  "Call this exported function instead; print its results");
  run->add_option("--fuel", run_options.fuel,
                  "Stop after so many backward branches and calls (exit code 4)")
      ->check(check_count);
  run->add_option("--memory", memory,
                  "All RAM the guest may use: module, instance, memory and stack (bytes, or with "
                  "K, M, G; default 1G)");
  run->add_option("--stack", stack,
                  "How much of that is the guest's stack (default an eighth, at most 1M)");
  run->add_option("--dir", run_options.directories,
                  "Let the guest use this directory and what is below it, and call it GUEST "
                  "(HOST or HOST::GUEST; may be given several times)")
      ->allow_extra_args(false);
  run->add_option("--env", run_options.environment,
                  "A variable of the guest's environment, NAME=value; it gets no other")
      ->allow_extra_args(false);
  loading.add_to(run);
  run->add_flag("--debug-info", run_options.debug_info,
                "Show lines of the source in backtraces, from the module's DWARF (default: off)");
  run->add_flag("--trace", run_options.trace,
                "Print each call of a host function on stderr: arguments, result (default: off)");
  run->add_flag(
      "--profile", run_options.profile,
      "Print the functions and instructions that took most steps on stderr (default: off)");
  run->add_option("--profile-stacks", run_options.profile_stacks,
                  "The same, and write who called whom to this file, for flame graphs");
  run->add_flag("--report", run_options.report, "Print a RAM report on stderr at the end");
  run->add_option("FILE", run_options.file, "The module; what follows are its arguments")
      ->required();

  CLI::App* validate = app.add_subcommand("validate", "Check modules");
  validate->add_option("FILE", files, "The modules")->required();
  loading.add_to(validate);

  CLI::App* inspect = app.add_subcommand("inspect", "Show what a module contains and needs");
  inspect->add_option("FILE", file, "The module")->required();
  inspect->add_flag("--json", json, "As JSON");
  mote::tool::FitOptions fit_options;
  std::string ram;
  std::string flash;
  CLI::Option* ram_option = inspect->add_option(
      "--ram", ram, "Will it fit a device with so much RAM? (bytes, or with K, M, G)");
  inspect->add_option("--flash", flash, "The same for flash")->needs(ram_option);
  inspect->add_option("--stack", stack, "The guest's stack there (default: what is needed)")
      ->needs(ram_option);
  inspect->add_option("--target", fit_options.target, "Which of the measured processors it is")
      ->needs(ram_option);
  inspect
      ->add_option("--module", fit_options.way,
                   "How the device has the module: flash, saved (its code runs in flash), stream "
                   "(from a line)")
      ->needs(ram_option);
  inspect
      ->add_option("--invoke", fit_options.calls,
                   "Call this export to see what it takes, with zeros (may be given several times)")
      ->needs(ram_option)
      ->allow_extra_args(false);
  inspect->add_flag("--ascii", fit_options.ascii, "A picture without Unicode")->needs(ram_option);
  inspect->add_option("--svg", fit_options.svg, "Write the picture to this file, too")
      ->needs(ram_option);
  loading.add_to(inspect);

  std::string output;
  CLI::App* save = app.add_subcommand(
      "save", "Translate a module to an image that 'run' of this build takes without translating");
  save->add_option("FILE", file, "The module")->required();
  save->add_option("-o,--output", output, "The image")->required();
  loading.add_to(save);

  std::vector<std::string> offsets;
  CLI::App* where =
      app.add_subcommand("where", "Tell the function and source line of byte offsets in a module");
  where->add_option("FILE", file, "The module")->required();
  where->add_option("OFFSET", offsets, "As in a backtrace: 1234, or 0x4d2")->required();

  std::string function;
  CLI::App* disasm =
      app.add_subcommand("disasm", "Show a module's instructions and the engine's code for them");
  disasm->add_option("FILE", file, "The module")->required();
  disasm->add_option("--function", function, "Only this one: its index, or its name");
  loading.add_to(disasm);

  // CLI11 would only say that a subcommand is missing.
  const std::string command = argc > 1 ? argv[1] : "";
  const auto is_command = [&command](CLI::App* each) { return each->get_name() == command; };
  if (!command.empty() && command[0] != '-' && app.get_subcommands(is_command).empty()) {
    return fail_usage("there is no command \"" + command + "\"");
  }
  std::vector<std::string> own;
  split_run_arguments(argc, argv, &own, &run_options.arguments);
  std::reverse(own.begin(), own.end());  // the order in which CLI11 takes a vector
  try {
    app.parse(own);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way, too.
    return error.get_exit_code() == 0 ? app.exit(error) : fail_usage(error.what());
  }

  mote::tool::Feed feeding;
  const std::string wrong = loading.apply(&feeding);
  if (!wrong.empty()) return fail_usage(wrong);
  if (*validate) return mote::tool::validate(files, feeding);
  if (*save) return mote::tool::save(file, output, feeding);
  if (*disasm) return mote::tool::disassemble(file, function, feeding);
  if (*where) return mote::tool::where(file, offsets);
  if (!stack.empty() && !parse_bytes(stack, &run_options.stack)) {
    return fail_usage("--stack takes a number of bytes, like 4096 or 4K");
  }
  if (*inspect && ram_option->count() == 0) return mote::tool::inspect(file, json, feeding);
  if (*inspect) {
    if (!parse_bytes(ram, &fit_options.ram)) {
      return fail_usage("--ram takes a number of bytes, like 65536 or 64K");
    }
    if (!flash.empty() && !parse_bytes(flash, &fit_options.flash)) {
      return fail_usage("--flash takes a number of bytes, like 262144 or 256K");
    }
    fit_options.file = file;
    fit_options.json = json;
    fit_options.stack = run_options.stack;
    return mote::tool::fit(fit_options, feeding);
  }

  if (!memory.empty() && !parse_bytes(memory, &run_options.memory)) {
    return fail_usage("--memory takes a number of bytes, like 65536 or 64K");
  }
  for (const std::string& variable : run_options.environment) {
    if (variable.find('=') == std::string::npos || variable[0] == '=') {
      return fail_usage("--env takes NAME=value, not \"" + variable + "\"");
    }
  }
  run_options.has_invoke = run->count("--invoke") != 0;
  run_options.profile = run_options.profile || !run_options.profile_stacks.empty();
  run_options.feed = feeding;
  return mote::tool::run(run_options);
}

}  // namespace

int main(int argc, char** argv) { return finish(run_command(argc, argv)); }
