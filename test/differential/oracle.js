// Runs every export t0, t1, ... of the modules named on standard input in V8, each in a new
// instance. One line of JSON per module: {"t0": ["1", "2"], "t1": "trap text"} or {"error": text}.
"use strict";
const fs = require("fs");

for (const file of fs.readFileSync(0, "utf8").split("\n")) {
  if (file === "") continue;
  const out = {};
  try {
    const module = new WebAssembly.Module(fs.readFileSync(file));
    for (const entry of WebAssembly.Module.exports(module)) {
      const instance = new WebAssembly.Instance(module, {});
      try {
        const result = instance.exports[entry.name]();
        const list = Array.isArray(result) ? result : [result];
        out[entry.name] = list.map(String);
      } catch (error) {
        out[entry.name] = error.message;
      }
    }
  } catch (error) {
    out.error = error.message;
  }
  console.log(JSON.stringify(out));
}
