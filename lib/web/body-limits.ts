import {
  attachmentPartBytes,
  bytesInWords,
  maxAttachmentBytes,
} from '@/lib/domain/attachment/attachment'
import { maxFrozenBytes } from '../domain/report/frozen-report'
import { maxLabReportBytes } from '../domain/report/lab-report'
import { bodyLimitBytes, webhookBudgetBytes } from './body-budgets'

/** What a request may bring with it. */
export type BodyLimit = {
  /** Its name in docs/limits.md and in the refusal of a larger body. */
  what: string
  /** Of the path; the first row that fits counts. */
  path: RegExp
  shown: string
  maxBytes: number
  /** From the head of the request to its last byte. */
  withinMs: number
}

const kibibyte = 1024
const mebibyte = 1024 * kibibyte

/** The one table of what may be sent where: docs/limits.md is made from it, and lib/web/front.ts holds it. */
const bodyLimits: readonly BodyLimit[] = [
  {
    what: 'an event of an MDM server',
    path: /^\/api\/webhook\//,
    shown: '/api/webhook/…',
    maxBytes: bodyLimitBytes,
    withinMs: 120_000,
  },
  {
    what: 'a sign-in, a password, a passkey or a code',
    path: /^\/(?:api\/auth|sign-in|set-up|one-time-link|account)(?:\/|$)/,
    shown: '/api/auth/…, /sign-in, /set-up, /one-time-link, /account',
    maxBytes: 64 * kibibyte,
    withinMs: 15_000,
  },
  {
    what: 'a file of devices',
    path: /^\/devices\/import\/?$/,
    shown: '/devices/import',
    // The same as `bodySizeLimit` in next.config.mjs: what is larger would end there in a bare 500.
    maxBytes: 6 * mebibyte,
    withinMs: 120_000,
  },
  {
    what: 'a file of the catalogue',
    path: /^\/releases\/import\/?$/,
    shown: '/releases/import',
    maxBytes: 6 * mebibyte,
    withinMs: 120_000,
  },
  {
    what: 'a file to verify',
    path: /^\/reports\/verify\/?$/,
    shown: '/reports/verify',
    maxBytes: maxFrozenBytes,
    withinMs: 120_000,
  },
  {
    what: 'a report of another lab',
    path: /^\/reports\/other-labs\/file\/?$/,
    shown: '/reports/other-labs/file',
    maxBytes: maxLabReportBytes,
    withinMs: 120_000,
  },
  {
    what: 'a part of an attachment',
    path: /^\/api\/trials\/[^/]+\/uploads(?:\/|$)/,
    shown: '/api/trials/…/uploads',
    maxBytes: attachmentPartBytes,
    withinMs: 120_000,
  },
  {
    what: 'a request to the API',
    path: /^\/api\//,
    shown: '/api/… else',
    maxBytes: 64 * kibibyte,
    withinMs: 15_000,
  },
  {
    what: 'a form of a page',
    path: /^/,
    shown: 'everything else',
    maxBytes: 512 * kibibyte,
    withinMs: 30_000,
  },
]

/** Bytes of bodies that may be on their way to the pages at once, those of the webhook apart. */
export const bodyBudgetBytes = 64 * mebibyte

export function bodyLimitOf(target: string | undefined): BodyLimit {
  const path = (target ?? '/').split('?', 1)[0] ?? '/'
  const found = bodyLimits.find((limit) => limit.path.test(path))
  if (!found) throw new Error('the last row fits every path')
  return found
}

/** As a person reads it: "64 KiB", "8 MiB". */
export const sizeInWords = (bytes: number): string =>
  bytes < mebibyte ? `${bytes / kibibyte} KiB` : `${Math.round((bytes / mebibyte) * 10) / 10} MiB`

/** The text of docs/limits.md. */
export function limitsDocument(): string {
  const rows = bodyLimits.map(
    ({ what, shown, maxBytes, withinMs }) =>
      `| \`${shown}\` | ${what} | ${sizeInWords(maxBytes)} | ${withinMs / 1000} s |`,
  )
  return `${[
    '# Limits on requests',
    '',
    'From the table in [`lib/web/body-limits.ts`](../lib/web/body-limits.ts), which the web server enforces before a page gets the',
    'request: by its Content-Length, or by counting the bytes if there is none. A larger body is answered 413, a slower one 408, each',
    'with a message. `npx vitest run lib/web/body-limits.test.ts -u` writes this page.',
    '',
    '| Path | What | At most | Within |',
    '|---|---|---|---|',
    ...rows,
    '',
    `In total the bodies of requests to pages may take ${sizeInWords(bodyBudgetBytes)}; beyond that the answer is 503 with Retry-After.`,
    `Events of MDM servers have another ${sizeInWords(webhookBudgetBytes)}, from their first byte until they are stored. Beyond that the largest one that is`,
    'still arriving is answered 503 with Retry-After, so that a small reply is not lost to a flood of large ones. MDM servers send an event',
    'only once: one that was answered 503 is an observation gap in every trial under observation there.',
    '',
    `An attachment arrives in parts and has at most ${bytesInWords(maxAttachmentBytes)} in all ([attachments](attachments.md)).`,
  ].join('\n')}\n`
}
