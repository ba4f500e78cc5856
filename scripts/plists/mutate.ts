import { chanceOf } from './chance'
import { binaryMutations } from './mutate-binary'
import { xmlMutations } from './mutate-xml'
import type { Payload } from './payloads'

/** The mutation for a seed and index, with one to three changes: even indexes are XML, odd ones binary. */
export function mutant(
  payloads: { xml: Payload[]; binary: Payload[] },
  seed: number,
  index: number,
): Uint8Array {
  const chance = chanceOf(seed, index)
  const [from, mutations] =
    index % 2 === 0 ? [payloads.xml, xmlMutations] : [payloads.binary, binaryMutations]
  const original = Buffer.from(chance.pick(from).bytes)
  let bytes: Buffer = original
  const changes = 1 + chance.below(3)
  for (let change = 0; change < changes && bytes.length > 0; change += 1)
    bytes = chance.pick(mutations)(bytes, chance)
  return bytes
}
