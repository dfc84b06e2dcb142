import { describe, expect, it } from 'vitest';
import {
  energyProfile,
  serviceCost,
  serviceEnergy,
  serviceSlots,
  serviceTime,
  tokensAfter,
} from '../../src/fleet/service.js';
import { loadPreset } from '../../src/scenario/presets.js';

const reference = loadPreset('reference');
if (reference.fleet === undefined) throw new Error('the reference scenario has a fleet');
const { fleet } = reference;
const costs = fleet.models.map((model) => serviceCost(fleet, model));

describe('service', () => {
  it('totals are the sums over contexts of the cost of one token (eq. 40)', () => {
    // Midpoint sums over the context k' of e_mem N + e_flop (2N + 4 n_layer d k') are exact, as that is linear in k'.
    const [e, f, w, r] = [1e-10, 1e-12, 5e12, 2e13];
    fleet.models.forEach((m, i) => {
      let energy = 0;
      let time = 0;
      for (let k = 0; k < 5000; k++) {
        const flops = 2 * m.parameters + 4 * m.layers * m.attentionWidth * (k + 0.5);
        energy += e * m.parameters + f * flops;
        time += m.parameters / w + flops / r;
      }
      expect(Math.abs(serviceEnergy(costs[i], 5000) / energy - 1)).toBeLessThan(1e-12);
      expect(Math.abs(serviceTime(costs[i], 5000) / time - 1)).toBeLessThan(1e-12);
    });
  });

  it('time has an inverse from a thousandth of a token to a million million', () => {
    for (const cost of costs) {
      for (const k of [1e-3, 1, 2000, 160432, 1e9, 1e12]) {
        expect(Math.abs(tokensAfter(cost, serviceTime(cost, k)) / k - 1)).toBeLessThan(4e-16 * 4);
      }
      expect(tokensAfter(cost, 0)).toBe(0);
    }
  });

  it('slots are the ceiling of latency over slot length, at least one', () => {
    expect([0.01, 9.99, 10, 10.01, 361.8].map((t) => serviceSlots(t, 10))).toEqual([1, 1, 1, 2, 37]);
  });

  it('a profile sums to the energy, has one entry a slot, none negative, and its power does not fall', () => {
    for (const cost of costs) {
      for (const tokens of [2000, 6617.2, 16391.84, 160431.8]) {
        for (const slot of [0.5, 10, 1e6]) {
          const profile = energyProfile(cost, tokens, slot);
          const total = serviceEnergy(cost, tokens);
          const sum = profile.reduce((a, b) => a + b, 0);
          expect(Math.abs(sum / total - 1)).toBeLessThan(1e-15 * profile.length);
          expect(profile.length).toBe(serviceSlots(serviceTime(cost, tokens), slot));
          expect(Math.min(...profile)).toBeGreaterThan(0);
        }
      }
    }
  });

  it('a profile agrees with mpmath: the large model at ξ = 1.94, slots of 10 s', () => {
    // Computed independently with mpmath, 50 digits: k(t) from the quadratic, energy at both ends of each slot (eq.
    // 43).
    const golden = [
      3395.258634916162, 3385.8318163691783, 3376.487943235373, 3367.2258062257397, 3358.044220591147,
      3348.9420254857646, 3339.9180833505516, 1536.715956982512,
    ];
    const profile = energyProfile(costs[1], 3514.3188406841073, 10);
    expect(profile.length).toBe(golden.length);
    golden.forEach((joules, j) => {
      expect(Math.abs(profile[j] / joules - 1)).toBeLessThan(1e-12);
    });
  });
});
