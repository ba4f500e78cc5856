import { type DeclarationStore, declarationsFor, declarationsToken } from './declaration-store'
import { goJson } from './go-json'
import { shownDeclaration } from './kmfddm-api'
import { syncTokens } from './notify'
import { storeStatus } from './status-store'

/** The answer to a device, by way of the MDM server; `store` if a status report changed it. */
export type DeviceAnswer = { status: number; body: string; store?: DeclarationStore }

/** A type such as `com.apple.configuration.softwareupdate.enforcement.specific` names its kind. */
const kindOf = (type: string) =>
  /^com\.apple\.(activation|asset|configuration|management)\./.exec(type)?.[1]

const itemsFor = (store: DeclarationStore, id: string) => {
  const items = (kind: string) =>
    declarationsFor(store, id)
      .filter(({ type }) => kindOf(type) === kind)
      .map(({ identifier, serverToken }) => ({ Identifier: identifier, ServerToken: serverToken }))
  return goJson({
    Declarations: {
      Activations: items('activation'),
      Assets: items('asset'),
      Configurations: items('configuration'),
      Management: items('management'),
    },
    DeclarationsToken: declarationsToken(store, id),
  })
}

const notFound = { status: 404, body: 'Not Found\n' }

const declarationFor = (store: DeclarationStore, id: string, kind: string, identifier: string) => {
  const found = declarationsFor(store, id).find((one) => one.identifier === identifier)
  const body =
    found && kindOf(found.type) === kind ? shownDeclaration(store, identifier) : undefined
  return body === undefined ? notFound : { status: 200, body }
}

/**
 * The paths that KMFDDM has for the MDM server (`-dm`), and that have no key: `tokens`, `declaration-items`,
 * `declaration/KIND/ID` and `status`.
 */
export function answerEndpoint(
  store: DeclarationStore,
  id: string,
  { endpoint, data, now }: { endpoint: string; data: string; now: number },
): DeviceAnswer {
  if (endpoint === 'tokens') return { status: 200, body: syncTokens(store, id, now) }
  if (endpoint === 'declaration-items') return { status: 200, body: itemsFor(store, id) }
  const [, kind = '', identifier = ''] = /^declaration\/([^/]+)\/([^/]+)$/.exec(endpoint) ?? []
  if (kind !== '') return declarationFor(store, id, kind, identifier)
  if (endpoint !== 'status') return { status: 404, body: '404 page not found\n' }
  const stored = storeStatus(store, id, data, String(BigInt(Math.floor(now)) * 1_000_000n))
  return stored
    ? { status: 200, body: '', store: stored }
    : { status: 500, body: 'Internal Server Error\n' }
}
