// Stands in for a board's core: what the example uses, and macros that real cores have, which must
// not disturb Mote's headers.
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HIGH 1
#define LOW 0
#define INPUT 0
#define OUTPUT 1
#define DEFAULT 1
#define EXTERNAL 0
#define INTERNAL 3
#define CHANGE 2
#define PI 3.14159265358979
#define LED_BUILTIN 13
#define F(text) (text)
#define PROGMEM
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define abs(x) ((x) > 0 ? (x) : -(x))
#define constrain(x, low, high) ((x) < (low) ? (low) : (x) > (high) ? (high) : (x))
#define round(x) ((x) >= 0 ? (long)((x) + 0.5) : (long)((x)-0.5))
#define radians(x) ((x)*0.0174532925)
#define degrees(x) ((x)*57.2957795)
#define sq(x) ((x) * (x))
#define bit(b) (1UL << (b))
#define bitRead(value, bit) (((value) >> (bit)) & 1)
#define bitSet(value, bit) ((value) |= (1UL << (bit)))
#define lowByte(w) ((uint8_t)((w)&0xff))
#define highByte(w) ((uint8_t)((w) >> 8))
#define interrupts()
#define noInterrupts()
#define word(...) make_word(__VA_ARGS__)
#define B0 0
#define B1 1
#define B10 2
#define B11 3
#define _BV(bit) (1 << (bit))
typedef uint8_t byte;
typedef bool boolean;

void pinMode(int pin, int mode);
void digitalWrite(int pin, int level);
void delay(unsigned long milliseconds);

struct SerialPort {
  void begin(unsigned long baud);
  void println(const char* text);
};
extern SerialPort Serial;

void setup();
void loop();
