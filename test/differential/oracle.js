// What V8 makes of the modules named on standard input: a line of JSON for each, as mote-outcomes
// writes them, but without the types of values (numbers are the bits of a double, unsigned).
//
//   oracle.js exports | events | fresh-events
//   oracle.js any         lines of a name, a tab, and what mote-outcomes any wrote of that module: the
//                         exports it names are called
//   oracle.js features    a list of those that the generator of modules needs to know
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

// ---- Module "host": as in outcomes.cpp ----------------------------------------------------------

const objects = [null, {}, {}, {}, {}, {}];
const types = {127: "i32", 126: "i64", 125: "f32", 124: "f64", 112: "anyfunc", 111: "externref"};

function numberOfBits(type, text) {
  const number = BigInt(text);
  if (type === "i64") return BigInt.asIntN(64, number);
  if (type === "i32") return Number(BigInt.asIntN(32, number));
  bits.setBigUint64(0, number);
  return type === "f64" ? bits.getFloat64(0) : bits.getFloat32(4);
}

class World {
  constructor(module) {
    this.state = 0;
    this.depth = 0;
    this.counters = [];
    this.host = {};
    for (const entry of WebAssembly.Module.imports(module)) this.make(entry);
    this.instance = new WebAssembly.Instance(module, {host: this.host});
  }

  make(entry) {
    const words = entry.name.split(" ");
    if (entry.kind === "memory") {
      this.host[entry.name] =
        new WebAssembly.Memory({initial: Number(words[1]), maximum: Number(words[2])});
    } else if (entry.kind === "table") {
      // With no value for externref, elements would be undefined, not null.
      this.host[entry.name] = new WebAssembly.Table(
        {element: types[words[1]], initial: Number(words[2]), maximum: Number(words[3])}, null);
    } else if (entry.kind === "global") {
      const type = types[words[1]];
      const mutable = words[2] === "1";
      const made = new WebAssembly.Global({value: type, mutable}, numberOfBits(type, words[3]));
      if (mutable && type[0] === "i") this.counters.push([made, type]);
      this.host[entry.name] = made;
    } else {
      this.host[entry.name] = this[entry.name].bind(this);
    }
  }

  mix32(value) {
    this.state = (Math.imul(this.state, 31) + value) | 0;
    return this.state;
  }
  mix64(a, b) { return a * 31n + BigInt(this.mix32(b) >>> 0); }
  mixed(a, b) { return a + b; }
  single(value) { return value; }
  many(a, b, c, d, e, f, g) {
    return BigInt(a >>> 0) + 3n * b + 5n * BigInt(c >>> 0) + 7n * f + 11n * BigInt(g >>> 0) +
      (d > 0 ? 13n : 0n) + (e > 0 ? 17n : 0n);
  }
  note() { this.mix32(1); }
  grow() {
    if (!this.instance) return -1;
    try {
      return this.instance.exports.memory.grow(1);
    } catch (error) {
      return -1;
    }
  }
  poke(address, value) {
    if (!this.instance) return;
    new Uint8Array(this.instance.exports.memory.buffer)[address & 0xFFF] = value;
  }
  bump() {
    for (const [counter, type] of this.counters) {
      if (type === "i64") counter.value = BigInt.asIntN(64, counter.value * 3n + 1n);
      else counter.value = (Math.imul(counter.value, 3) + 1) | 0;
    }
  }
  again(value) {
    if (!this.instance || this.depth === 3) return value;
    this.depth++;
    const result = this.instance.exports.again(value);
    this.depth--;
    return result;
  }
  object(number) { return objects[(number >>> 0) % 6]; }
  number(object) { return objects.indexOf(object); }
}

// What this V8 has, of what generate.py can make use of.
function features() {
  const module = (...bytes) =>
    WebAssembly.validate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes]));
  const found = [];
  if (module(5, 5, 2, 0, 1, 0, 1)) found.push("multi-memory");
  if (module(6, 9, 1, 0x7f, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b)) found.push("extended-const");
  return found;
}

function eachExport(module) {
  const out = {};
  for (const entry of WebAssembly.Module.exports(module)) {
    if (entry.kind !== "function") continue;
    try {
      const exports = new World(module).instance.exports;
      if (exports[entry.name].length !== 0) continue;
      out[entry.name] = list(exports[entry.name]());
    } catch (error) {
      if (entry.name !== "again") out[entry.name] = error.message;
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

// ---- Modules of any origin: see outcomes.cpp ----------------------------------------------------

function zero(type) {
  if (type === "i64") return 0n;
  return type.endsWith("ref") ? null : 0;
}

function supplied(kind, type) {
  if (kind === "function") {
    const results = type.map(zero);
    return () => (results.length > 1 ? results : results[0]);
  }
  const name = type[0] === "funcref" ? "anyfunc" : type[0];
  if (kind === "global") return new WebAssembly.Global({value: name, mutable: type[1] === 1}, zero(type[0]));
  const limits = {initial: type.at(-2)};
  if (type.at(-1) >= 0) limits.maximum = type.at(-1);
  if (kind === "memory") return new WebAssembly.Memory(limits);
  return new WebAssembly.Table({element: name, ...limits}, null);
}

function anyText(value) {
  if (value === null) return "null";
  return typeof value === "bigint" || typeof value === "number" ? text(value) : "ref";
}

function any(module, told) {
  if (told.error !== undefined) return {exports: {}, instance: []};
  const instantiate = () => {
    const imports = {};
    for (const [from, field, kind, type] of told.imports) {
      imports[from] ??= Object.create(null);
      imports[from][field] = supplied(kind, type);
    }
    return new WebAssembly.Instance(module, imports);
  };
  const out = {exports: {}, instance: []};
  if (told.instance === "hang") return out;
  try {
    instantiate();
  } catch (error) {
    out.instance = error.message;
    return out;
  }
  for (const [name, [parameters, outcome]] of Object.entries(told.exports)) {
    if (outcome === "hang" || outcome === "not called") continue;
    try {
      const result = instantiate().exports[name](...parameters.map(zero));
      const results = result === undefined ? [] : Array.isArray(result) ? result : [result];
      out.exports[name] = results.map(anyText);
    } catch (error) {
      out.exports[name] = error.message;
    }
  }
  return out;
}

const mode = process.argv[2];
if (mode === "features") {
  console.log(JSON.stringify(features()));
  process.exit(0);
}
for (const line of fs.readFileSync(0, "utf8").split("\n")) {
  if (line === "") continue;
  const [file, told] = line.split("\t");
  let out;
  try {
    const module = new WebAssembly.Module(fs.readFileSync(file));
    if (mode === "any") out = any(module, JSON.parse(told));
    else out = mode === "exports" ? eachExport(module) : events(module, mode === "fresh-events");
  } catch (error) {
    out = mode.endsWith("events") ? [error.message] : {error: error.message};
  }
  console.log(JSON.stringify(out));
}
