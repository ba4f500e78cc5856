import { createHash, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { headBytes, maxAttachmentBytes } from '@/lib/domain/attachment/attachment'
import { type AttachmentFolder, fileOf, openAttachmentFolder, removeStaleUploads } from './folder'
import { type Arrived, createUploads } from './uploads'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-uploads-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

let folder: AttachmentFolder
let handle: ReturnType<typeof createUploads>
let arrived: Arrived[]
let free: number
let refusal: string | undefined
let there: boolean
const restart = () => {
  handle = createUploads(folder, async () => free)
}
beforeEach(() => {
  folder = openAttachmentFolder(mkdtempSync(path.join(home, 'data-')))
  arrived = []
  free = 2 ** 40
  refusal = undefined
  there = false
  restart()
})

const base = '/api/trials/t1/uploads'
const jpeg = (size: number) => {
  const bytes = randomBytes(size)
  bytes.set([0xff, 0xd8, 0xff, 0xe0])
  return bytes
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

type Asked = {
  uploadId?: string | undefined
  personId?: string
  trialId?: string
  headers?: Record<string, string>
  body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
}

const send = (method: string, asked: Asked = {}): Promise<Response> => {
  const { uploadId, personId = 'e1', trialId = 't1', headers, body } = asked
  const length: Record<string, string> =
    body instanceof Uint8Array ? { 'content-length': String(body.length) } : {}
  const request = new Request(`http://lab${base}${uploadId ? `/${uploadId}` : ''}`, {
    method,
    headers: { 'tus-resumable': '1.0.0', ...length, ...headers },
    ...(body !== undefined && { body, duplex: 'half' }),
  })
  return handle({
    ...{ request, uploadId, base, trialId, personId },
    begin: async () => (there ? { status: 'there' } : answer()),
    finish: async (file) => {
      const said = answer()
      if (said.status === 'done') {
        await file.keep()
        arrived.push(file)
      }
      return said
    },
  })
}
const answer = () =>
  refusal === undefined
    ? ({ status: 'done' } as const)
    : ({ status: 'refused', reason: refusal } as const)

const metadata = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

async function begin(bytes: Uint8Array, more: Record<string, string> = {}) {
  const about = { fileName: 'a.jpg', sha256: sha256(bytes), ...more }
  const headers = { 'upload-length': String(bytes.length), 'upload-metadata': metadata(about) }
  const begun = await send('POST', { headers })
  return { status: begun.status, id: begun.headers.get('location')?.split('/').at(-1), begun }
}

const part = (uploadId: string | undefined, offset: number, body: Asked['body']) =>
  send('PATCH', {
    uploadId,
    headers: {
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    ...(body !== undefined && { body }),
  })

const offsetOf = async (uploadId: string | undefined) =>
  Number((await send('HEAD', { uploadId })).headers.get('upload-offset'))

test('a file arrives in parts, and is kept under its hash', async () => {
  const bytes = jpeg(5000)
  const { id, begun } = await begin(bytes, { observationId: '7' })
  expect(begun.headers.get('location')).toBe(`${base}/${id}`)
  expect([...begun.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  expect((await part(id, 0, bytes.subarray(0, 3000))).status).toBe(204)
  const end = await part(id, 3000, bytes.subarray(3000))
  expect(await end.json()).toEqual({ status: 'attached' })
  expect(arrived).toMatchObject([
    { fileName: 'a.jpg', type: 'image/jpeg', bytes: 5000, observationId: 7, uploadId: id },
  ])
  expect(readFileSync(fileOf(folder, sha256(bytes)))).toEqual(bytes)
  expect(readdirSync(folder.uploads)).toEqual([])
})

/** A part whose connection breaks once some of its bytes are on the disk. */
const cut = (uploadId: string | undefined, offset: number, bytes: Uint8Array) => {
  let sent = false
  const onDisk = () => statSync(path.join(folder.uploads, uploadId ?? '')).size
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent) {
        await expect.poll(onDisk).toBe(offset + bytes.length)
        controller.error(new Error('the connection was reset'))
      } else controller.enqueue(bytes)
      sent = true
    },
  })
}

test('an upload that is cut ten times is resumed each time, also by a restarted server', async () => {
  const bytes = jpeg(20_000)
  const { id } = await begin(bytes)
  for (let turn = 0; turn < 10; turn++) {
    const offset = await offsetOf(id)
    expect(
      (await part(id, offset, cut(id, offset, bytes.subarray(offset, offset + 1500)))).ok,
    ).toBe(false)
    if (turn === 5) restart()
  }
  const offset = await offsetOf(id)
  expect(offset).toBe(15_000)
  expect((await part(id, offset, bytes.subarray(offset))).status).toBe(200)
  expect(readFileSync(fileOf(folder, sha256(bytes)))).toEqual(bytes)
})

test('two tabs with one upload: a part at the wrong place is refused, and the file is whole', async () => {
  const bytes = jpeg(4000)
  const { id } = await begin(bytes)
  const both = await Promise.all([1, 2].map(() => part(id, 0, bytes.subarray(0, 2000))))
  expect(both.filter(({ status }) => status === 204)).toHaveLength(1)
  const ends = await Promise.all([1, 2].map(() => part(id, 2000, bytes.subarray(2000))))
  expect(ends.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(arrived).toHaveLength(1)
  expect(readFileSync(fileOf(folder, sha256(bytes)))).toEqual(bytes)
})

test('the end of an upload whose answer was lost is told again', async () => {
  const bytes = jpeg(1000)
  const { id } = await begin(bytes)
  refusal = 'the database is away'
  expect((await part(id, 0, bytes.subarray(0, 900))).status).toBe(204)
  // The process dies with the last part on the disk.
  appendFileSync(path.join(folder.uploads, id ?? ''), bytes.subarray(900))
  restart()
  refusal = undefined
  expect((await send('HEAD', { uploadId: id })).headers.get('upload-offset')).toBe('1000')
  expect(arrived).toHaveLength(1)
})

test('an upload of what is attached already is told so at its beginning', async () => {
  there = true
  const { status, begun } = await begin(jpeg(1000))
  expect([status, (await begun.text()).trim()]).toEqual([208, 'It is attached already.'])
  expect(readdirSync(folder.uploads)).toEqual([])
})

test('an end that is asked for while it is being checked is one end', async () => {
  const bytes = jpeg(3_000_000)
  const { id } = await begin(bytes)
  const [end, asked] = await Promise.all([part(id, 0, bytes), endWhenWhole(id, bytes.length)])
  expect([end.status, asked.status]).toEqual([200, 200])
  expect(arrived).toHaveLength(1)
})

async function endWhenWhole(uploadId: string | undefined, size: number): Promise<Response> {
  const onDisk = () => statSync(path.join(folder.uploads, uploadId ?? '')).size
  await expect.poll(onDisk, { interval: 1 }).toBe(size)
  return send('HEAD', { uploadId })
}

test('a file that is not what was promised is refused at its end, and nothing of it stays', async () => {
  const [promised, sent] = [jpeg(1000), jpeg(1000)]
  const { id } = await begin(promised)
  const end = await part(id, 0, sent)
  expect(end.status).toBe(422)
  expect(await end.text()).toContain('its SHA-256 differs')
  expect(arrived).toEqual([])
  expect(readdirSync(folder.uploads)).toEqual([])
})

test.each([
  ['HTML with the name of a PNG', Buffer.from(`<!doctype html>${' '.repeat(900)}`)],
  ['an SVG', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${' '.repeat(900)}</svg>`)],
])('%s is refused with its first part', async (_, bytes) => {
  const { id } = await begin(bytes, { fileName: 'photo.png' })
  const first = await part(id, 0, bytes.subarray(0, headBytes + 1))
  expect(first.status).toBe(415)
  expect(await first.text()).toContain('attach a photo (JPEG, PNG, HEIC, HEIF)')
  expect(readdirSync(folder.uploads)).toEqual([])
})

test('three gigabytes are refused before a byte is sent', async () => {
  const headers = {
    'upload-length': String(3 * 1024 ** 3),
    'upload-metadata': metadata({ fileName: 'a.mov', sha256: 'a'.repeat(64) }),
  }
  const begun = await send('POST', { headers })
  expect(begun.status).toBe(413)
  expect(await begun.text()).toContain('has 3.0 GiB, and an attachment has at most 2.0 GiB')
  expect(maxAttachmentBytes).toBe(2 * 1024 ** 3)
})

test('more bytes than promised are refused', async () => {
  const bytes = jpeg(1000)
  const { id } = await begin(bytes)
  expect((await part(id, 0, jpeg(2000))).status).toBe(413)
})

test('a disk that fills up in the middle is said, and what arrived is continued later', async () => {
  const bytes = jpeg(4000)
  const { id } = await begin(bytes)
  await part(id, 0, bytes.subarray(0, 2000))
  free = 1024 ** 3
  const full = await part(id, 2000, bytes.subarray(2000))
  expect(full.status).toBe(507)
  expect(await full.text()).toContain('1.0 GiB are free, and 1.0 GiB must stay free')
  expect((await begin(jpeg(1000))).status).toBe(507)
  free = 2 ** 40
  expect(await offsetOf(id)).toBe(2000)
  expect((await part(id, 2000, bytes.subarray(2000))).status).toBe(200)
})

test('an upload belongs to its person and trial', async () => {
  const { id } = await begin(jpeg(1000))
  for (const other of [{ personId: 'e2' }, { trialId: 't2' }])
    for (const method of ['HEAD', 'PATCH', 'DELETE'])
      expect((await send(method, { uploadId: id, ...other })).status).toBe(404)
})

test.each(['..', '../../secrets.json', 'a'.repeat(31), `${'a'.repeat(32)}.json`])(
  '%s is no upload',
  async (uploadId) => {
    expect((await send('HEAD', { uploadId })).status).toBe(404)
  },
)

test('a refusal of the lab is the answer, and no file stays', async () => {
  refusal = 'the trial is locked'
  const { status, begun } = await begin(jpeg(1000))
  expect([status, (await begun.text()).trim()]).toEqual([422, 'the trial is locked'])
  expect(readdirSync(folder.uploads)).toEqual([])
})

test.each([
  [{ sha256: 'no hash' }, 'sha256: accepted is'],
  [{ observationId: '1; drop table' }, 'observationId: accepted is'],
])('%o is refused by its name', async (wrong, words) => {
  const { status, begun } = await begin(jpeg(1000), wrong)
  expect(status).toBe(400)
  expect(await begun.text()).toContain(words)
})

test('a file of no bytes, or of an unknown length, is refused', async () => {
  expect((await begin(new Uint8Array())).status).toBe(400)
  const unknown = await send('POST', { headers: { 'upload-defer-length': '1' } })
  expect(unknown.status).toBe(400)
})

test('no text but a hash becomes a path', () => {
  expect(() => fileOf(folder, '../../secrets')).toThrow('named by its SHA-256')
})

test('an upload in which nothing arrived for a day is removed, a younger one stays', async () => {
  const [old, young] = [await begin(jpeg(1000)), await begin(jpeg(1000))]
  const now = new Date()
  const before = new Date(now.getTime() - 25 * 3_600_000)
  for (const name of [`${old.id}`, `${old.id}.json`])
    utimesSync(path.join(folder.uploads, name), before, before)
  expect(await removeStaleUploads(folder, now)).toBe(2)
  expect(readdirSync(folder.uploads).toSorted()).toEqual(
    [`${young.id}`, `${young.id}.json`].toSorted(),
  )
})
