// A driver for the fuzz targets that needs no libFuzzer and always does the same: runs every input
// of a corpus, then as many mutations of them as wanted. Nothing guides it; it keeps the targets
// alive and finds what comes back.
//
//   replay-NAME --runs N [CORPUS or file]
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Input = std::vector<uint8_t>;

std::minstd_rand generator(1);
size_t below(size_t limit) { return limit == 0 ? 0 : generator() % limit; }

// One to four changes of the kinds that libFuzzer makes.
Input mutated(const std::vector<Input>& corpus) {
  Input input = corpus[below(corpus.size())];
  for (size_t changes = 1 + below(4); changes != 0; changes--) {
    const size_t at = below(input.size());
    switch (input.empty() ? 5 : below(7)) {
      case 0: input[at] = static_cast<uint8_t>(input[at] ^ 1u << below(8)); break;
      case 1: input[at] = static_cast<uint8_t>(generator()); break;
      case 2:
        input.erase(input.begin() + at,
                    input.begin() + at + below(std::min<size_t>(input.size() - at, 16)));
        break;
      case 3:
        input.insert(input.begin() + at, 1 + below(8), static_cast<uint8_t>(generator()));
        break;
      case 4: input.resize(at); break;
      case 5: {
        for (size_t count = 1 + below(64); count != 0; count--) {
          input.push_back(static_cast<uint8_t>(generator()));
        }
        break;
      }
      default: {  // a part of another input
        const Input& other = corpus[below(corpus.size())];
        const size_t from = below(other.size());
        const size_t count = std::min({other.size() - from, input.size() - at, below(32)});
        std::copy_n(other.begin() + from, count, input.begin() + at);
        break;
      }
    }
  }
  return input;
}

const Input* current = nullptr;

// Keeps the input that broke a promise.
void keep_input(int) {
  std::FILE* file = std::fopen("broken-promise.input", "wb");
  if (file != nullptr) {
    std::fwrite(current->data(), 1, current->size(), file);
    std::fclose(file);
    std::fprintf(stderr, "the input is in broken-promise.input\n");
  }
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

// A copy of just its size: the sanitizer sees what lies beyond.
void run(const Input& input) {
  const Input copy(input);
  current = &copy;
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

}  // namespace

int main(int argc, char** argv) {
  for (const int each : {SIGABRT, SIGFPE, SIGSEGV}) std::signal(each, keep_input);
  size_t runs = 0;
  std::vector<Input> corpus;
  for (int i = 1; i < argc; i++) {
    if (std::strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
      runs = std::strtoul(argv[++i], nullptr, 10);
      continue;
    }
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_regular_file(argv[i])) {
      files.emplace_back(argv[i]);
    } else {
      for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files.push_back(entry);
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::ifstream in(file, std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
  for (const Input& input : corpus) run(input);
  const size_t inputs = corpus.size();
  if (corpus.empty()) {
    // Scripts need no corpus: random bytes are some.
    for (size_t i = 0; i < 64; i++) {
      Input& input = corpus.emplace_back(100 + below(400));
      for (uint8_t& byte : input) byte = static_cast<uint8_t>(generator() >> 8);
    }
  }
  for (size_t i = 0; i < runs; i++) run(mutated(corpus));
  std::printf("%zu inputs and %zu mutations\n", inputs, runs);
  return 0;
}
