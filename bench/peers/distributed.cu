// The walk of `reference` whose tasks burn over their service, on a GPU, event by event: a path a thread, with a ring of future slots. nvcc -O3 -std=c++17 -arch=native
#include "draws.cuh"

static const int RING = 64, BLOCK = 128;
struct Law { uint32_t arrivals[MOST], kinds[MOST]; int kindCount, lengths[MOST], horizonCount, horizons[MOST]; float shape, scale, profiles[MOST][RING]; };

__global__ void walk(const Law *law, uint64_t seed, double *sums) {
  const uint64_t path = blockIdx.x * (uint64_t)BLOCK + threadIdx.x;
  Philox g(seed, path); float ring[RING]; double level = 0, least = 0; int t = 0;
  for (int i = 0; i < RING; i++) ring[i] = 0;
  for (int h = 0; h < law->horizonCount; h++) {
    for (; t < law->horizons[h]; t++) {
      for (int left = g.choose(law->arrivals, MOST); left > 0; left--) {
        const int k = g.choose(law->kinds, law->kindCount);
        for (int j = 0; j < law->lengths[k]; j++) ring[(t + j) & (RING - 1)] += law->profiles[k][j];
      }
      level += g.gamma(law->shape, law->scale) - ring[t & (RING - 1)]; ring[t & (RING - 1)] = 0;
      least = fmin(least, level);
    }
    count(sums, h, -least);
  }
}

int main(int argc, char **argv) {
  const Tables tables = readTables("distributed.txt"); Law law{};
  const Choice arrivals(poissonWeights(tables.at("rate")[0], MOST)), kinds(tables.at("weights"));
  std::copy(arrivals.below.begin(), arrivals.below.end(), law.arrivals); std::copy(kinds.below.begin(), kinds.below.end(), law.kinds);
  law.kindCount = (int)kinds.below.size(); law.shape = (float)tables.at("shape")[0]; law.scale = (float)tables.at("scale")[0];
  for (int k = 0; k < law.kindCount; k++) {
    const auto &profile = tables.at("profile" + std::to_string(k)); law.lengths[k] = (int)profile.size();
    if (profile.size() > RING) { std::fprintf(stderr, "a service is longer than the ring\n"); return 1; }
    std::copy(profile.begin(), profile.end(), law.profiles[k]);
  }
  for (double horizon : tables.at("horizons")) law.horizons[law.horizonCount++] = (int)horizon;
  const Law *device = onDevice(law);
  bench("cuda distributed, event by event", argc > 1 ? std::atoll(argv[1]) / BLOCK * BLOCK : 1 << 18, tables, onGpu([=](uint64_t seed, int64_t paths, double *sums) { walk<<<(unsigned)(paths / BLOCK), BLOCK>>>(device, seed, sums); }));
}
