'use client'

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Upload } from 'tus-js-client'
import {
  attachmentPartBytes,
  bytesInWords,
  maxAttachmentBytes,
} from '@/lib/domain/attachment/attachment'
import { paths } from '@/lib/paths'

/** One chosen file on its way to the record. */
export type Sending = {
  key: number
  name: string
  bytes: number
  /** `reading`: its SHA-256 is being computed, before anything is sent. `stopped` can be continued, `refused` not. */
  state: 'reading' | 'sending' | 'stopped' | 'refused' | 'attached'
  /** 0 to 1. */
  part: number
  problem?: string | undefined
  /** Nobody is signed in any more; the file can be continued once somebody is. */
  signedOut?: boolean | undefined
}

type Way = { file: File; observationId: number | undefined; upload?: Upload | undefined }

/** Pauses between attempts while there is no connection; after the last one a person continues. */
const retryPausesMs = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000]
/** Answers after which trying again may help. */
const passingStatuses = [0, 408, 409, 423, 429, 500, 502, 503, 504]

/**
 * Sends files to a trial in parts, each at its own pace. An upload that was cut goes on where it stopped, also after a
 * reload if the same file is chosen again. The page is read again when a file is on the record.
 */
export function useUploads(trialId: string) {
  const router = useRouter()
  const [sendings, setSendings] = useState<Sending[]>([])
  const ways = useRef(new Map<number, Way>())
  const last = useRef(0)
  const change = useCallback(
    (key: number, to: Partial<Sending>) =>
      setSendings((all) => all.map((one) => (one.key === key ? { ...one, ...to } : one))),
    [],
  )

  const start = useCallback(
    async (key: number) => {
      const way = ways.current.get(key)
      if (!way) return
      change(key, { problem: undefined, signedOut: undefined })
      way.upload ??= await begin({
        ...{ trialId, file: way.file, observationId: way.observationId },
        onRead: (part) => change(key, { state: 'reading', part }),
        onSent: (part) => change(key, { state: 'sending', part }),
        onEnd: (end) => {
          change(key, end)
          if (end.state === 'attached') router.refresh()
        },
      }).catch(() => {
        change(key, { state: 'refused', problem: 'This browser cannot read the file.' })
        return undefined
      })
      // Stopped by the person while it was being read.
      if (ways.current.get(key) === way) way.upload?.start()
    },
    [trialId, change, router],
  )

  const add = (files: readonly File[], observationId: number | undefined) => {
    for (const file of files) {
      last.current += 1
      const key = last.current
      ways.current.set(key, { file, observationId })
      const { name, size: bytes } = file
      setSendings((all) => [...all, { key, name, bytes, state: 'reading', part: 0 }])
      void start(key)
    }
  }
  const remove = (key: number) => {
    void ways.current.get(key)?.upload?.abort()
    ways.current.delete(key)
    setSendings((all) => all.filter((one) => one.key !== key))
  }

  const underWay = sendings.some(({ state }) => state === 'reading' || state === 'sending')
  useLeavingQuestion(underWay)
  // A connection that is back continues what its absence has stopped.
  useEffect(() => {
    const resume = () => {
      for (const { key, state, signedOut } of sendings)
        if (state === 'stopped' && !signedOut) void start(key)
    }
    addEventListener('online', resume)
    return () => removeEventListener('online', resume)
  }, [sendings, start])
  return { sendings, add, remove, resume: (key: number) => void start(key) }
}

/** A tab that is closed by mistake would stop the upload. */
function useLeavingQuestion(underWay: boolean) {
  useEffect(() => {
    if (!underWay) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [underWay])
}

type Begin = {
  trialId: string
  file: File
  observationId: number | undefined
  onRead(part: number): void
  onSent(part: number): void
  onEnd(end: Pick<Sending, 'state'> & Partial<Sending>): void
}

async function begin({ trialId, file, observationId, onRead, onSent, onEnd }: Begin) {
  if (file.size > maxAttachmentBytes) {
    const [has, limit] = [file.size, maxAttachmentBytes].map(bytesInWords)
    onEnd({ state: 'refused', problem: `The file has ${has}, and at most ${limit} are taken.` })
    return undefined
  }
  const hash = await hashOf(file, onRead)
  const { Upload } = await import('tus-js-client')
  const upload = new Upload(file, {
    endpoint: paths.uploads(trialId),
    chunkSize: attachmentPartBytes,
    retryDelays: retryPausesMs,
    metadata: {
      ...{ fileName: file.name, sha256: hash },
      ...(observationId !== undefined && { observationId: String(observationId) }),
    },
    // By the content: files without a name, of one size and type, are one file to the library.
    fingerprint: async () => ['oneway', trialId, observationId ?? '', hash].join('/'),
    removeFingerprintOnSuccess: true,
    onProgress: (sent, all) => onSent(sent / all),
    onShouldRetry: (error) => passingStatuses.includes(error.originalResponse?.getStatus() ?? 0),
    onSuccess: () => onEnd({ state: 'attached', part: 1 }),
    onError: (error) => onEnd(endOf('originalResponse' in error ? error.originalResponse : null)),
  })
  const [previous] = await upload.findPreviousUploads()
  if (previous) upload.resumeFromPreviousUpload(previous)
  onSent(0)
  return upload
}

type Answered = { getStatus(): number; getBody(): string } | null

function endOf(answer: Answered): Pick<Sending, 'state'> & Partial<Sending> {
  const status = answer?.getStatus() ?? 0
  // It was attached before, such as by an upload whose last answer was lost.
  if (status === 208) return { state: 'attached', part: 1 }
  if (status === 401)
    return {
      state: 'stopped',
      signedOut: true,
      problem: 'Your session has ended. What has arrived is kept for a day.',
    }
  const words = answer?.getBody().trim()
  if (status === 507) return { state: 'stopped', problem: words }
  if (passingStatuses.includes(status))
    return {
      state: 'stopped',
      problem: 'The connection was lost. What has arrived is kept for a day.',
    }
  return { state: 'refused', problem: words || `The server answered ${status}.` }
}

/** The SHA-256 of a file, read in parts: no recording fits into a phone's memory. */
async function hashOf(file: File, onRead: (part: number) => void): Promise<string> {
  const hash = sha256.create()
  for (let at = 0; at < file.size; at += attachmentPartBytes) {
    onRead(at / file.size)
    const part = await file.slice(at, at + attachmentPartBytes).arrayBuffer()
    hash.update(new Uint8Array(part))
  }
  return bytesToHex(hash.digest())
}
