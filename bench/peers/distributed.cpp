// The walk of `reference` whose tasks burn over their service, by hand, event by event: a ring of future slots for each path. g++ -O3 -march=native -std=c++17 -fopenmp
#include "tables.hpp"
#include <omp.h>
#include <cstring>

int main(int argc, char **argv) {
  const Tables tables = readTables("distributed.txt");
  const Gamma harvest(tables.at("shape")[0], tables.at("scale")[0]);
  const Choice arrivals(poissonWeights(tables.at("rate")[0], 40)), kind(tables.at("weights"));
  const auto &horizons = tables.at("horizons");
  std::vector<std::vector<double>> profiles;
  for (size_t k = 0; k < tables.at("weights").size(); k++) profiles.push_back(tables.at("profile" + std::to_string(k)));
  const int mask = 63;  // services of at most 64 slots
  for (auto &profile : profiles) if (profile.size() > mask + 1) { std::fprintf(stderr, "a service is longer than the ring\n"); return 1; }
  auto walk = [&](uint64_t seed, int64_t paths, Sums &all) {
    #pragma omp parallel
    {
      Sums sums(horizons.size()); Draws g(seed * 1000003 + omp_get_thread_num());
      #pragma omp for schedule(static)
      for (int64_t p = 0; p < paths; p++) {
        double ring[mask + 1], level = 0, least = 0; std::memset(ring, 0, sizeof ring);
        int t = 0;
        for (size_t h = 0; h < horizons.size(); h++) {
          for (; t < horizons[h]; t++) {
            uint64_t word = g.word();
            for (int left = arrivals((uint32_t)word); left > 0; left--) {
              const auto &profile = profiles[kind((uint32_t)(g.word() >> 32))];
              for (size_t j = 0; j < profile.size(); j++) ring[(t + j) & mask] += profile[j];
            }
            level += harvest(g) - ring[t & mask]; ring[t & mask] = 0;
            least = std::min(least, level);
          }
          sums.s[h] -= least; sums.s2[h] += least * least;
        }
      }
      #pragma omp critical
      all.add(sums);
    }
  };
  bench("cpp distributed, event by event", argc > 1 ? std::atoll(argv[1]) : 4096, tables, walk);
}
