import { once } from 'node:events'
import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { createRowGatherer, streamCsv } from './csv-stream'

const rowsOf = (rows: string[]) => Readable.from(rows.map((row) => Buffer.from(row)))

test('each row ends with CRLF, and a line feed inside a cell stays', async () => {
  const body = streamCsv(rowsOf(['a,b\n', '"x\ny",1\n', ',\n']), { bom: false, ended: vi.fn() })
  expect(await new Response(body).text()).toBe('a,b\r\n"x\ny",1\r\n,\r\n')
})

test('the byte order mark comes first if requested', async () => {
  const body = streamCsv(rowsOf(['a\n']), { bom: true, ended: vi.fn() })
  expect([...new Uint8Array(await new Response(body).arrayBuffer())]).toEqual([
    0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a,
  ])
})

test.each([65_533, 65_534, 65_535, 65_536, 200_000])(
  'a row of %i bytes arrives whole among small ones',
  (length) => {
    const chunks: Uint8Array[] = []
    const gatherer = createRowGatherer((chunk) => chunks.push(chunk))
    const long = 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2)
    for (const row of ['a\n', `${long}\n`, 'b\n']) gatherer.add(Buffer.from(row))
    gatherer.flush()
    expect(Buffer.concat(chunks).toString()).toBe(`a\r\n${long}\r\nb\r\n`)
  },
)

test('a COPY that fails breaks the transfer and ends', async () => {
  const ended = vi.fn()
  const rows = new Readable({ read: () => undefined })
  const body = streamCsv(rows, { bom: false, ended })
  rows.push('a\n')
  setImmediate(() => rows.destroy(new Error('the server went away')))
  await expect(new Response(body).text()).rejects.toThrow('the server went away')
  expect(ended).toHaveBeenCalledTimes(1)
})

test('if the client disconnects, the COPY runs to its end', async () => {
  let given = 0
  const rows = new Readable({
    read() {
      given += 1
      this.push(given > 2_000 ? null : Buffer.alloc(1_000, 0x61))
    },
  })
  const reader = streamCsv(rows, { bom: false, ended: vi.fn() }).getReader()
  await reader.read()
  await reader.cancel()
  await once(rows, 'close')
  expect(given).toBe(2_001)
})

test('a slow client slows the COPY down instead of filling the memory', async () => {
  let given = 0
  const rows = new Readable({
    read() {
      given += 1
      this.push(given > 20_000 ? null : Buffer.alloc(1_000, 0x61))
    },
  })
  const reader = streamCsv(rows, { bom: false, ended: vi.fn() }).getReader()
  await reader.read()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(given).toBeLessThan(1_000)
  await reader.cancel()
})
