import { randomUUID } from 'node:crypto'
import { type DeclarationStore, declarationsToken } from './declaration-store'
import { goJson } from './go-json'

/** KMFDDM names at most this many enrollments in one request. */
const maxIds = 30

const rfc3339 = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

/** The tokens of an enrollment, as a device and a command get them; the time is always now. */
export const syncTokens = (store: DeclarationStore, id: string, now: number): string =>
  goJson({
    SyncTokens: { DeclarationsToken: declarationsToken(store, id), Timestamp: rfc3339(now) },
  })

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

/** The command as KMFDDM enqueues it: in one line, its CommandUUID in lower case and told to nobody else. */
const commandWith = (data: string | undefined, commandUuid: string) => {
  const base64 = data === undefined ? '' : Buffer.from(data).toString('base64')
  const tokens = base64 === '' ? '' : `<key>Data</key><data>${base64}</data>`
  const type = '<key>RequestType</key><string>DeclarativeManagement</string>'
  const uuid = `<key>CommandUUID</key><string>${commandUuid}</string>`
  return `${head}<plist version="1.0"><dict><key>Command</key><dict>${tokens}${type}</dict>${uuid}</dict></plist>\n`
}

type NotifyPorts = {
  /** The CommandUUID of the next command; a random one if left out. */
  uuid?: () => string
  store(): DeclarationStore
  enqueue(ids: readonly string[], plist: string): void
  now(): number
}

/** One command for one device with its tokens; one without tokens and with the same CommandUUID for several. */
export function notify(ports: NotifyPorts, ids: readonly string[]): void {
  const named = [...new Set(ids)].filter((id) => id !== '')
  for (let from = 0; from < named.length; from += maxIds) {
    const batch = named.slice(from, from + maxIds)
    const [first = ''] = batch
    const data = batch.length === 1 ? syncTokens(ports.store(), first, ports.now()) : undefined
    ports.enqueue(batch, commandWith(data, ports.uuid?.() ?? randomUUID()))
  }
}
