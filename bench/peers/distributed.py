# The walk of `reference` whose tasks burn over their service, in NumPy: paths side by side, counts by kind, of which each adds its profile to a ring of future slots.
import numpy as np
from tables import bench, read_tables

TABLES = read_tables('distributed.txt')
WEIGHTS = TABLES['weights']
PROFILES = [TABLES[f'profile{k}'] for k in range(WEIGHTS.size)]
RING = max(map(len, PROFILES))
# Joules that a task of each kind burns so many slots after it arrived.
BURNS = np.array([np.pad(profile, (0, RING - profile.size)) for profile in PROFILES])


def walk(seed, paths):
    g = np.random.default_rng(seed)
    level, least, future = np.zeros(paths), np.zeros(paths), np.zeros((RING, paths))
    horizons = TABLES['horizons']
    shape, scale = TABLES['shape'][0], TABLES['scale'][0]
    s, s2 = np.zeros(horizons.size), np.zeros(horizons.size)
    h = 0
    for t in range(int(horizons[-1])):
        burns = BURNS.T @ g.poisson(TABLES['rate'][0] * WEIGHTS[:, None], (WEIGHTS.size, paths))
        now = t % RING
        future[now:] += burns[: RING - now]
        future[:now] += burns[RING - now :]
        level += g.gamma(shape, scale, paths) - future[now]
        future[now] = 0
        np.minimum(least, level, out=least)
        if t + 1 == horizons[h]:
            s[h], s2[h] = -least.sum(), (least**2).sum()
            h += 1
    return s, s2


if __name__ == '__main__':
    bench('numpy distributed, counts by kind', 512, TABLES, walk)
