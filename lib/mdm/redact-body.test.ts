import { createHash } from 'node:crypto'
import { buildBinary } from 'plist'
import { expect, test } from 'vitest'
import { webhookCapture } from './captures.testing'
import { readEvent } from './event'
import { readPlist, writePlist } from './plist/plist'
import { redactBody } from './redact-body'

const canary = 'CANARY-8d1f0c'
const secretBytes = Buffer.from(`${canary}-bytes`)
const plistOf = (keys: string) => Buffer.from(`<plist version="1.0"><dict>${keys}</dict></plist>`)
const posted = (topic: string, plist: Uint8Array, but: object = {}) => {
  const event = { udid: 'U-1', raw_payload: Buffer.from(plist).toString('base64'), ...but }
  const of = topic === 'mdm.Connect' ? 'acknowledge_event' : 'checkin_event'
  return Buffer.from(
    JSON.stringify({
      topic,
      created_at: '2026-11-28T12:00:00Z',
      [of]: { ...event, status: 'Idle' },
    }),
  )
}

/** Every reading of some bytes in which the canary could hide. */
function holdsCanary(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1')
  const decoded = [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([part]) =>
    Buffer.from(part, 'base64'),
  )
  const found = (one: string | Buffer) =>
    one.includes(canary) || one.includes(Buffer.from(canary, 'utf16le').toString('latin1'))
  return (
    found(text) ||
    decoded.some((one) => found(one.toString('latin1')) || (one.length > 16 && holdsCanary(one)))
  )
}

const data = `<data>${secretBytes.toString('base64')}</data>`
const wide = Buffer.from(
  `\uFEFF<plist version="1.0"><dict><key>UnlockToken</key><string>${canary}</string></dict></plist>`,
  'utf16le',
)
const status = Buffer.from(JSON.stringify({ StatusItems: { mdm: { 'push-token': canary } } }))

test.each<[string, Uint8Array]>([
  [
    'a TokenUpdate',
    posted(
      'mdm.TokenUpdate',
      plistOf(
        `<key>PushMagic</key><string>${canary}</string><key>Token</key>${data}<key>UnlockToken</key>${data}`,
      ),
    ),
  ],
  [
    'a binary TokenUpdate',
    posted('mdm.TokenUpdate', buildBinary({ Token: secretBytes, PushMagic: canary })),
  ],
  ['a TokenUpdate in UTF-16', posted('mdm.TokenUpdate', wide)],
  [
    'a TokenUpdate in CDATA',
    posted(
      'mdm.TokenUpdate',
      plistOf(`<key><![CDATA[UnlockToken]]></key><string><![CDATA[${canary}]]></string>`),
    ),
  ],
  ['a TokenUpdate that is no plist', posted('mdm.TokenUpdate', Buffer.from(`PushMagic ${canary}`))],
  [
    'a bootstrap token',
    posted('mdm.SetBootstrapToken', plistOf(`<key>BootstrapToken</key>${data}`)),
  ],
  [
    'a user’s digest',
    posted('mdm.UserAuthenticate', plistOf(`<key>DigestResponse</key><string>${canary}</string>`)),
  ],
  [
    'a topic of tomorrow',
    posted(
      'mdm.Future',
      plistOf(`<key>EscrowKey</key><dict><key>a</key><array>${data}</array></dict>`),
    ),
  ],
  [
    'another program’s answer',
    posted('mdm.Connect', plistOf(`<key>ActivationLockBypassCode</key><string>${canary}</string>`)),
  ],
  [
    'a recovery key deep inside',
    posted(
      'mdm.Connect',
      plistOf(`<key>RotateResult</key><dict><key>EncryptedNewRecoveryKey</key>${data}</dict>`),
    ),
  ],
  [
    'the query of the MDM address',
    posted('mdm.Connect', plistOf(''), { url_params: { token: canary } }),
  ],
  [
    'a status report',
    posted(
      'mdm.DeclarativeManagement',
      plistOf(`<key>Data</key><data>${status.toString('base64')}</data>`),
    ),
  ],
  [
    'what a server writes beside the plist',
    posted('mdm.TokenUpdate', plistOf(''), { push_magic: canary, more: { tokens: [canary] } }),
  ],
  [
    'a check-in of which nothing can be read',
    posted('mdm.TokenUpdate', Buffer.from(`<plist><dict><key> Token </key><data>${canary}`)),
  ],
  [
    'a token under the name of another check-in',
    posted('mdm.Authenticate', plistOf(`<key>Token</key><string>${canary}</string>`)),
  ],
  [
    'a cut body',
    posted('mdm.TokenUpdate', plistOf(`<key>UnlockToken</key><string>${canary}</string>`)).subarray(
      0,
      -10,
    ),
  ],
])('%s is shown without its secret, with the hash of what came', (_, body) => {
  expect(holdsCanary(body)).toBe(true)
  const shown = redactBody(body)
  expect(shown).toBeDefined()
  expect(holdsCanary(shown ?? body)).toBe(false)
  const { redacted } = JSON.parse(Buffer.from(shown ?? []).toString())
  const sha256 = createHash('sha256').update(body).digest('hex')
  expect(redacted).toMatchObject({ bytes: body.byteLength, sha256 })
})

test('what is left says all the same but the secrets, and of those length and SHA-256', () => {
  const { body } = webhookCapture('webhook-filekv-01-mdm.TokenUpdate.json')
  const [whole, shown] = [readEvent(body), readEvent(redactBody(body) ?? body)]
  if (!whole.ok || !shown.ok || whole.kind === 'other' || shown.kind === 'other')
    throw new Error('the capture is a check-in')
  const same = { rawPayload: null, payloadSha256: null }
  expect({ ...shown, ...same }).toEqual({ ...whole, ...same })
  const plist = readPlist(shown.rawPayload)
  const text = JSON.stringify(plist.ok && plist.value.type === 'dict' && [...plist.value.entries])
  expect(text).toContain('AwaitingConfiguration')
  expect(text).toContain('(secret, 64 bytes, SHA-256 ')
  expect(text).not.toContain('B2FCF958-B581')
})

test.each([
  '01-mdm.Authenticate',
  '01-mdm.Connect-Idle',
  '01-answer-SecurityInfo',
  '01-answer-DeviceInformation',
])('%s holds no secret and stays as it came', (name) => {
  expect(redactBody(webhookCapture(`webhook-filekv-${name}.json`).body)).toBeUndefined()
})

test('a plist that is written again keeps the type of every value', () => {
  const plist = readPlist(
    plistOf(
      '<key>a&amp;</key><array><integer>1</integer><real>1</real><true/><date>0001-01-01T00:00:00Z</date><data>AQ==</data><string> &lt;b&#13;</string></array>',
    ),
  )
  expect(plist.ok && readPlist(writePlist(plist.value))).toEqual(plist)
})
