import { build, buildBinary, parse } from 'plist'
import { listCaptures, payloadCapture } from '@/lib/mdm/captures.testing'
import { isBinaryPlist } from './typed'

/** A document with every type: the captures have few dates and no UTF-16 strings. */
const everyType = {
  Text: 'iPad & <friends>',
  Wide: 'größer 😀',
  Counts: [0, 1, -1, 255, 65_536, 2 ** 31, 2 ** 53 - 1],
  Levels: [0.93, 0.5, 1.5, 1e-9],
  On: true,
  Off: false,
  When: new Date('2018-10-24T10:00:00Z'),
  Bytes: Uint8Array.of(1, 2, 3, 254, 255),
  List: Array.from({ length: 20 }, (_, i) => ({ Key: `k${i}`, Level: i / 7 })),
}

export type Payload = { name: string; bytes: Uint8Array }

/** The payloads to mutate: every device payload of lib/mdm/testdata, as XML and as binary. */
export function listPayloads(): { xml: Payload[]; binary: Payload[] } {
  const captured = listCaptures('webhook').map((name) => ({ name, bytes: payloadCapture(name) }))
  const written = captured.filter(({ bytes }) => !isBinaryPlist(bytes))
  return {
    xml: [...written, { name: 'every type', bytes: Buffer.from(build(everyType)) }],
    binary: [
      ...captured.filter(({ bytes }) => isBinaryPlist(bytes)),
      ...written.map(({ name, bytes }) => ({
        name: `${name}, as binary`,
        bytes: buildBinary(parse(Buffer.from(bytes).toString())),
      })),
      { name: 'every type, as binary', bytes: buildBinary(everyType) },
    ],
  }
}
