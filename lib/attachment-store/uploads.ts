import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { FileStore } from '@tus/file-store'
import { MemoryLocker, Server } from '@tus/server'
import {
  type AttachmentType,
  acceptedTypes,
  bytesInWords,
  headBytes,
  maxAttachmentBytes,
  minFreeForAttachments,
  sha256Form,
  typeOfContent,
  uploadKeptMs,
} from '@/lib/domain/attachment/attachment'
import { type AttachmentFolder, flush, nameFile, readFacts, readHead } from './folder'

// Files arrive by the tus protocol (https://tus.io/protocols/resumable-upload), in parts that go straight to the disk.
// What tus does not say is decided here: whose an upload is, what it holds, and that its end is told once.

/** What a browser says of a file before it sends it. */
export type Wish = {
  fileName: string
  bytes: number
  sha256: string
  observationId: number | undefined
}

/** A file that has arrived whole: its size and hash are those that were promised. */
export type Arrived = Wish & {
  uploadId: string
  type: AttachmentType
  /** Gives the file its lasting name; to be called within the transaction that writes its row. */
  keep: () => Promise<void>
}

/** `there`: the same file is attached in the same place already, as after an answer that was lost. */
type Answer = { status: 'done' | 'there' } | { status: 'refused'; reason: string }

export type UploadRequest = {
  request: Request
  /** Undefined when an upload is begun. */
  uploadId: string | undefined
  /** The path of all uploads to this trial. */
  base: string
  trialId: string
  personId: string
  begin(wish: Wish): Promise<Answer>
  finish(arrived: Arrived): Promise<Answer>
}

const uploadForm = /^[0-9a-f]{32}$/

/** Its fields are those by which tus answers. */
class UploadRefusal extends Error {
  constructor(
    readonly status_code: number,
    readonly body: string,
  ) {
    super(body)
  }
}

