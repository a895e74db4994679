// What V8 makes of the modules named on standard input: a line of JSON for each, as mote-outcomes
// writes them, but without the types of values (numbers are the bits of a double, unsigned).
//
//   oracle.js exports | events | fresh-events
"use strict";
const fs = require("fs");

const bits = new DataView(new ArrayBuffer(8));

function text(value) {
  if (typeof value === "bigint") return String(BigInt.asUintN(64, value));
  if (Number.isNaN(value)) return "nan";
  bits.setFloat64(0, value);
  return String(bits.getBigUint64(0));
}

function list(result) {
  if (result === undefined) return [];
  return (Array.isArray(result) ? result : [result]).map(text);
}

function eachExport(module) {
  const out = {};
  for (const entry of WebAssembly.Module.exports(module)) {
    const instance = new WebAssembly.Instance(module, {});
    if (typeof instance.exports[entry.name] !== "function") continue;
    try {
      out[entry.name] = list(instance.exports[entry.name]());
    } catch (error) {
      out[entry.name] = error.message;
    }
  }
  return out;
}

function events(module, fresh) {
  const out = [];
  const support = {};
  for (const type of ["i32", "i64", "f32", "f64"]) {
    const name = "log-" + type;
    support[name] = (value) => { out.push(name + " " + text(value)); };
  }
  const instance = new WebAssembly.Instance(module, {"fuzzing-support": support});
  for (const entry of WebAssembly.Module.exports(module)) {
    const called = instance.exports[entry.name];
    if (typeof called !== "function" || called.length !== 0) continue;
    if (fresh && instance.exports.hangLimitInitializer) instance.exports.hangLimitInitializer();
    try {
      out.push(entry.name + " => " + list(called()).join(", "));
    } catch (error) {
      out.push(entry.name + " traps: " + error.message);
    }
  }
  return out;
}

const mode = process.argv[2];
for (const file of fs.readFileSync(0, "utf8").split("\n")) {
  if (file === "") continue;
  let out;
  try {
    const module = new WebAssembly.Module(fs.readFileSync(file));
    out = mode === "exports" ? eachExport(module) : events(module, mode === "fresh-events");
  } catch (error) {
    out = mode === "exports" ? {error: error.message} : [error.message];
  }
  console.log(JSON.stringify(out));
}
