import { expect, test } from 'vitest'
import { environmentTable, readEnv } from './env'

test('an empty environment gives the defaults of the README', () => {
  expect(readEnv({})).toEqual({
    PORT: 3000,
    HOST: '127.0.0.1',
    ONEWAY_DATA: '.oneway',
    ONEWAY_DEMO: true,
    ONEWAY_BASE_URL: 'http://127.0.0.1:3000',
    LOG_LEVEL: 'info',
  })
})

test('the demo is off where a database is named, unless it is asked for', () => {
  const DATABASE_URL = 'postgres://oneway@db/oneway'
  expect(readEnv({ DATABASE_URL }).ONEWAY_DEMO).toBe(false)
  expect(readEnv({ DATABASE_URL, ONEWAY_DEMO: '1' }).ONEWAY_DEMO).toBe(true)
})

test('an empty variable counts as absent', () => {
  expect(readEnv({ PORT: '', DATABASE_URL: '' })).toEqual(readEnv({}))
})

test('the base address follows host and port, with brackets around IPv6, and loses a last slash', () => {
  expect(readEnv({ HOST: '::1', PORT: '81' }).ONEWAY_BASE_URL).toBe('http://[::1]:81')
  expect(readEnv({ HOST: '0.0.0.0' }).ONEWAY_BASE_URL).toBe('http://127.0.0.1:3000')
  expect(readEnv({ ONEWAY_BASE_URL: 'https://o.test/' }).ONEWAY_BASE_URL).toBe('https://o.test')
})

test('with a certificate the base address is https, and a certificate needs its key', () => {
  const files = { ONEWAY_TLS_CERT_FILE: '/c.pem', ONEWAY_TLS_KEY_FILE: '/k.pem' }
  expect(readEnv({ ...files, HOST: '0.0.0.0' }).ONEWAY_BASE_URL).toBe('https://127.0.0.1:3000')
  expect(readEnv({ ...files, ONEWAY_BASE_URL: 'https://o.test' }).ONEWAY_BASE_URL).toBe(
    'https://o.test',
  )
  expect(() => readEnv({ ONEWAY_TLS_CERT_FILE: '/c.pem' })).toThrow(/need each other/)
})

test.each([
  ['PORT', '0'],
  ['PORT', '65536'],
  ['PORT', '3000a'],
  ['PORT', '-1'],
  ['HOST', 'http://here'],
  ['DATABASE_URL', 'mysql://db/x'],
  ['DATABASE_URL', 'db/oneway'],
  ['ONEWAY_DEMO', 'yes'],
  ['ONEWAY_BASE_URL', 'oneway.example.org'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is refused with the name and the accepted form', (name, text) => {
  expect(() => readEnv({ [name]: text })).toThrow(new RegExp(`^${name} is .*; it must be .+\\.$`))
})

test('the three ports of the metrics leave out that of the pages', () => {
  for (const first of ['2998', '2999', '3000'])
    expect(() => readEnv({ ONEWAY_METRICS_PORT: first })).toThrow(/^ONEWAY_METRICS_PORT is .*PORT/)
  for (const first of ['2997', '3001'])
    expect(readEnv({ ONEWAY_METRICS_PORT: first }).ONEWAY_METRICS_PORT).toBe(Number(first))
})

test('a direct address of the database stands beside that of its pooler', () => {
  const DATABASE_DIRECT_URL = 'postgres://oneway_app@db/oneway'
  expect(() => readEnv({ DATABASE_DIRECT_URL })).toThrow(/it needs DATABASE_URL/)
  const both = { DATABASE_DIRECT_URL, DATABASE_URL: 'postgres://oneway_app@pool/oneway' }
  expect(readEnv(both)).toMatchObject({ ...both, ONEWAY_DEMO: false })
})

test('every wrong variable is named at once', () => {
  expect(() => readEnv({ PORT: 'x', ONEWAY_DEMO: '2' })).toThrow(/PORT is "x".*\n.*ONEWAY_DEMO/)
})

test('a refusal repeats neither a secret nor the password of a database', () => {
  const source = { BETTER_AUTH_SECRET: 'canary-1', DATABASE_URL: 'http://me:canary-2@db/x' }
  expect(() => readEnv(source)).toThrow(/BETTER_AUTH_SECRET is 8 characters long/)
  expect(() => readEnv(source)).not.toThrow(/canary/)
})

test('docs/environment.md lists every variable', async () => {
  const page = `# Environment\n\nWritten by lib/env.ts; \`npm run test:unit -- lib/env.test.ts -u\` writes it anew.\n\n${environmentTable()}`
  await expect(page).toMatchFileSnapshot('../docs/environment.md')
})

const oidc = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_ID: 'oneway',
  OIDC_CLIENT_SECRET: 'a secret of sixteen or more',
}

