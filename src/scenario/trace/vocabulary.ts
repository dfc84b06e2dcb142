/** Words of headers in the languages that energy files come in, and what a column that bears them holds. */

/** What a column holds, as its header says. */
export type Meaning = 'time' | 'harvest' | 'irradiance' | 'other' | 'unknown';

/** Never a harvest, whatever unit they have: a file has them beside one. */
const OTHER =
  /load|demand|consum|verbrauch|netzlast|\blast\b|charg|discharg|\bso[ch]\b|batter|akku|state.?of|price|preis|\bcost|lmp|eur\b|usd|€|\$|tarif|carbon|co2|emission|intensit|temp|\bt2m\b|\btair|speed|velocity|\bws\d*m?\b|\bwd\d*m?\b|direction|humid|\brh\b|pressure|\bsp\b|voltage|current|amp(?:ere)?s?\b|spannung|strom\b|freq|capacity|capacit|leistung_?inst|install|efficien|\butil|latitude|longitude|elevation|azimuth|zenith|albedo|h_?sun|sun.?height|cloud|precip|rain|snow|dew|aerosol|\baod\b|forecast|prognos|day.?ahead|intraday|schedul|import|bezug|export(?:ed)? ?price|curtail|profile|\bcf\b|factor|uncert|\berror\b|flag|quality|source|status|\bint\b|version|revision|row.?id|^id$|^index$|^no\.?$|^nr\.?$|^n$|unnamed|extraterr|\betrn?\b|\btoa\b|clear.?sky|illumin|infrared|\bir\(h\)|net.?load|residual|draw|gpu|cpu|tokens?\b|length|requests?\b|latency|confidence|reliab/i;

const IRRADIANCE =
  /irradian|radiation|insolation|einstrahlung|globalstrahlung|solar_?rad|\bg[hdb]i\b|\bdni\b|\bdhi\b|\bpoa\b|^g\([a-z]\)|^g[bdr]\([a-z]\)|shortwave|global.?horiz|direct.?normal|diffuse.?horiz|\bssrd\b|\bswdown\b/i;

const HARVEST =
  /solar|\bpv|pv\b|photovolt|\bsun\b|sonne|wind|harvest|generat|erzeug|einspeis|feed.?in|produc|output|yield|ertrag|electric|power|leistung|energy|energie|\bp\b|p_?ac|ac_?p|\bp_|\be\b|\bwatts?\b|sum\b|meter|z[aä]hler|renewab|hydro|inverter|wechselrichter|measured|scada|\bactual|value|wert|\bmw\b|\bkw\b/i;

/** Which is sun, and so dark at night. */
const SUN = /solar|\bpv|pv\b|photovolt|\bsun\b|sonne|irradian|einstrahl|\bghi\b|\bdni\b|\bdhi\b|^g\(/i;

const TIME =
  /^(?:time|times|timestamp|date|datetime|date[ _-]?time|utc|local[ _-]?time|unix|epoch)(?:$|[\s_([-])|time|date|datum|zeit|stamp|stunde|\bhour|heure|fecha|hora\b|uhrzeit|period|interval|\bmtu\b|\bfrom\b|\bvon\b|\bbis\b|begin|start|\bend\b|ende\b|\bday\b|\btag\b|\bdeliver/i;

/** Words are parted as people part them: by spaces, marks, underscores and capitals. */
const spaced = (header: string): string =>
  `${header} ${header.replaceAll('_', ' ')} ${header.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').replaceAll('_', ' ')}`;

/** What a column holds by its header alone. */
export function meaningOf(header: string): Meaning {
  const words = spaced(header);
  // A power that is forecast or fed to a battery is no harvest, whatever else its name says.
  if (OTHER.test(words)) return 'other';
  if (IRRADIANCE.test(words)) return 'irradiance';
  if (HARVEST.test(words)) return 'harvest';
  return isTimeHeader(header) ? 'time' : 'unknown';
}

export const isTimeHeader = (header: string): boolean => TIME.test(header.replaceAll('_', ' '));

export const isSunHeader = (header: string): boolean => SUN.test(spaced(header));

/** Whether a header says what a file is about: `load`, `prices`. */
export const isLoadHeader = (header: string): boolean =>
  /load|demand|consum|verbrauch|netzlast|draw|bezug/i.test(header) && !/forecast/i.test(header);

export const isPriceHeader = (header: string): boolean =>
  /price|preis|lmp|tarif|(?:€|\$|eur|usd|gbp)\s*[/_]/i.test(header) || /\/ ?[km]wh/i.test(header);

export const isCounterHeader = (header: string): boolean =>
  /counter|cumul|total|lifetime|z[aä]hlerst|meter.?read|\bsum\b|index|reading/i.test(spaced(header));

/** Where a stamp stands in its interval, as a header of times says. */
export function stampIn(header: string): 'start' | 'end' | undefined {
  const words = header.replaceAll('_', ' ').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
  if (
    /ending|\bend\b|\bends\b|\bbis\b|\bto\b|\bende\b|settlement ?date|\bhe\b|\btill?\b|until|interval ?end/i.test(words)
  )
    return 'end';
  return /begin|\bstart|\bfrom\b|\bvon\b|\bbeginn?\b|interval ?start/i.test(words) ? 'start' : undefined;
}

/** The zone that a header of times names: `time (UTC)`, `utc_timestamp`, `MTU (CET/CEST)`; as text for `zoneOf`. */
export function zoneIn(header: string): string | undefined {
  const words = header.replaceAll('_', ' ');
  const both =
    /\b(cet ?\/ ?cest|mez ?\/ ?mesz|cet cest|eet ?\/ ?eest|wet ?\/ ?west|gmt ?\/ ?bst|[ecmp]st ?\/ ?[ecmp]dt)\b/i.exec(
      words,
    );
  if (both !== null) return both[1];
  const offset = /\b(?:UTC|GMT) ?[+-]\d{1,2}(?::?\d\d)?/i.exec(words);
  if (offset !== null) return offset[0];
  const iana = /\b(?:Europe|America|Asia|Africa|Australia|Pacific|Atlantic|Indian|Etc)\/[A-Za-z_/+-]+\w/.exec(header);
  if (iana !== null) return iana[0];
  return /\b(?:UTC|GMT|CEST|CET|MESZ|MEZ|AEST|[ECMP][SDP]T)\b/i.exec(words)?.[0].toUpperCase();
}

/** Columns of requests to a model. */
export const GENERATED =
  /^(?:generated[ _]?tokens|output[ _]?length|response[ _]?tokens|num[ _]?decode[ _]?tokens|completion[ _]?tokens|output[ _]?tokens|num[ _]?output[ _]?tokens|decode[ _]?tokens|generation[ _]?tokens|total[ _]?output[ _]?tokens)$/i;
