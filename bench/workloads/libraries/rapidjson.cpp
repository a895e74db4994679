// RapidJSON: parses a document into a tree, edits it, writes it, and parses it again as events.
#include <rapidjson/document.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "../workload.h"

namespace {

const char kDocument[] = R"({"plant":"cellar","zones":[
  {"id":1,"name":"boiler room","temperature":[61.5,62.25,63.0,61.875],"open":false,"limits":{"low":5,"high":90}},
  {"id":2,"name":"wash house \u00e9","temperature":[18.0,18.5,19.25,22.75,21.0],"open":true,"limits":{"low":2,"high":40}},
  {"id":3,"name":"stairs","temperature":[],"open":null,"limits":{}}],
  "serial":18446744073709551557,"gain":-1.25e-7,"notes":["filter \"B\" changed","pump\t3 noisy","ok"],
  "table":[[1,2,3],[4,5,6],[7,8,9],[10,11,12],[1000000,-2000000,3000000000,4.5]]})";

// Counts events, and sums numbers.
struct Counter : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Counter> {
  uint32_t events = 0;
  double total = 0;
  bool Default() { return ++events != 0; }
  bool Uint(unsigned value) { return total += value, Default(); }
  bool Int(int value) { return total += value, Default(); }
  bool Double(double value) { return total += value, Default(); }
  bool String(const char*, rapidjson::SizeType length, bool) { return total += length, Default(); }
};

}  // namespace

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    rapidjson::Document document;
    document.Parse(kDocument);
    auto& allocator = document.GetAllocator();
    for (auto& zone : document["zones"].GetArray()) {
      auto& temperatures = zone["temperature"];
      temperatures.PushBack(static_cast<double>(i % 97) / 8, allocator);
      zone["open"].SetBool((i & 1) != 0);
    }
    document.AddMember("iteration", i, allocator);
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    document.Accept(writer);
    const char* text = buffer.GetString();
    for (uint32_t k = 0; k < buffer.GetSize(); k += 31) {
      sum = mix(sum, static_cast<uint8_t>(text[k]));
    }
    Counter counter;
    rapidjson::Reader reader;
    rapidjson::StringStream stream(text);
    reader.Parse(stream, counter);
    sum = mix(sum, counter.events + (reader.HasParseError() ? 1u << 31 : 0));
    sum = mix(sum, static_cast<uint64_t>(static_cast<int64_t>(counter.total * 8)));
  }
  return sum;
}

WORKLOAD("rapidjson", 4200)
