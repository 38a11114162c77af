// Feeds a fuzz driver from files: each file of the corpus folder as it is, then with seeded
// mutations (bytes flipped, cut, doubled), so that every test run also tries what nobody wrote.
//
//   fuzz_x CORPUS [ROUNDS] [SEED]

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void feed(const std::string& input) {
  // A copy of exact size on the heap: AddressSanitizer then sees reads past the end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string mutate(std::string input, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
    const std::size_t at = below(input.size());
    switch (below(4)) {
      case 0:
        if (!input.empty()) input[at] = static_cast<char>(random());
        break;
      case 1:
        input.insert(at, 1, static_cast<char>(random()));
        break;
      case 2:
        input.erase(at, 1 + below(8));
        break;
      default:
        input.insert(at, input.substr(at, below(16)));
        break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS [ROUNDS] [SEED]\n";
    return 2;
  }
  const std::uint64_t rounds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2000;
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;

  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::cerr << argv[1] << " holds no inputs\n";
    return 1;
  }

  std::vector<std::string> inputs = {""};
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  for (const std::string& input : inputs) feed(input);

  std::mt19937_64 random(seed);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    feed(mutate(inputs[random() % inputs.size()], random));
  }
  std::cout << files.size() << " inputs and " << rounds << " mutations of them (seed " << seed
            << ")\n";
}
