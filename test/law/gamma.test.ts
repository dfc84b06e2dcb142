/**
 * P and Q of the incomplete gamma function for shapes from 0.1 to 10⁵, on either side of the mode and in both tails.
 *
 * Values by mpmath 1.2.1 with 120 digits: P from its power series x^a exp(−x)/Γ(a+1) Σ x^n/((a+1)…(a+n)), whose terms
 * are all positive, Q as 1 − P; x is a + z√a for z = −6, −2, −1/16, 0, 1/2, 3, 9, rounded to a double first.
 */
import { describe, expect, test } from 'vitest';
import { GammaOrigin, gammaCdf, gammaMasses, gammaReach, gammaSurvival, gammaTable } from '../../src/law/gamma.js';
import { gammaLower, gammaUpper, logGap } from '../../src/numeric/incomplete-gamma.js';
import { chiSquareSurvival, skewedTwoSided } from '../../src/stats/tails.js';

const VALUES: [shape: number, x: number, lower: number, upper: number][] = [
  [0.1, 0.08023576462394763, 0.810928489796224, 0.189071510203776],
  [0.1, 0.1, 0.827551759585851, 0.172448240414149],
  [0.1, 0.258113883008419, 0.897829923041394, 0.102170076958606],
  [0.1, 1.0486832980505139, 0.977671366535424, 0.0223286334645765],
  [0.1, 2.9460498941515416, 0.998325910602266, 0.00167408939773355],
  [0.5, 0.45580582617584076, 0.660312838727795, 0.339687161272205],
  [0.5, 0.5, 0.682689492137086, 0.317310507862914],
  [0.5, 0.8535533905932737, 0.808638818459138, 0.191361181540862],
  [0.5, 2.6213203435596424, 0.977960204718782, 0.0220397952812183],
  [0.5, 6.863961030678928, 0.999788710205123, 2.11289794877068e-4],
  [1, 0.9375, 0.608394373323201, 0.391605626676799],
  [1, 1.0, 0.632120558828558, 0.367879441171442],
  [1, 1.5, 0.77686983985157, 0.22313016014843],
  [1, 4.0, 0.981684361111266, 0.0183156388887342],
  [1, 10.0, 0.999954600070238, 4.53999297624849e-5],
  [3, 2.8917468245269453, 0.552124800020129, 0.447875199979871],
  [3, 3.0, 0.576809918873156, 0.423190081126844],
  [3, 3.866025403784439, 0.741601468624324, 0.258398531375676],
  [3, 8.196152422706632, 0.988203754445061, 0.0117962455549395],
  [3, 18.588457268119896, 0.999998373566102, 1.62643389828615e-6],
  [30, 19.04554884989668, 0.012204200860262, 0.987795799139738],
  [30, 29.657673401559272, 0.499291742639724, 0.500708257360276],
  [30, 30.0, 0.52428301389368, 0.47571698610632],
  [30, 32.73861278752583, 0.707468740578929, 0.292531259421071],
  [30, 46.431676725154986, 0.995836249050794, 0.00416375094920615],
  [30, 79.29503017546494, 0.999999999922866, 7.71344198730686e-11],
  [99, 39.3007537736028, 1.05355609183615e-15, 0.999999999999999],
  [99, 79.1002512578676, 0.017078840512695, 0.982921159487305],
  [99, 98.37813285180836, 0.488390652668753, 0.511609347331247],
  [99, 99.0, 0.51336580233079, 0.48663419766921],
  [99, 103.9749371855331, 0.700289492372223, 0.299710507627777],
  [99, 128.8496231131986, 0.997241562836057, 0.0027584371639432],
  [99, 188.5488693395958, 0.999999999999721, 2.78638274307866e-13],
  [100, 40.0, 1.20625420530865e-15, 0.999999999999999],
  [100, 80.0, 0.0171083130351331, 0.982891686964867],
  [100, 99.375, 0.48832383325516, 0.51167616674484],
  [100, 100.0, 0.513298798279149, 0.486701201720851],
  [100, 105.0, 0.700245342391156, 0.299754657608844],
  [100, 130.0, 0.997249591632693, 0.00275040836730653],
  [100, 190.0, 0.999999999999734, 2.66328996184349e-13],
  [250, 155.1316701949486, 1.60842644427916e-12, 0.999999999998392],
  [250, 218.3772233983162, 0.0192336609079148, 0.980766339092085],
  [250, 249.0117882311974, 0.483451949164789, 0.516548050835211],
  [250, 250.0, 0.508410626968991, 0.491589373031009],
  [250, 257.90569415042097, 0.697021653191045, 0.302978346808955],
  [250, 297.4341649025257, 0.997811348466817, 0.00218865153318282],
  [250, 392.30249470757707, 0.999999999999994, 5.72148388636313e-15],
  [1000, 810.2633403898973, 6.93844531748654e-11, 0.999999999930616],
  [1000, 936.7544467966325, 0.0210165006124286, 0.978983499387571],
  [1000, 998.0235764623948, 0.479265021259242, 0.520734978740758],
  [1000, 1000.0, 0.504205244180216, 0.495794755819784],
  [1000, 1015.8113883008419, 0.694243932818448, 0.305756067181552],
  [1000, 1094.8683298050514, 0.998252754498535, 0.00174724550146514],
  [1000, 1284.6049894151543, 1.0, 6.4151137713269e-17],
  [10000, 9400.0, 4.64852460812127e-10, 0.999999999535148],
  [10000, 9800.0, 0.0222075438139697, 0.97779245618603],
  [10000, 9993.75, 0.476404564611121, 0.523595435388879],
  [10000, 10000.0, 0.501329808339955, 0.498670191660045],
  [10000, 10050.0, 0.692342440702566, 0.307657559297434],
  [10000, 10300.0, 0.998529505103614, 0.00147049489638568],
  [10000, 10900.0, 1.0, 1.09886487886605e-18],
  [100000, 98102.63340389897, 7.8348764604491e-10, 0.999999999216512],
  [100000, 99367.54446796632, 0.0225791282200148, 0.977420871779985],
  [100000, 99980.23576462395, 0.475500413534162, 0.524499586465838],
  [100000, 100000.0, 0.500420522110365, 0.499579477889635],
  [100000, 100158.11388300842, 0.691740774999946, 0.308259225000054],
  [100000, 100948.68329805051, 0.998612486319167, 0.00138751368083302],
  [100000, 102846.04989415154, 1.0, 2.39414794022168e-19],
];

