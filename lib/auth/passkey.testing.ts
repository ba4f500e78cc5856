import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Db } from '../db/client'
import { insertPasskey } from '../db/queries/people/second-factors'
import type { PasskeyAnswer } from './passkeys'

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest()
const base64url = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64url')

export type Authenticator = ReturnType<typeof createAuthenticator>

/** An authenticator in software: one ES256 key, with answers in the form in which a browser sends them. */
export function createAuthenticator({ origin, rpId }: { origin: string; rpId: string }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = base64url(randomBytes(32))
  let counter = 0
  const answer = (challenge: string, but: { origin?: string; flags?: number } = {}) => {
    const client = JSON.stringify({
      type: 'webauthn.get',
      challenge,
      origin: but.origin ?? origin,
      crossOrigin: false,
    })
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    // 0x05: user present and user verified.
    const data = Buffer.concat([sha256(rpId), Buffer.from([but.flags ?? 0x05]), count])
    const signed = createSign('sha256').update(Buffer.concat([data, sha256(client)]))
    const given: PasskeyAnswer = {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signed.sign(privateKey)),
      },
    }
    return given
  }
  return { id, publicKey: coseOf(publicKey.export({ format: 'jwk' })), answer }
}

/** The key as WebAuthn carries it: a CBOR map of RFC 9052 with kty EC2, alg ES256, crv P-256, x and y. */
function coseOf({ x = '', y = '' }: JsonWebKey): Uint8Array<ArrayBuffer> {
  const head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  return Uint8Array.from([...head, ...bytes(x), 0x22, 0x58, 0x20, ...bytes(y)])
}

/** Gives a person a passkey, as if it had been added under Account. */
export async function givePasskey(
  db: Db,
  userId: string,
  authenticator: Pick<Authenticator, 'id' | 'publicKey'>,
  createdAt: Date,
): Promise<void> {
  const { id: credentialId, publicKey } = authenticator
  const made = { counter: 0, transports: [], backedUp: false, createdAt }
  await insertPasskey(db, { userId, name: 'Key', credentialId, publicKey, ...made })
}
