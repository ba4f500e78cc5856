import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { noticeFields, noticeTopics } from '@/lib/domain/notice/topics'
import { makeNoticeSecret, signedHeaders } from './sign-notice'

const page = readFileSync('docs/notices.md', 'utf8')
const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []
type Example = {
  verify(headers: Record<string, string>, body: string, secret: string, now: number): unknown
}

const at = new Date('2026-03-02T09:00:00Z')
const body = '{"type":"trial.concluded","data":{}}'
const secret = makeNoticeSecret()
const headers = signedHeaders({ id: 'a1', body, at }, [secret])

async function verify(given: Record<string, string>, text: string, now = at.getTime()) {
  // The type of what is imported at run time; the tests below call it.
  const read: Example = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  )
  return read.verify(given, text, secret, now)
}

test('the example of the document accepts what Oneway signs, also while a secret is renewed', async () => {
  expect(await verify(headers, body)).toEqual(JSON.parse(body))
  const both = signedHeaders({ id: 'a1', body, at }, [makeNoticeSecret(), secret])
  expect(await verify(both, body)).toEqual(JSON.parse(body))
})

test('it refuses another body, ID, secret or time', async () => {
  const other = signedHeaders({ id: 'a1', body, at }, [makeNoticeSecret()])
  expect(await verify(other, body)).toBeUndefined()
  expect(await verify(headers, `${body} `)).toBeUndefined()
  expect(await verify({ ...headers, 'webhook-id': 'a2' }, body)).toBeUndefined()
  expect(await verify({ ...headers, 'webhook-signature': 'v1,' }, body)).toBeUndefined()
  expect(await verify(headers, body, at.getTime() + 301_000)).toBeUndefined()
})

test('the document lists each topic with its fields', () => {
  for (const [topic, { fields }] of Object.entries(noticeTopics)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${topic}\` |`)) ?? ''
    const named = row.split('|').at(-2) ?? ''
    expect([topic, noticeFields.filter((field) => named.includes(`\`${field}\``))]).toEqual([
      topic,
      noticeFields.filter((field) => fields.includes(field)),
    ])
  }
})
