# What the NumPy peers of distributed service and of waiting share: their tables (make_tables.mjs), timing, the check of means.
import time
import numpy as np


def read_tables(path):
    rows = (line.split() for line in open(path))
    return {name: np.array(numbers, float) for name, *numbers in rows}


def bench(name, paths, tables, walk):
    """One warm-up and five timed runs of walk(seed, paths), which gives sums and sums of squares by horizon."""
    horizons = tables['horizons']
    start = time.perf_counter()
    walk(1, paths)
    warm = time.perf_counter() - start
    took, total, squares = [], 0, 0
    for run in range(5):
        start = time.perf_counter()
        s, s2 = walk(1000 + run, paths)
        took.append(time.perf_counter() - start)
        total, squares = total + s, squares + s2
    mean = total / (5 * paths)
    # batterywalk's means have standard errors of their own.
    error = np.sqrt((squares / (5 * paths) - mean**2) / (5 * paths) + tables['errors'] ** 2)
    z = (mean - tables['means']) / np.where(error > 0, error, 1)
    worst = np.argmax(abs(z))
    took.sort()
    work = paths * horizons[-1]
    print(
        f'{name:34s} P={paths:<9d} med {work / took[2]:.4g} slots/s  (min {work / took[4]:.4g} max {work / took[0]:.4g}, {took[2]:.3f} s, warm {warm:.3f})'
        f'  E[D_T]={mean[-1]:.1f} +- {error[-1]:.1f} z={z[-1]:+.2f}  maxz={z[worst]:+.2f}@t={int(horizons[worst])}',
        flush=True,
    )