test.each(VALUES)('shape %d, x = %d', (shape, x, lower, upper) => {
  expect(Math.abs(gammaLower(shape, x) - lower)).toBeLessThan(2e-15);
  expect(Math.abs(gammaUpper(shape, x) - upper)).toBeLessThan(2e-15);
  expect(Math.abs(gammaUpper(shape, x) / upper - 1)).toBeLessThan(2e-13);
  // A harvest of any scale: the quotient x/scale is rounded once, which moves P by as much as the density times an ulp.
  const harvest = { shape, scaleJoules: 1 / 3 };
  expect(Math.abs(gammaCdf(harvest, x / 3) - lower)).toBeLessThan(1e-13);
  expect(Math.abs(gammaSurvival(harvest, x / 3) / upper - 1)).toBeLessThan(1e-12);
});

test('outside the range, and where a reach lies', () => {
  for (const shape of [0.3, 99, 101, 1e5]) {
    expect([gammaLower(shape, -1), gammaUpper(shape, -1)]).toEqual([0, 1]);
    expect([gammaLower(shape, 0), gammaUpper(shape, 0)]).toEqual([0, 1]);
    expect([gammaLower(shape, 1e300), gammaUpper(shape, 1e300)]).toEqual([1, 0]);
    expect([gammaLower(shape, Infinity), gammaUpper(shape, Infinity)]).toEqual([1, 0]);
    const harvest = { shape, scaleJoules: 20 };
    expect(gammaSurvival(harvest, gammaReach(harvest, 1e-12)) / 1e-12).toBeCloseTo(1, 6);
  }
});

