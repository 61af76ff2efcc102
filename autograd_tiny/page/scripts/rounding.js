// Python's `round`, exact by the decimal digits of a number; `Math.round` rounds halves up and knows no decimals.
import { math, python } from "./python_math.js";

/** Return x rounded to decimals, halves to even, by its exact decimal digits. */
python.round = (x, digits = 0) => {
  if (!Number.isFinite(x) || digits > 323) return x;
  const size = Math.abs(x);
  const rounded = digits >= 0 ? roundDecimals(size, Math.min(digits, 100)) : roundWhole(size, -digits);
  return math.copysign(rounded, x);
};

function roundDecimals(size, digits) {
  if (size >= 2 ** 53) return size;
  const [whole, decimals = ""] = size.toFixed(100).split(".");
  const rest = decimals.slice(digits);
  const kept = BigInt(whole + decimals.slice(0, digits));
  const isUp = /^5(?=0*[1-9])|^[6-9]/.test(rest) || (/^50*$/.test(rest) && kept % 2n === 1n);
  const text = String(kept + (isUp ? 1n : 0n)).padStart(digits + 1, "0");
  return Number(digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

function roundWhole(size, zeros) {
  const unit = 10n ** BigInt(zeros);
  const whole = BigInt(Math.floor(size));
  const rest = 2n * (whole % unit);
  const kept = whole / unit;
  const isUp = rest > unit || (rest === unit && (size % 1 > 0 || kept % 2n === 1n));
  return Number((kept + (isUp ? 1n : 0n)) * unit);
}
