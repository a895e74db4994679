// A module of about 2.5 KB, as a small sensor node would have: samples are filtered, kept in a
// ring, written as text, framed for a serial line (COBS), unframed and parsed again.
#include "guest.h"

#define RING 32
#define WINDOW 5
#define TEXT 64

struct sample {
  uint32_t time;
  int16_t value;
  uint8_t channel;
  uint8_t flags;
};

static struct sample ring[RING];
static uint32_t ring_head, ring_count;
static int16_t window[4][WINDOW];
static uint8_t window_at[4];
static uint8_t text[TEXT], frame[TEXT + 4], decoded[TEXT + 4];
static uint32_t noise = 12345;

static int32_t read_sensor(uint32_t channel, uint32_t time) {
  noise = noise * 1103515245u + 12345u;
  const int32_t wave = (int32_t)(time * (channel + 3) % 200) - 100;
  return wave * 17 + (int32_t)(noise >> 24) - ((noise >> 16 & 31) == 0 ? 3000 : 0);
}

// The median of the last values of a channel.
static __attribute__((noinline)) int32_t median(uint32_t channel, int32_t value) {
  int16_t sorted[WINDOW];
  window[channel][window_at[channel]] = (int16_t)value;
  window_at[channel] = (uint8_t)((window_at[channel] + 1) % WINDOW);
  for (int32_t i = 0; i < WINDOW; ++i) {
    const int16_t next = window[channel][i];
    int32_t at = i;
    while (at > 0 && sorted[at - 1] > next) {
      sorted[at] = sorted[at - 1];
      --at;
    }
    sorted[at] = next;
  }
  return sorted[WINDOW / 2];
}

static void push(const struct sample* sample) {
  ring[ring_head] = *sample;
  ring_head = (ring_head + 1) % RING;
  if (ring_count < RING) ++ring_count;
}

static uint32_t write_unsigned(uint8_t* to, uint32_t value) {
  uint8_t digits[10];
  uint32_t n = 0;
  do {
    digits[n++] = (uint8_t)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  for (uint32_t i = 0; i < n; ++i) to[i] = digits[n - 1 - i];
  return n;
}

// "time channel value flags"
static __attribute__((noinline)) uint32_t write_sample(const struct sample* sample) {
  uint32_t at = write_unsigned(text, sample->time);
  text[at++] = ' ';
  at += write_unsigned(text + at, sample->channel);
  text[at++] = ' ';
  int32_t value = sample->value;
  if (value < 0) {
    text[at++] = '-';
    value = -value;
  }
  at += write_unsigned(text + at, (uint32_t)value);
  text[at++] = ' ';
  text[at++] = sample->flags & 1 ? 'H' : sample->flags & 2 ? 'L' : '.';
  return at;
}

// Consistent overhead byte stuffing: no zero byte within a frame.
static __attribute__((noinline)) uint32_t encode(uint8_t* to, const uint8_t* from, uint32_t n) {
  uint32_t at = 1, code_at = 0;
  uint8_t code = 1;
  for (uint32_t i = 0; i < n; ++i) {
    if (from[i] != 0) {
      to[at++] = from[i];
      ++code;
    }
    if (from[i] == 0 || code == 0xFF) {
      to[code_at] = code;
      code = 1;
      code_at = at++;
    }
  }
  to[code_at] = code;
  to[at++] = 0;
  return at;
}

static __attribute__((noinline)) uint32_t decode(uint8_t* to, const uint8_t* from, uint32_t n) {
  uint32_t at = 0;
  for (uint32_t i = 0; i < n && from[i] != 0;) {
    const uint8_t code = from[i++];
    for (uint8_t j = 1; j < code && i < n; ++j) to[at++] = from[i++];
    if (code != 0xFF && i < n && from[i] != 0) to[at++] = 0;
  }
  return at;
}

static int32_t parse(const uint8_t* at, const uint8_t* end, struct sample* sample) {
  int32_t fields[3] = {0, 0, 0};
  for (int32_t i = 0; i < 3; ++i) {
    int32_t negative = 0;
    if (at < end && *at == '-') {
      negative = 1;
      ++at;
    }
    if (at == end || *at < '0' || *at > '9') return 0;
    while (at < end && *at >= '0' && *at <= '9') fields[i] = fields[i] * 10 + (*at++ - '0');
    if (negative) fields[i] = -fields[i];
    if (at == end || *at++ != ' ') return 0;
  }
  if (at == end) return 0;
  sample->time = (uint32_t)fields[0];
  sample->channel = (uint8_t)fields[1];
  sample->value = (int16_t)fields[2];
  switch (*at) {
    case 'H': sample->flags = 1; break;
    case 'L': sample->flags = 2; break;
    case '.': sample->flags = 0; break;
    default: return 0;
  }
  return 1;
}

static uint16_t fletcher16(uint16_t sum, const uint8_t* bytes, uint32_t n) {
  uint32_t low = sum & 0xFF, high = sum >> 8;
  for (uint32_t i = 0; i < n; ++i) {
    low = (low + bytes[i]) % 255;
    high = (high + low) % 255;
  }
  return (uint16_t)(high << 8 | low);
}

// Standard deviation of the ring, in 64-bit arithmetic.
static __attribute__((noinline)) uint32_t deviation(void) {
  int64_t sum = 0, squares = 0;
  if (ring_count == 0) return 0;
  for (uint32_t i = 0; i < ring_count; ++i) {
    sum += ring[i].value;
    squares += ring[i].value * ring[i].value;
  }
  uint64_t rest = (uint64_t)(squares - sum * sum / ring_count) / ring_count;
  uint64_t root = 0;
  for (uint64_t bit = (uint64_t)1 << 30; bit != 0; bit >>= 2) {
    if (rest >= root + bit) {
      rest -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return (uint32_t)root;
}

GUEST_RUN {
  uint16_t sum = 1;
  int32_t errors = 0;
  ring_head = ring_count = 0;
  for (uint32_t time = 0; time < 60; ++time) {
    const uint32_t channel = time & 3;
    const int32_t value = median(channel, read_sensor(channel, time));
    struct sample sample = {time * 250, (int16_t)value, (uint8_t)channel, 0};
    if (value > 1000) sample.flags |= 1;
    if (value < -1000) sample.flags |= 2;
    push(&sample);
  }
  for (uint32_t i = 0; i < ring_count; ++i) {
    const struct sample* sample = &ring[(ring_head + RING - ring_count + i) % RING];
    const uint32_t length = write_sample(sample);
    text[length] = 0;
    const uint32_t framed = encode(frame, text, length + 1);
    const uint32_t unframed = decode(decoded, frame, framed);
    struct sample again;
    if (unframed != length + 1 || !parse(decoded, decoded + unframed, &again) ||
        again.time != sample->time || again.value != sample->value ||
        again.channel != sample->channel || again.flags != sample->flags)
      ++errors;
    sum = fletcher16(sum, frame, framed);
  }
  return errors != 0 ? -errors : (int32_t)(sum + (deviation() << 16));
}
