import type { Arm } from './design'

/** The method below. A change of it gets another name, as lists that were drawn must be computable for ever. */
export const armListMethod = 'oneway-arms-1'

/** What the list of one stratum follows from: the seed, the stratum, and the design of the protocol's version. */
export type ArmList = {
  seed: string
  stratum: string
  arms: readonly Pick<Arm, 'name' | 'weight'>[]
  blocks: readonly number[]
}

/** SHA-256 of a text in UTF-8. */
export type Sha256 = (text: string) => Uint8Array

/**
 * A block of permuted arms, counted from 1: each arm as often as its weight says, times a multiple that is drawn first;
 * then shuffled by Fisher and Yates in Durstenfeld's form (https://doi.org/10.1145/364520.364540). Permuted blocks:
 * https://doi.org/10.1002/sim.4780070515 (Matts and Lachin 1988).
 */
export function armBlock({ seed, stratum, arms, blocks }: ArmList, block: number, sha256: Sha256) {
  const draw = drawsFrom([armListMethod, seed, stratum, block].join('\n'), sha256)
  const multiple = blocks[draw(blocks.length)] ?? 1
  const names = arms.flatMap(({ name, weight }) => Array<string>(weight * multiple).fill(name))
  for (let last = names.length - 1; last > 0; last--) {
    const other = draw(last + 1)
    const [a, b] = [names[last], names[other]]
    if (a === undefined || b === undefined) throw new Error('a draw outside its block')
    names[last] = b
    names[other] = a
  }
  return names
}

/** The arm at a position of a list, counted from 1, and the block that it is in. */
export function armAt(
  list: ArmList,
  position: number,
  sha256: Sha256,
): { arm: string; block: number } {
  const drawn = armsUpTo(list, position, sha256).at(-1)
  if (!drawn) throw new Error(`a list has no position ${position}`)
  return drawn
}

/** The arms at the positions of a list up to `last`, each with the block that it is in; every block is drawn once. */
export function armsUpTo(
  list: ArmList,
  last: number,
  sha256: Sha256,
): { arm: string; block: number }[] {
  const drawn: { arm: string; block: number }[] = []
  for (let block = 1; drawn.length < last; block++)
    drawn.push(...armBlock(list, block, sha256).map((arm) => ({ arm, block })))
  return drawn.slice(0, last)
}

/**
 * Whole numbers below a bound, each equally likely: the SHA-256 of the text, a line end and 0, 1, 2, … gives eight
 * numbers of 32 bits, the highest byte first. One in the last incomplete multiple of the bound is passed over.
 */
function drawsFrom(text: string, sha256: Sha256): (bound: number) => number {
  const words = wordsFrom(text, sha256)
  return (bound) => {
    const limit = 2 ** 32 - (2 ** 32 % bound)
    for (;;) {
      const word = words()
      if (word < limit) return word % bound
    }
  }
}

function wordsFrom(text: string, sha256: Sha256): () => number {
  let [counter, at] = [0, 8]
  let bytes: DataView = new DataView(new ArrayBuffer(32))
  return () => {
    if (at === 8) {
      const digest = sha256(`${text}\n${counter++}`)
      bytes = new DataView(digest.buffer, digest.byteOffset, 32)
      at = 0
    }
    return bytes.getUint32(4 * at++)
  }
}
