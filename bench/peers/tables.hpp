// What the peers of distributed service and of waiting share: their tables (make_tables.mjs), draws event by event, timing and the check of means.
#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using Tables = std::map<std::string, std::vector<double>>;

static Tables readTables(const char *path) {
  Tables tables; std::ifstream file(path); std::string line, name;
  if (!file) { std::fprintf(stderr, "no %s: run from bench/peers\n", path); std::exit(1); }
  while (std::getline(file, line)) { std::istringstream words(line); words >> name; double x; auto &numbers = tables[name]; numbers.clear(); while (words >> x) numbers.push_back(x); }
  return tables;
}

// xoshiro256++ and what is drawn with it.
struct Draws {
  uint64_t s[4]; double spare = 0; bool has = false;
  explicit Draws(uint64_t seed) { for (auto &v : s) { uint64_t z = (seed += 0x9E3779B97F4A7C15ull); z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull; z = (z ^ (z >> 27)) * 0x94D049BB133111EBull; v = z ^ (z >> 31); } }
  static uint64_t turn(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  uint64_t word() { uint64_t r = turn(s[0] + s[3], 23) + s[0], t = s[1] << 17; s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = turn(s[3], 45); return r; }
  double uniform() { return (word() >> 11) * 0x1p-53; }
  double normal() {  // polar method, two at a time
    if (has) { has = false; return spare; }
    double a, b, q; do { a = 2 * uniform() - 1; b = 2 * uniform() - 1; q = a * a + b * b; } while (q >= 1 || q == 0);
    q = std::sqrt(-2 * std::log(q) / q); spare = b * q; has = true; return a * q;
  }
};

// Gamma by Marsaglia and Tsang; a shape below 1 from one above by a power of a uniform.
struct Gamma {
  double shape, scale, d, c;
  Gamma(double k, double th) : shape(k), scale(th), d((k < 1 ? k + 1 : k) - 1.0 / 3), c(1 / std::sqrt(9 * d)) {}
  double operator()(Draws &g) const {
    for (;;) {
      double x = g.normal(), v = 1 + c * x; if (v <= 0) continue;
      v = v * v * v; double u = g.uniform();
      if (u < 1 - 0.0331 * x * x * x * x || std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) return d * v * scale * (shape < 1 ? std::pow(g.uniform(), 1 / shape) : 1);
    }
  }
};

// A whole number by inversion: cumulative weights in 2^-32.
struct Choice {
  std::vector<uint32_t> below;
  explicit Choice(const std::vector<double> &weights) { double sum = 0; for (double w : weights) below.push_back((uint32_t)std::min(4294967295.0, (sum += w) * 4294967296.0)); below.back() = ~0u; }
  int operator()(uint32_t u) const { int n = 0; while (u >= below[n] && n + 1 < (int)below.size()) n++; return n; }
};
static std::vector<double> poissonWeights(double rate, int most) { std::vector<double> p{std::exp(-rate)}; for (int n = 1; n < most; n++) p.push_back(p.back() * rate / n); return p; }

// Sums of what was lacking at each horizon, and of its squares.
struct Sums { std::vector<double> s, s2; explicit Sums(size_t n) : s(n), s2(n) {} void add(const Sums &o) { for (size_t i = 0; i < s.size(); i++) { s[i] += o.s[i]; s2[i] += o.s2[i]; } } };

// One warm-up and five timed runs of walk(seed, paths, sums); means beside batterywalk's, whose own standard errors count as well.
template <class F> void bench(const char *name, int64_t paths, const Tables &tables, F walk) {
  const auto &horizons = tables.at("horizons"), &means = tables.at("means"), &errors = tables.at("errors"); size_t n = horizons.size();
  auto timed = [&](uint64_t seed, Sums &sums) { auto start = std::chrono::steady_clock::now(); walk(seed, paths, sums); return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  Sums warm(n), sums(n); double first = timed(1, warm), took[5];
  for (int r = 0; r < 5; r++) took[r] = timed(1000 + r, sums);
  std::sort(took, took + 5);
  double work = paths * horizons[n - 1], count = 5.0 * paths, mean = 0, error = 0, z = 0, worst = 0; int at = 0;
  for (size_t i = 0; i < n; i++) {
    mean = sums.s[i] / count; error = std::sqrt((sums.s2[i] / count - mean * mean) / count + errors[i] * errors[i]); z = error > 0 ? (mean - means[i]) / error : 0;
    if (std::fabs(z) > std::fabs(worst)) { worst = z; at = (int)horizons[i]; }
  }
  std::printf("%-34s P=%-9lld med %.4g slots/s  (min %.4g max %.4g, %.3f s, warm %.3f)  E[D_T]=%.1f +- %.1f z=%+.2f  maxz=%+.2f@t=%d\n", name, (long long)paths, work / took[2], work / took[4], work / took[0], took[2], first, mean, error, z, worst, at);
}
