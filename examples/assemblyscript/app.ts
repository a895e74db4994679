// The app of examples/c/blink.c in AssemblyScript, with strings and the language's own runtime.
@external("env", "gpio_write")
declare function gpio_write(pin: u32, level: u32): void;
@external("env", "log")
declare function log(text: usize, length: usize): void;

export function run(times: i32): void {
  const text = String.UTF8.encode("hello from assemblyscript, " + times.toString() + " times");
  log(changetype<usize>(text), text.byteLength);
  for (let i = 0; i < times; i++) gpio_write(13, i & 1);
}

export function add(a: i32, b: i32): i32 {
  return a + b;
}
