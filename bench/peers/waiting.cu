// `solar-site` whose router lets tasks wait until the battery holds 20 MJ, on a GPU, event by event: a path a thread; by kind and slot of arrival, what waits. nvcc -O3 -std=c++17 -arch=native
#include "draws.cuh"

static const int RING = 256, BLOCK = 128, KINDS = 4, STATES = 8;
struct Law {
  uint32_t arrivals[MOST], kinds[KINDS], error, next[STATES][STATES]; int kindCount, waits[KINDS], stateCount, initialState, dayLength, perValue, perStep, horizonCount, horizons[MOST];
  float shape, scale, joules[KINDS], others[KINDS], day[MOST], factors[STATES], capacity, initial, charge, discharge, keep, threshold;
};

__global__ void walk(const Law *law, uint64_t seed, double *sums) {
  const uint64_t path = blockIdx.x * (uint64_t)BLOCK + threadIdx.x;
  Philox g(seed, path); float came[KINDS][RING], waiting = 0, level = law->initial; double lacking = 0; int t = 0, went = -1, state = law->initialState;
  for (int h = 0; h < law->horizonCount; h++) {
    for (; t < law->horizons[h]; t++) {
      if (t > 0 && t % law->perStep == 0) state = g.choose(law->next[state], law->stateCount);
      level *= law->keep;
      float burned = 0, arrived[KINDS] = {};
      for (int k = 0; k < law->kindCount; k++) if (law->waits[k] > 0 && t - law->waits[k] > went) burned += came[k][(t - law->waits[k]) & (RING - 1)];
      waiting -= burned;
      for (int left = g.choose(law->arrivals, MOST); left > 0; left--) { const int k = g.choose(law->kinds, law->kindCount); arrived[k] += g.word() < law->error ? law->others[k] : law->joules[k]; }
      for (int k = 0; k < law->kindCount; k++) { came[k][t & (RING - 1)] = arrived[k]; if (law->waits[k] > 0) waiting += arrived[k]; else burned += arrived[k]; }
      if (level >= law->threshold) { burned += waiting; waiting = 0; went = t; }
      const float net = g.gamma(law->shape, law->scale) * law->day[t / law->perValue % law->dayLength] * law->factors[state] - burned;
      if (net >= 0) level = fminf(law->capacity, level + law->charge * net);
      else { const float given = fminf(-net, level * law->discharge); level = fmaxf(0, level - given / law->discharge); lacking += -net - given; }
    }
    count(sums, h, lacking);
  }
}

int main(int argc, char **argv) {
  const Tables tables = readTables("waiting.txt"); Law law{};
  auto number = [&](const char *name) { return tables.at(name)[0]; };
  auto put = [&](const char *name, auto *to, int most) { const auto &from = tables.at(name); if ((int)from.size() > most) { std::fprintf(stderr, "%s: too many numbers\n", name); std::exit(1); } std::copy(from.begin(), from.end(), to); return (int)from.size(); };
  const Choice arrivals(poissonWeights(number("rate"), MOST)), kinds(tables.at("weights"));
  law.kindCount = put("joules", law.joules, KINDS); put("others", law.others, KINDS); put("waits", law.waits, KINDS);
  for (int wait : law.waits) if (wait >= RING) { std::fprintf(stderr, "a task waits longer than the ring\n"); return 1; }
  std::copy(arrivals.below.begin(), arrivals.below.end(), law.arrivals); std::copy(kinds.below.begin(), kinds.below.end(), law.kinds);
  law.error = (uint32_t)(number("error") * 4294967296.0); law.stateCount = put("factors", law.factors, STATES); law.initialState = (int)number("initial");
  for (int s = 0; s < law.stateCount; s++) { const auto from = tables.at("transitions").begin() + s * law.stateCount; const Choice next(std::vector<double>(from, from + law.stateCount)); std::copy(next.below.begin(), next.below.end(), law.next[s]); }
  law.dayLength = put("day", law.day, MOST); law.perValue = (int)number("slotsPerValue"); law.perStep = (int)number("slotsPerStep"); law.horizonCount = put("horizons", law.horizons, MOST);
  law.shape = (float)number("shape"); law.scale = (float)number("scale"); law.threshold = (float)number("level");
  const auto &b = tables.at("battery"); law.capacity = (float)b[0]; law.initial = (float)b[1]; law.charge = (float)b[2]; law.discharge = (float)b[3]; law.keep = (float)(1 - b[4]);
  const Law *device = onDevice(law);
  bench("cuda waiting, event by event", argc > 1 ? std::atoll(argv[1]) / BLOCK * BLOCK : 1 << 17, tables, onGpu([=](uint64_t seed, int64_t paths, double *sums) { walk<<<(unsigned)(paths / BLOCK), BLOCK>>>(device, seed, sums); }));
}
