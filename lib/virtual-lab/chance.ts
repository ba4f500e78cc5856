/**
 * Repeatable randomness: the same seed and words always give the same draw. There is no running state, so a restart
 * in the middle of a run changes nothing.
 */
const hash = (text: string): number => {
  // FNV-1a, then the finisher of MurmurHash3: short words that differ in one character must spread.
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A number in [0, 1). */
export function draw(seed: string, ...words: (string | number)[]): number {
  return hash([seed, ...words].join('|')) / 2 ** 32
}

/** A whole number in [from, to]. */
export function drawBetween(
  [from, to]: readonly [number, number],
  seed: string,
  ...words: (string | number)[]
): number {
  return from + Math.floor(draw(seed, ...words) * (to - from + 1))
}
