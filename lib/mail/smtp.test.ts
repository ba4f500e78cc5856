import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'
import { linkMessage, withHead } from './messages'
import { sendMail } from './smtp'

type Mail = { from: string; to: string[]; text: string; user: string | undefined }

const open: SMTPServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((it) => new Promise<void>((done) => it.close(() => done()))))
})

/** A real mail server on loopback that stores what it accepts. */
async function mailServer(
  options: { password?: string; refuses?: 'recipient'; secure?: boolean } = {},
) {
  const taken: Mail[] = []
  const server = new SMTPServer({
    secure: options.secure ?? false,
    disabledCommands: options.secure ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: options.password === undefined,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      password === options.password
        ? done(null, { user: username })
        : done(new Error('canary: the server repeats the secret')),
    onRcptTo: (_address, _session, done) =>
      options.refuses === 'recipient' ? done(new Error('canary: nobody here')) : done(),
    onData: (stream, session, done) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        const to = rcptTo.map(({ address }) => address)
        taken.push({ from, to, text, user: session.user })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  open.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { taken, port }
}

const from = 'oneway@lab.example'
const url = 'https://oneway.example/links/the-secret-token'
const message = (but: Partial<Parameters<typeof linkMessage>[0]> = {}) =>
  linkMessage({
    kind: 'invitation',
    email: 'grace@lab.example',
    url,
    expiresAt: new Date('2026-03-09T09:00:00Z'),
    madeByName: 'Ada',
    ...but,
  })
const to = (port: number, user = '') => new URL(`smtp://${user}127.0.0.1:${port}`)

test('an invitation arrives as plain text with its link and without tracking', async () => {
  const { taken, port } = await mailServer()
  expect(await sendMail({ url: to(port), from }, message())).toEqual({ status: 'sent' })
  expect(taken).toHaveLength(1)
  expect(taken[0]).toMatchObject({ from, to: ['grace@lab.example'] })
  const text = taken[0]?.text ?? ''
  expect(text).toContain(url)
  expect(text).toContain('2026-03-09 09:00 UTC')
  expect(text).toMatch(/content-type: text\/plain/i)
  expect(text).not.toMatch(/text\/html|<img|multipart/i)
})

test('it signs in with the user and password in the URL', async () => {
  const { taken, port } = await mailServer({ password: 'p@ss/word' })
  const right = to(port, `lab:${encodeURIComponent('p@ss/word')}@`)
  expect(await sendMail({ url: right, from }, message())).toEqual({ status: 'sent' })
  expect(taken[0]?.user).toBe('lab')
})

test.each([
  ['a name', { madeByName: 'Ada\r\nBcc: eve@evil.example\r\n\r\nhttps://evil.example' }],
  ['a recipient', { email: 'grace@lab.example\r\nBcc: eve@evil.example' }],
  ['a recipient with a comma', { email: 'grace@lab.example, eve@evil.example' }],
  ['a line of Unicode', { madeByName: 'Ada\u2028Bcc: eve@evil.example' }],
])('%s with a line end adds no header and no recipient', async (_name, but) => {
  const { taken, port } = await mailServer()
  await sendMail({ url: to(port), from }, message(but))
  for (const { to: readers, text } of taken) {
    expect(readers.length).toBeLessThanOrEqual(1)
    expect(readers).not.toContain('eve@evil.example')
    expect(text.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im)
    expect(text).not.toContain('https://evil.example')
  }
})

test('a failure is described in our own words, without the server’s answer', async () => {
  const wrong = await mailServer({ password: 'right' })
  const answers = [
    await sendMail({ url: to(wrong.port, 'lab:wrong@'), from }, message()),
    await sendMail({ url: to((await mailServer({ refuses: 'recipient' })).port), from }, message()),
    await sendMail({ url: new URL('smtp://127.0.0.1:9'), from }, message()),
  ]
  for (const answer of answers) expect(answer).toMatchObject({ status: 'failed' })
  expect(JSON.stringify(answers)).not.toMatch(/canary|wrong/)
  expect(answers[0]).toMatchObject({ reason: expect.stringContaining('user and password') })
  expect(answers[2]).toMatchObject({ reason: expect.stringContaining('cannot be') })
})

test('an untrusted certificate is refused, and nothing is sent', async () => {
  // The package answers with a certificate it signed itself.
  const { taken, port } = await mailServer({ secure: true })
  const answer = await sendMail({ url: new URL(`smtps://127.0.0.1:${port}`), from }, message())
  expect(answer).toMatchObject({ status: 'failed' })
  expect(taken).toEqual([])
})

test('a repeated mail has the same Message-ID', async () => {
  const { taken, port } = await mailServer()
  for (const id of ['a1', 'a1']) await sendMail({ url: to(port), from }, { ...message(), id })
  const ids = taken.map(({ text }) => /^Message-ID: (.*)$/im.exec(text)?.[1])
  expect(ids).toEqual(['<a1@lab.example>', '<a1@lab.example>'])
})

test('a mail has the head of the audit trail in the form that the restore requires', () => {
  const head = { seq: 370, hash: 'a1'.repeat(32) }
  const { text, to, subject } = withHead(message(), head)
  expect({ to, subject }).toEqual({ to: message().to, subject: message().subject })
  expect(text).toContain(message().text)
  expect(text.trimEnd().split('\n').at(-1)).toMatch(
    new RegExp(`--seq 370 --head ${'a1'.repeat(32)}$`),
  )
})
