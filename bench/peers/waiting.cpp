// `solar-site` whose router lets tasks wait until the battery holds 20 MJ, by hand, event by event: by kind and slot of arrival, what waits; the slot in which all went says what of it is gone. g++ -O3 -march=native -std=c++17 -fopenmp
#include "tables.hpp"
#include <omp.h>

static const int KINDS = 8;

int main(int argc, char **argv) {
  const Tables tables = readTables("waiting.txt");
  auto number = [&](const char *name) { return tables.at(name)[0]; };
  const Gamma harvest(number("shape"), number("scale"));
  const Choice arrivals(poissonWeights(number("rate"), 64)), kind(tables.at("weights"));
  const auto &horizons = tables.at("horizons"), &joules = tables.at("joules"), &others = tables.at("others"), &waits = tables.at("waits"), &day = tables.at("day"), &factors = tables.at("factors"), &battery = tables.at("battery");
  const double capacity = battery[0], initial = battery[1], charge = battery[2], discharge = battery[3], keep = 1 - battery[4], threshold = number("level");
  const int kinds = (int)waits.size(), perValue = (int)number("slotsPerValue"), perStep = (int)number("slotsPerStep"), states = (int)factors.size(), mask = 255;
  if (kinds > KINDS) { std::fprintf(stderr, "too many kinds\n"); return 1; }
  for (double wait : waits) if (wait > mask) { std::fprintf(stderr, "a task waits longer than the ring\n"); return 1; }
  const uint32_t error = (uint32_t)(number("error") * 4294967296.0);
  std::vector<Choice> next;
  for (int s = 0; s < states; s++) next.emplace_back(std::vector<double>(tables.at("transitions").begin() + s * states, tables.at("transitions").begin() + (s + 1) * states));
  auto walk = [&](uint64_t seed, int64_t paths, Sums &all) {
    #pragma omp parallel
    {
      Sums sums(horizons.size()); Draws g(seed * 1000003 + omp_get_thread_num());
      #pragma omp for schedule(static)
      for (int64_t p = 0; p < paths; p++) {
        double came[KINDS][mask + 1], waiting = 0, level = initial, lacking = 0;
        int t = 0, went = -1, state = (int)number("initial");
        for (size_t h = 0; h < horizons.size(); h++) {
          for (; t < horizons[h]; t++) {
            if (t > 0 && t % perStep == 0) state = next[state]((uint32_t)(g.word() >> 32));
            level *= keep;
            double burned = 0, arrived[KINDS] = {};
            for (int k = 0; k < kinds; k++) if (waits[k] > 0 && t - (int)waits[k] > went) burned += came[k][(t - (int)waits[k]) & mask];
            waiting -= burned;
            for (int left = arrivals((uint32_t)g.word()); left > 0; left--) {
              const uint64_t word = g.word(); const int k = kind((uint32_t)(word >> 32));
              arrived[k] += (uint32_t)word < error ? others[k] : joules[k];
            }
            for (int k = 0; k < kinds; k++) { came[k][t & mask] = arrived[k]; if (waits[k] > 0) waiting += arrived[k]; else burned += arrived[k]; }
            if (level >= threshold) { burned += waiting; waiting = 0; went = t; }
            const double net = harvest(g) * day[t / perValue % day.size()] * factors[state] - burned;
            if (net >= 0) level = std::min(capacity, level + charge * net);
            else { const double given = std::min(-net, level * discharge); level = std::max(0.0, level - given / discharge); lacking += -net - given; }
          }
          sums.s[h] += lacking; sums.s2[h] += lacking * lacking;
        }
      }
      #pragma omp critical
      all.add(sums);
    }
  };
  bench("cpp waiting, event by event", argc > 1 ? std::atoll(argv[1]) : 2048, tables, walk);
}
