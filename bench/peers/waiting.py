# `solar-site` whose router lets tasks wait until the battery holds 20 MJ, in NumPy: paths side by side, energies that wait by the slot in which they are due.
import numpy as np
from tables import bench, read_tables

TABLES = read_tables('waiting.txt')
CAPACITY, INITIAL, CHARGE, DISCHARGE, LEAK = TABLES['battery']
WAITS = TABLES['waits'].astype(int)
RING = WAITS.max() + 1
NEXT = np.cumsum(TABLES['transitions'].reshape(TABLES['factors'].size, -1), axis=1)


def walk(seed, paths):
    g = np.random.default_rng(seed)
    horizons, day = TABLES['horizons'], TABLES['day']
    error, factors, threshold = TABLES['error'][0], TABLES['factors'], TABLES['level'][0]
    shape, scale = TABLES['shape'][0], TABLES['scale'][0]
    step, per_value = int(TABLES['slotsPerStep'][0]), int(TABLES['slotsPerValue'][0])
    rates = TABLES['rate'][0] * TABLES['weights'][:, None] * np.array([1 - error, error])
    joules = np.stack([TABLES['joules'], TABLES['others']], axis=1)
    level, lacking = np.full(paths, INITIAL), np.zeros(paths)
    state = np.full(paths, int(TABLES['initial'][0]))
    due = np.zeros((RING, paths))
    s, s2 = np.zeros(horizons.size), np.zeros(horizons.size)
    h = 0
    for t in range(int(horizons[-1])):
        if t > 0 and t % step == 0:
            state = (g.random(paths)[:, None] > NEXT[state][:, :-1]).sum(axis=1)
        level *= 1 - LEAK
        energy = (g.poisson(rates, (paths, *rates.shape)) * joules).sum(axis=2)
        for k, wait in enumerate(WAITS):
            due[(t + wait) % RING] += energy[:, k]
        go = level >= threshold
        burned = due[t % RING].copy()
        due[t % RING] = 0
        burned[go] += due[:, go].sum(axis=0)
        due[:, go] = 0
        net = g.gamma(shape, scale, paths) * day[t // per_value % day.size] * factors[state] - burned
        given = np.minimum(np.maximum(-net, 0), level * DISCHARGE)
        lacking += np.maximum(-net, 0) - given
        level = np.minimum(CAPACITY, np.maximum(0, level - given / DISCHARGE + CHARGE * np.maximum(net, 0)))
        if t + 1 == horizons[h]:
            s[h], s2[h] = lacking.sum(), (lacking**2).sum()
            h += 1
    return s, s2


if __name__ == '__main__':
    bench('numpy waiting, energy by due slot', 1024, TABLES, walk)