const say = (status: number, words: string): Response =>
  new Response(`${words}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  })

/** RFC 5842 §7.1: what was asked for has been done before. */
const alreadyThere = 208

const gone = () =>
  say(404, 'There is no such upload: it was finished, or a day has passed. Choose the file again.')

/**
 * Answers the requests of uploads into a folder.
 * @param freeBytes the free bytes on its disk
 */
export function createUploads(folder: AttachmentFolder, freeBytes: () => Promise<number>) {
  const datastore = new FileStore({
    directory: folder.uploads,
    expirationPeriodInMilliseconds: uploadKeptMs,
  })
  // Two tabs with one upload take turns.
  const locker = new MemoryLocker()
  const placeOf = (id: string) => path.join(folder.uploads, id)
  const remove = async (id: string) => {
    await rm(placeOf(id), { force: true })
    await rm(`${placeOf(id)}.json`, { force: true })
  }

  /** The upload, if this person began it for this trial. */
  async function findOwn({ uploadId = '', trialId, personId }: UploadRequest) {
    if (!uploadForm.test(uploadId)) return undefined
    const upload = await datastore.getUpload(uploadId).catch(() => undefined)
    const { metadata } = upload ?? {}
    return metadata?.trialId === trialId && metadata.personId === personId ? upload : undefined
  }

  const spaceProblem = async (bytes: number): Promise<Response | undefined> => {
    const free = await freeBytes()
    if (free - bytes >= minFreeForAttachments) return undefined
    return say(
      507,
      `The disk of the lab is nearly full: ${bytesInWords(Math.max(0, free))} are free, and ${bytesInWords(minFreeForAttachments)} must stay free. What has arrived is kept for a day: ask an admin to free space, and continue.`,
    )
  }

  const serverOf = ({ base, uploadId, trialId, personId, begin, finish }: UploadRequest) =>
    new Server({
      path: base,
      datastore,
      locker,
      maxSize: maxAttachmentBytes,
      relativeLocation: true,
      // Requests of other sites are refused before; none is invited.
      allowedOrigins: [],
      namingFunction: () => randomBytes(16).toString('hex'),
      getFileIdFromRequest: () => uploadId,
      onUploadCreate: async (_, { size, metadata }) => {
        const wish = wishOf(size, metadata)
        refuseUnless(await begin(wish))
        return {
          metadata: { ...texts(wish), trialId, personId },
        }
      },
      onUploadFinish: async (_, upload) => {
        await settle({ ...upload, finish })
        return { status_code: 200, body: JSON.stringify({ status: 'attached' }) }
      },
    })

  type Ended = {
    id: string
    size?: number | undefined
    metadata?: Record<string, string | null> | undefined
    finish: UploadRequest['finish']
  }

  const settling = new Map<string, Promise<void>>()

  /** Once at a time for each upload: its end may be asked for again while it is being checked. */
  function settle(ended: Ended): Promise<void> {
    const running = settling.get(ended.id) ?? check(ended).finally(() => settling.delete(ended.id))
    settling.set(ended.id, running)
    return running
  }

  /** Checks what has arrived against what was promised, and has its row written. */
  async function check({ id, size, metadata, finish }: Ended): Promise<void> {
    const wish = wishOf(size, metadata)
    const facts = await readFacts(placeOf(id))
    const type = typeOfContent(facts.head)
    const problem =
      type === undefined
        ? new UploadRefusal(415, notTaken)
        : facts.bytes !== wish.bytes || facts.sha256 !== wish.sha256
          ? new UploadRefusal(
              422,
              'What arrived is not the file that was chosen: its SHA-256 differs. Nothing was attached. Choose the file again.',
            )
          : undefined
    if (type === undefined || problem) {
      await remove(id)
      throw problem
    }
    await flush(placeOf(id), 'r+')
    const keep = () => nameFile(folder, placeOf(id), facts.sha256)
    const answer = await finish({ ...wish, uploadId: id, type, keep })
    await remove(id)
    refuseUnless(answer)
  }

  /** A wrong type is refused with the first part, and not after two gigabytes. */
  async function typeProblem(id: string): Promise<Response | undefined> {
    const head = await readHead(placeOf(id)).catch(() => undefined)
    if (!head || head.length < headBytes || typeOfContent(head)) return undefined
    await remove(id)
    return say(415, notTaken)
  }

  return async function handle(asked: UploadRequest): Promise<Response> {
    const { request, uploadId } = asked
    const length = Number(request.headers.get('content-length') ?? 0)
    if (uploadId === undefined) {
      if (request.method !== 'POST') return say(405, 'An upload begins with POST.')
      const bytes = Number(request.headers.get('upload-length') ?? 0)
      if (bytes > maxAttachmentBytes) return say(413, tooLarge(bytes))
      return (await spaceProblem(bytes)) ?? plain(await serverOf(asked).handleWeb(request))
    }
    const upload = await findOwn(asked)
    if (!upload) return gone()
    if (request.method === 'PATCH') {
      const full = await spaceProblem(length)
      if (full) return full
    }
    // Its last part arrived, and the answer or the process was lost before its row was written.
    if (request.method === 'HEAD' && upload.offset === upload.size) {
      const settled = await settle({ ...upload, finish: asked.finish }).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof UploadRefusal)) throw error
          return false
        },
      )
      if (!settled) return gone()
      const headers = { 'tus-resumable': '1.0.0', 'upload-offset': String(upload.offset) }
      return new Response(null, {
        status: 200,
        headers: { ...headers, 'upload-length': String(upload.size), 'cache-control': 'no-store' },
      })
    }
    const answer = plain(await serverOf(asked).handleWeb(request))
    const isFirst = request.method === 'PATCH' && upload.offset < headBytes && answer.ok
    return (isFirst ? await typeProblem(uploadId) : undefined) ?? answer
  }
}

const notTaken = `This is no file that is taken here, whatever its name says: attach ${acceptedTypes}. Nothing was stored.`

const tooLarge = (bytes: number) =>
  `The file has ${bytesInWords(bytes)}, and an attachment has at most ${bytesInWords(maxAttachmentBytes)}. Record a shorter one, or cut it before.`

function refuseUnless(answer: Answer): void {
  if (answer.status === 'there') throw new UploadRefusal(alreadyThere, 'It is attached already.')
  if (answer.status === 'refused') throw new UploadRefusal(422, answer.reason)
}

const texts = ({ fileName, bytes, sha256, observationId }: Wish) => ({
  fileName,
  bytes: String(bytes),
  sha256,
  ...(observationId !== undefined && { observationId: String(observationId) }),
})

/** @throws UploadRefusal that names the field */
function wishOf(bytes: number | undefined, metadata: Record<string, string | null> = {}): Wish {
  const { fileName, sha256, observationId } = metadata
  if (bytes === undefined) throw new UploadRefusal(400, 'Upload-Length: say how many bytes follow.')
  if (bytes === 0) throw new UploadRefusal(400, 'The file is empty: choose another one.')
  if (!sha256 || !sha256Form.test(sha256))
    throw new UploadRefusal(400, 'sha256: accepted is a SHA-256 as 64 hexadecimal digits.')
  if (observationId && !/^\d{1,15}$/.test(observationId))
    throw new UploadRefusal(400, 'observationId: accepted is the number of an observation.')
  return {
    fileName: fileName ?? '',
    bytes,
    sha256,
    observationId: observationId ? Number(observationId) : undefined,
  }
}

/** Without the headers by which tus invites pages of other sites. */
function plain(answer: Response): Response {
  const headers = new Headers(answer.headers)
  for (const name of [...headers.keys()])
    if (name.startsWith('access-control-')) headers.delete(name)
  return new Response(answer.body, { status: answer.status, headers })
}
