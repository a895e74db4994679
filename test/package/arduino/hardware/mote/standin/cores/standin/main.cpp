// The stand-in's main(): says what the sketch does, in two rounds.
#include <stdio.h>

#include "Arduino.h"

SerialPort Serial;

void pinMode(int pin, int mode) { printf("pinMode %d %d\n", pin, mode); }
void digitalWrite(int pin, int level) { printf("digitalWrite %d %d\n", pin, level); }
void delay(unsigned long milliseconds) { printf("delay %lu\n", milliseconds); }
void SerialPort::begin(unsigned long baud) { printf("begin %lu\n", baud); }
void SerialPort::println(const char* text) { printf("println %s\n", text); }

int main() {
  setup();
  for (int i = 0; i < 2; i++) loop();
  return 0;
}
