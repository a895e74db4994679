// stb: formats numbers with stb_sprintf, and counts words in the hash maps of stb_ds.
#include <stdlib.h>
#include <string.h>

#include "../workload.h"

#define STB_SPRINTF_IMPLEMENTATION
#include <stb/stb_sprintf.h>
#define STB_DS_IMPLEMENTATION
#include <stb/stb_ds.h>

struct Count {
  char* key;
  uint32_t value;
};

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 1789;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    struct Count* counts = NULL;
    sh_new_arena(counts);
    for (uint32_t k = 0; k < 100; k++) {
      char text[128];
      const uint32_t random = next_random(&seed);
      const int length = stbsp_snprintf(text, sizeof text, "%s-%05u %8.3f %e 0x%08x %lld",
                                        random & 1 ? "pump" : "valve", random % 100000,
                                        (double)(int32_t)random / 1000.0, (double)random * 1e-20,
                                        random, (long long)((uint64_t)random * random));
      for (int c = 0; c < length; c += 7) sum = mix(sum, (uint8_t)text[c]);
      text[6] = 0;
      const int64_t at = shgeti(counts, text);
      if (at < 0) {
        shput(counts, text, 1);
      } else {
        counts[at].value++;
      }
    }
    for (int64_t k = 0; k < shlen(counts); k++) sum = mix(sum, counts[k].value);
    sum = mix(sum, (uint64_t)shlen(counts));
    shfree(counts);
  }
  return sum;
}

WORKLOAD("stb_text", 590)
