/* QEMU TCG plugin: counts the guest instructions executed between two marks of the firmware.
 *
 *   -plugin libcounter.so,begin=ADDRESS,end=ADDRESS,out=FILE[,profile=FILE,region=N]
 *
 * `begin` and `end` are the addresses of two functions that the firmware calls around each region.
 * For every region one line with its count is written to `out`, in the order in which they ran. The
 * count is exact and repeats: it includes the call of `end` and the return from `begin` (about four
 * instructions), and nothing else than what the guest executed.
 *
 * With `profile`, "address count" is written for every instruction executed in region N (0 is the
 * first; for annotate.py). One virtual CPU only. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin_api.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

static uint64_t begin_address;
static uint64_t end_address;
static uint64_t executed; /* since the start */
static uint64_t at_begin; /* `executed` at the last begin mark */
static uint64_t regions;  /* ended so far */
static bool in_region;
static FILE* out;

/* Counters of single instructions: a hash table with open addressing whose entries never move,
 * because translated blocks refer to them. */
struct instruction {
  uint64_t address;
  uint64_t count;
};
#define INSTRUCTIONS 65536u
static struct instruction* instructions;
static uint64_t instruction_count;
static const char* profile_name;
static uint64_t profile_region;

static void fail(const char* what, const char* detail) {
  fprintf(stderr, "counter plugin: %s%s\n", what, detail);
  exit(2);
}

static struct instruction* instruction_at(uint64_t address) {
  uint32_t at = (uint32_t)(address >> 1) % INSTRUCTIONS;
  while (instructions[at].address != 0 && instructions[at].address != address)
    at = (at + 1) % INSTRUCTIONS;
  if (instructions[at].address == 0) {
    if (++instruction_count == INSTRUCTIONS) fail("too many different instructions", "");
    instructions[at].address = address;
  }
  return &instructions[at];
}

static void write_profile(void) {
  FILE* file = fopen(profile_name, "w");
  if (file == NULL) fail("cannot write ", profile_name);
  for (uint32_t i = 0; i < INSTRUCTIONS; ++i)
    if (instructions[i].count != 0)
      fprintf(file, "%" PRIx64 " %" PRIu64 "\n", instructions[i].address, instructions[i].count);
  if (fclose(file) != 0) fail("cannot write ", profile_name);
}

static void on_begin(unsigned int vcpu_index, void* userdata) {
  (void)vcpu_index;
  (void)userdata;
  if (in_region) fail("a region begins within a region", "");
  in_region = true;
  if (profile_name != NULL)
    for (uint32_t i = 0; i < INSTRUCTIONS; ++i) instructions[i].count = 0;
  at_begin = executed;
}

static void on_end(unsigned int vcpu_index, void* userdata) {
  (void)vcpu_index;
  (void)userdata;
  if (!in_region) fail("a region ends that did not begin", "");
  in_region = false;
  fprintf(out, "%" PRIu64 "\n", executed - at_begin);
  if (profile_name != NULL && regions == profile_region) write_profile();
  ++regions;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  (void)id;
  const size_t n = qemu_plugin_tb_n_insns(tb);
  for (size_t i = 0; i < n; ++i) {
    struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &executed, 1);
    if (profile_name != NULL)
      qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                                 &instruction_at(address)->count, 1);
    if (address == begin_address)
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
    if (address == end_address)
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
  }
}

/* `out` is complete only with this last line: a run that was cut short is not taken for a result.
 */
static void on_exit_of_qemu(qemu_plugin_id_t id, void* userdata) {
  (void)id;
  (void)userdata;
  if (!in_region) fprintf(out, "end\n");
  fclose(out);
}

/* The value of argument "name=value", or NULL. */
static const char* value_of(const char* argument, const char* name) {
  const size_t length = strlen(name);
  if (strncmp(argument, name, length) != 0 || argument[length] != '=') return NULL;
  return argument + length + 1;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                                           char** argv) {
  (void)info;
  const char* out_name = NULL;
  for (int i = 0; i < argc; ++i) {
    const char* value;
    /* Bit 0 of an address only says "Thumb". */
    if ((value = value_of(argv[i], "begin")) != NULL)
      begin_address = strtoull(value, NULL, 0) & ~(uint64_t)1;
    else if ((value = value_of(argv[i], "end")) != NULL)
      end_address = strtoull(value, NULL, 0) & ~(uint64_t)1;
    else if ((value = value_of(argv[i], "out")) != NULL)
      out_name = value;
    else if ((value = value_of(argv[i], "profile")) != NULL)
      profile_name = value;
    else if ((value = value_of(argv[i], "region")) != NULL)
      profile_region = strtoull(value, NULL, 0);
    else
      fail("unknown argument ", argv[i]);
  }
  if (begin_address == 0 || end_address == 0 || out_name == NULL)
    fail("begin, end and out are needed", "");
  profile_name = profile_name == NULL ? NULL : strdup(profile_name);
  if (profile_name != NULL) {
    instructions = calloc(INSTRUCTIONS, sizeof *instructions);
    if (instructions == NULL) fail("no memory", "");
  }
  out = fopen(out_name, "w");
  if (out == NULL) fail("cannot write ", out_name);
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
  return 0;
}