test('the two ways meet: no step at shape 100, none where the expansion hands over to series and fraction', () => {
  // A relative step of 1e-9 in x moves P by x·density·1e-9, at most 1e-9·√(a/2π).
  for (const shape of [100, 150, 1000]) {
    for (const at of [0.6, 1.4]) {
      const [before, after] = [shape * at * (1 - 1e-9), shape * at * (1 + 1e-9)];
      const slope = (2e-9 * shape * Math.abs(at - 1)) / Math.min(1, at);
      expect(Math.abs(gammaUpper(shape, after) / gammaUpper(shape, before) - 1)).toBeLessThan(2 * slope);
      expect(Math.abs(gammaLower(shape, after) / gammaLower(shape, before) - 1)).toBeLessThan(2 * slope);
    }
  }
  for (const x of [60, 90, 100, 115, 160]) {
    const below = gammaLower(100 - 1e-10, x);
    expect(Math.abs(gammaLower(100, x) / below - 1)).toBeLessThan(1e-9);
  }
});

test('s − log(1 + s) keeps its digits', () => {
  // mpmath: s − log(1 + s) for s = 1/1024 and s = −1/3.
  expect(logGap(1024, 1025) / 4.76526944541104e-7).toBeCloseTo(1, 14);
  expect(logGap(3, 2) / 0.072131774774831).toBeCloseTo(1, 14);
  expect(logGap(1024, 1024)).toBe(0);
  expect(logGap(1, 1.3) / logGap(1, 1.3 + 1e-15)).toBeCloseTo(1, 12);
});

describe('what stands on it', () => {
  // mpmath, as above: Q(1500, 1540) and Q(2047.5, 2000); 2Q(a, a + 3√a), a = 4/γ² = 1111.1… for γ = 0.06.
  test.each([
    [3080, 3000, 0.1509556932758411],
    [4000, 4095, 0.85327608540238],
  ])('P(χ² > %d) at %d degrees of freedom', (x, df, p) => {
    expect(Math.abs(chiSquareSurvival(x, df) / p - 1)).toBeLessThan(1e-12);
  });

  test('a skewed p-value', () => {
    expect(skewedTwoSided(3, 0.06) / 0.003451481722842494).toBeCloseTo(1, 12);
  });
});

describe.each([0.02, 0.3, 0.8, 1, 1.5, 3, 8, 30, 300, 1e4, 1e5])('tables of a harvest, shape %d', (shape) => {
  const harvest = { shape, scaleJoules: 3 };
  const sigma = 3 * Math.sqrt(shape);

  test('masses on a grid add up to the distribution function', () => {
    for (const [fineness, tolerance] of [
      [16, 2e-13],
      [6, 1e-10],
    ]) {
      const step = sigma / fineness;
      const masses = gammaMasses(harvest, step, Math.ceil(gammaReach(harvest, 1e-17) / step));
      let sum = 0;
      masses.forEach((mass, n) => {
        sum += mass;
        expect(Math.abs(sum - gammaCdf(harvest, (n + 0.5) * step))).toBeLessThan(tolerance);
      });
    }
  });

  test('the table is the distribution function to 2e-8, next to the origin to 1e-8', () => {
    const table = gammaTable(harvest);
    const origin = new GammaOrigin(harvest, sigma / 16, 48);
    const low = Math.max(0, 3 * shape - 6 * sigma);
    for (let i = 0; i < 3000; i++) {
      for (const x of [low + (i / 250) * sigma, (i / 3000) * sigma, 1e-6 * i * sigma]) {
        expect(Math.abs(table(x) - gammaCdf(harvest, x))).toBeLessThan(2e-8);
        if (x < 2.9 * sigma) expect(Math.abs(origin.cdf(x) - gammaCdf(harvest, x))).toBeLessThan(1e-8);
      }
    }
    expect([table(-1), table(0), table(1e300)]).toEqual([0, 0, 1]);
  });
});
