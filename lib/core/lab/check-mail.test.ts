import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '@/lib/credentials/people'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { engineer } from '../testing/people'
import { checkMail } from './check-mail'

const now = new Date('2026-03-02T09:00:00Z')
let lab: TestDb
let admin: Actor

beforeAll(async () => {
  lab = await createTestDb()
  const person = { name: 'Ada', email: 'ada@lab.example', role: 'admin' as const }
  const id = await createPerson(lab.db, { ...person, password: 'correct horse battery staple' })
  admin = { ...person, id }
})
afterAll(() => lab.drop())

test('a test mail goes only to the admin who requested it', async () => {
  const readers: string[] = []
  const send = async (to: string) => {
    readers.push(to)
    return { status: 'sent' as const }
  }
  expect(await checkMail(lab.db, engineer, send, now)).toMatchObject({ status: 'refused' })
  expect(await checkMail(lab.db, admin, send, now)).toEqual({
    status: 'sent',
    to: 'ada@lab.example',
  })
  expect(readers).toEqual(['ada@lab.example'])
})

test('a failure is shown, and so is a missing mail server', async () => {
  const fail = async () => ({
    status: 'failed' as const,
    reason: 'the mail server cannot be reached',
  })
  const words = { status: 'refused', reason: expect.stringContaining('cannot be reached') }
  expect(await checkMail(lab.db, admin, fail, now)).toMatchObject(words)
  const none = { status: 'refused', reason: expect.stringContaining('SMTP_URL') }
  expect(await checkMail(lab.db, admin, undefined, now)).toMatchObject(none)
})
