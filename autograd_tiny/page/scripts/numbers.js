// Numbers as people read and write them.

let digits = 5;

/** Choose how many significant digits are shown; 17 stands for all of them. */
export function setDigits(count) {
  digits = count;
}

/** Return a number as Python's format `.5g` writes it, with as many digits as are chosen; a dash for none. */
export function short(x, count = digits) {
  if (x === null || x === undefined) return "—";
  if (!Number.isFinite(x)) return notFinite.get(x) ?? "nan";
  if (count >= 17) return String(x);
  const [mantissa, power] = x.toExponential(count - 1).split("e");
  const exponent = Number(power);
  if (x !== 0 && (exponent < -4 || exponent >= count)) {
    return `${Number(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return String(Number(x.toPrecision(count)));
}

const notFinite = new Map([[Infinity, "inf"], [-Infinity, "-inf"]]);

/** Return a text as a factor: a negative one in parentheses. */
export function enclosed(text) {
  return text.startsWith("-") ? `(${text})` : text;
}

/** Return a number as a factor. */
export function factor(x) {
  return enclosed(short(x));
}

/** Return a number that leaves room for others: at most `most` characters, with fewer digits if need be. */
export function narrow(x, most) {
  const text = short(x);
  return text.length > most ? short(x, most - 7) : text;
}

/** Return the number that a text writes, or null where it writes none. */
export function parseNumber(text) {
  const plain = text.trim().toLowerCase().replace("−", "-");
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain)) return Number(plain);
  return { inf: Infinity, "+inf": Infinity, "-inf": -Infinity, nan: NaN }[plain] ?? null;
}

/** Return a number of the data: JSON has no words for those that are not finite. */
export function fromJson(x) {
  return typeof x === "string" ? parseNumber(x) : x;
}
