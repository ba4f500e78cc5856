import type { Db } from '@/lib/db/client'
import { findNameAtAddress, type MdmServer } from '@/lib/db/queries/servers/servers'
import { declarationApis, type ServerKind, serverTraits } from '@/lib/mdm/server-kinds'
import { plainUrl, serverAddress, serverUrlProblem } from '@/lib/mdm/server-url'
import { type Refusal, refused } from '../shared/result'

/** The program beside an MDM server that keeps declarations for its devices, as a form gives it. */
export type DeclarationSettings = {
  /** Empty for none; undefined leaves it unchanged. */
  declarationsUrl?: string | undefined
  /** Undefined leaves the stored key unchanged. */
  declarationsKey?: string | undefined
}

type Wanted = DeclarationSettings & { id?: string | undefined; url: string }

/** The address in the one spelling that is stored, or why it cannot be used. */
export function plainDeclarations<T extends DeclarationSettings>(input: T): T | Refusal {
  const { declarationsUrl: text } = input
  if (!text) return input
  const wrong = serverUrlProblem(text)
  if (wrong !== undefined)
    return refused(`This address cannot be used: ${wrong}.`, 'declarationsUrl')
  return { ...input, declarationsUrl: plainUrl(text) }
}

/** Why these declarations cannot be kept at that address: it is another entry's, or that of the MDM server itself. */
export async function declarationsTaken(tx: Db, wanted: Wanted): Promise<Refusal | undefined> {
  const { id, url, declarationsUrl } = wanted
  if (!declarationsUrl) return undefined
  if (serverAddress(declarationsUrl) === serverAddress(url))
    return refused('This is the address of the MDM server itself.', 'declarationsUrl')
  const other = await findNameAtAddress(tx, declarationsUrl, id)
  return other === undefined
    ? undefined
    : refused(
        `${other} has this address already, perhaps in another spelling: each is for one MDM server.`,
        'declarationsUrl',
      )
}

type Stored = Pick<MdmServer, 'declarationsUrl' | 'declarationsKey'>
type Change = { declarations?: { url: string; apiKey: string } | null }

/** What is to be stored for these settings; nothing where they leave it as it is. */
export function declarationsChange(
  kind: ServerKind,
  stored: Stored | undefined,
  { declarationsUrl, declarationsKey }: DeclarationSettings,
): Change | Refusal {
  const url = declarationsUrl ?? stored?.declarationsUrl ?? ''
  if (url === '') return stored?.declarationsUrl ? { declarations: null } : {}
  const { declarations, name } = serverTraits[kind]
  if (declarations !== 'beside')
    return refused(`A ${name} has no program beside it that keeps declarations.`, 'declarationsUrl')
  const apiKey = declarationsKey ?? stored?.declarationsKey
  if (!apiKey)
    return refused(`${declarationApis.beside.name} needs its API key.`, 'declarationsKey')
  if (url === stored?.declarationsUrl && apiKey === stored.declarationsKey) return {}
  return { declarations: { url, apiKey } }
}

/** Which of the settings would be changed at a program that is in use; the first address is no change. */
export function changedDeclarations(
  stored: Stored,
  { declarationsUrl, declarationsKey }: DeclarationSettings,
): 'declarationsUrl' | 'declarationsKey' | undefined {
  if (stored.declarationsUrl === null) return undefined
  if (declarationsUrl !== undefined && declarationsUrl !== stored.declarationsUrl)
    return 'declarationsUrl'
  return declarationsKey && declarationsKey !== stored.declarationsKey
    ? 'declarationsKey'
    : undefined
}
