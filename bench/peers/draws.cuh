// What the CUDA peers of distributed service and of waiting share: Philox4x32-10, draws event by event, sums over a grid.
#pragma once
#include "tables.hpp"
#define CK(x) do { cudaError_t e_ = (x); if (e_ != cudaSuccess) { std::fprintf(stderr, "%s:%d %s\n", __FILE__, __LINE__, cudaGetErrorString(e_)); std::exit(1); } } while (0)

struct Philox {
  uint4 counter, words; uint2 key; int left = 0;
  __device__ Philox(uint64_t seed, uint64_t path) { key = make_uint2((uint32_t)seed, (uint32_t)(seed >> 32)); counter = make_uint4(0, 0, (uint32_t)path, (uint32_t)(path >> 32)); }
  __device__ uint32_t word() {
    if (left == 0) {
      uint4 c = counter; uint2 k = key; if (++counter.x == 0) ++counter.y;
      #pragma unroll
      for (int i = 0; i < 10; i++) { uint32_t h0 = __umulhi(0xD2511F53u, c.x), l0 = 0xD2511F53u * c.x, h1 = __umulhi(0xCD9E8D57u, c.z), l1 = 0xCD9E8D57u * c.z; c = make_uint4(h1 ^ c.y ^ k.x, l1, h0 ^ c.w ^ k.y, l0); k.x += 0x9E3779B9u; k.y += 0xBB67AE85u; }
      words = c; left = 4;
    }
    const uint32_t w = left == 4 ? words.x : left == 3 ? words.y : left == 2 ? words.z : words.w; left--; return w;
  }
  __device__ float uniform() { return ((word() >> 8) + 0.5f) * 0x1p-24f; }
  __device__ int choose(const uint32_t *below, int count) { const uint32_t u = word(); int n = 0; while (n + 1 < count && u >= below[n]) n++; return n; }
  __device__ float gamma(float shape, float scale) {  // Marsaglia and Tsang
    const float d = (shape < 1 ? shape + 1 : shape) - 1.0f / 3, c = rsqrtf(9 * d);
    for (;;) {
      const float x = sqrtf(-2 * logf(uniform())) * cospif(2 * uniform()); float v = 1 + c * x; if (v <= 0) continue;
      v = v * v * v; const float u = uniform();
      if (u < 1 - 0.0331f * x * x * x * x || logf(u) < 0.5f * x * x + d * (1 - v + logf(v))) return d * v * scale * (shape < 1 ? powf(uniform(), 1 / shape) : 1);
    }
  }
};

static const int MOST = 64;  // kinds, horizons, entries of any list

// Adds what a path lacks at a horizon.
__device__ void count(double *sums, int h, double lacking) { atomicAdd(sums + h, lacking); atomicAdd(sums + MOST + h, lacking * lacking); }

template <class T> T *onDevice(const T &value) { T *d; CK(cudaMalloc(&d, sizeof(T))); CK(cudaMemcpy(d, &value, sizeof(T), cudaMemcpyHostToDevice)); return d; }

// Runs launch(seed, paths, device sums) and adds what it counted; every launch is waited for.
template <class F> auto onGpu(F launch) {
  double *d; CK(cudaMalloc(&d, 2 * MOST * sizeof(double)));
  return [=](uint64_t seed, int64_t paths, Sums &all) {
    double h[2 * MOST]; CK(cudaMemset(d, 0, sizeof h)); launch(seed, paths, d); CK(cudaGetLastError()); CK(cudaMemcpy(h, d, sizeof h, cudaMemcpyDeviceToHost));
    for (size_t i = 0; i < all.s.size(); i++) { all.s[i] += h[i]; all.s2[i] += h[MOST + i]; }
  };
}
