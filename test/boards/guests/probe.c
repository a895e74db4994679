// What the self-check asks for: calls as deep and loops as long as wanted, and accesses to memory
// at addresses that are no multiple of their size.
#define EXPORT(name) __attribute__((export_name(name)))

EXPORT("descend") int descend(int depth) {
  volatile int one = 1;  // keeps the recursion a recursion
  return depth == 0 ? 0 : descend(depth - 1) + one;
}

EXPORT("spin") unsigned spin(unsigned times) {
  volatile unsigned sum = 0;
  for (unsigned i = 0; i < times; i++) sum += i;
  return sum;
}

typedef struct __attribute__((packed)) {
  char shift;
  short half;
  int word;
  long long wide;
  float single;
  double twice;
} Unaligned;
static volatile Unaligned at;
static volatile unsigned char* const bytes = (volatile unsigned char*)&at;

// 0, or the number of the access that went wrong.
EXPORT("unaligned") int unaligned(void) {
  for (unsigned i = 0; i < sizeof at; i++) bytes[i] = (unsigned char)(i + 1);
  if (at.half != 0x0302) return 1;
  if (at.word != 0x07060504) return 2;
  if (at.wide != 0x0F0E0D0C0B0A0908) return 3;
  at.half = 0x1122;
  at.word = 0x33445566;
  at.wide = 0x778899AABBCCDDEE;
  if (bytes[1] != 0x22 || bytes[2] != 0x11) return 4;
  if (bytes[3] != 0x66 || bytes[6] != 0x33) return 5;
  if (bytes[7] != 0xEE || bytes[14] != 0x77) return 6;
  at.single = 1.5f;
  at.twice = -2.25;
  if (bytes[18] != 0x3F || at.single != 1.5f) return 7;
  if (bytes[26] != 0xC0 || at.twice != -2.25) return 8;
  return 0;
}