test('groups are mapped in the order in which they are written, whatever signs their names hold', () => {
  const OIDC_ROLES = 'CN=leads,OU=lab=lead; https://id.example/g?x=1=engineer'
  expect(readEnv({ ...oidc, OIDC_ROLES }).OIDC_ROLES).toEqual([
    { group: 'CN=leads,OU=lab', role: 'lead' },
    { group: 'https://id.example/g?x=1', role: 'engineer' },
  ])
})

test.each([
  [{ OIDC_ISSUER: 'http://id.example' }, /OIDC_ISSUER is .*https/],
  [{ OIDC_ISSUER: 'https://me:word@id.example' }, /OIDC_ISSUER is/],
  [{ OIDC_CLIENT_ID: '' }, /needs OIDC_CLIENT_ID/],
  [{ OIDC_CLIENT_SECRET: '' }, /needs one of OIDC_CLIENT_SECRET/],
  [{ OIDC_CLIENT_SECRET_FILE: '/run/secrets/oidc' }, /needs one of OIDC_CLIENT_SECRET/],
  [{ OIDC_SIGN_UP: '1' }, /OIDC_SIGN_UP is set; it needs OIDC_ROLES/],
  [{ OIDC_ROLES: 'leads=boss' }, /OIDC_ROLES is/],
  [{ OIDC_EMAIL_DOMAINS: '@lab.example' }, /OIDC_EMAIL_DOMAINS is/],
])('single sign-on set up with %o is refused at the start', (but, words) => {
  expect(() => readEnv({ ...oidc, ...but })).toThrow(words)
})

test.each([
  ['https://mail.lab.example', /SMTP_URL is .*smtps/],
  ['smtp://mail.lab.example/?tls=no', /SMTP_URL is/],
])('mail through %s is refused at the start', (SMTP_URL, words) => {
  expect(() => readEnv({ SMTP_URL, SMTP_FROM: 'oneway@lab.example' })).toThrow(words)
})

test('mail needs a sender, and its password never comes back in a refusal', () => {
  const SMTP_URL = 'smtps://lab:canary-1@mail.lab.example'
  expect(() => readEnv({ SMTP_URL })).toThrow(/SMTP_URL and SMTP_FROM need each other/)
  const wrong = { SMTP_URL: `${SMTP_URL}/x`, SMTP_FROM: 'oneway@lab.example' }
  expect(() => readEnv(wrong)).not.toThrow(/canary/)
})

const storage = {
  ONEWAY_S3_ENDPOINT: 'https://minio.lab.example:9000/',
  ONEWAY_S3_BUCKET: 'evidence',
  ONEWAY_S3_KEY_ID: 'oneway',
  ONEWAY_S3_SECRET: 'a secret of the storage',
}

test('object storage is set by its address, bucket and key; a prefix ends with one slash', () => {
  expect(readEnv({ ...storage, ONEWAY_S3_PREFIX: 'lab/files' })).toMatchObject({
    ...{ ONEWAY_S3_ENDPOINT: 'https://minio.lab.example:9000', ONEWAY_S3_PREFIX: 'lab/files/' },
  })
})

test.each([
  [{ ONEWAY_S3_ENDPOINT: 'http://minio.lab.example:9000' }, /ONEWAY_S3_ENDPOINT is .*https/],
  [{ ONEWAY_S3_ENDPOINT: 'https://s3.example/bucket' }, /ONEWAY_S3_ENDPOINT is .*without a path/],
  [{ ONEWAY_S3_ENDPOINT: 'https://a:b@s3.example' }, /ONEWAY_S3_ENDPOINT is/],
  [{ ONEWAY_S3_ENDPOINT: '' }, /ONEWAY_S3_BUCKET is set; it needs ONEWAY_S3_ENDPOINT too/],
  [{ ONEWAY_S3_BUCKET: '' }, /it needs ONEWAY_S3_BUCKET too/],
  [{ ONEWAY_S3_BUCKET: 'Evidence' }, /ONEWAY_S3_BUCKET is .*lower-case/],
  [{ ONEWAY_S3_KEY_ID: '' }, /it needs ONEWAY_S3_KEY_ID too/],
  [{ ONEWAY_S3_SECRET: '' }, /it needs one of ONEWAY_S3_SECRET and/],
  [{ ONEWAY_S3_SECRET_FILE: '/run/secrets/s3' }, /it needs one of ONEWAY_S3_SECRET and/],
  [{ ONEWAY_S3_PREFIX: '../other' }, /ONEWAY_S3_PREFIX is/],
  [{ ONEWAY_S3_REGION: 'EU West' }, /ONEWAY_S3_REGION is/],
])('object storage set with %o is refused at the start', (but, words) => {
  expect(() => readEnv({ ...storage, ...but })).toThrow(words)
  expect(() => readEnv({ ...storage, ...but })).not.toThrow(/a secret of the storage/)
})
