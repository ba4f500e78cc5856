import type { OwnPart } from './own-identifier'
import type { DeclarationClaim, DeclarationEventKind, StatusClaims } from './status-claims'

/** What the fold reads of a stored check-in. */
export type FoldedEvent = {
  /** Of the event as received: the order where two have one time. */
  id: number
  at: Date
  kind: DeclarationEventKind
  identifier: string | null
  claims: StatusClaims | null
}

/** The newest that a device has said of one declaration. */
export type HeldDeclaration = DeclarationClaim & {
  at: Date
  event: number
  /** When a report listed declarations without it and did not say that it was full: no proof that it is gone. */
  unlistedAt?: Date
}

type Newest<T> = { value: T; at: Date; event: number }
/** The items that stand alone: each newest value counts until another one is reported. */
export const installItems = ['installState', 'pending', 'installReason', 'failure', 'os'] as const
type InstallItem = (typeof installItems)[number]

/** What is known of a device's declarations from its own check-ins. */
export type DeclarationStanding = {
  declarations: HeldDeclaration[]
  /** Configurations that it has asked for and not reported on since. */
  asked: { identifier: string; at: Date }[]
  newest: { [I in InstallItem]?: Newest<NonNullable<StatusClaims[I]>> }
  /** The newest report that listed declarations. */
  listedAt: Date | undefined
  /** The newest event that says anything about declarations on the device. */
  at: Date | undefined
}

/**
 * Folds check-ins into what holds, in the order of the MDM server's clock and never of arrival, so that a report that
 * arrives late replaces nothing newer. Only changes are reported, so a declaration that a report leaves out is not gone.
 * It is gone if the report says so, or says that it is full:
 * https://github.com/apple/device-management/blob/b6202ca/declarative/protocol/statusreport.yaml#L66-L83
 */
export function foldDeclarations(events: readonly FoldedEvent[]): DeclarationStanding {
  const held = new Map<string, HeldDeclaration>()
  const asked = new Map<string, Date>()
  const standing: DeclarationStanding = {
    declarations: [],
    asked: [],
    newest: {},
    listedAt: undefined,
    at: undefined,
  }
  for (const event of events.toSorted((a, b) => +a.at - +b.at || a.id - b.id)) {
    const { kind, identifier, claims, at } = event
    if (kind === 'configuration' && identifier !== null) {
      asked.set(identifier, at)
      standing.at = at
    }
    if (kind !== 'status' || claims === null) continue
    addItems(standing, claims, event)
    if (claims.declarations === undefined) continue
    standing.listedAt = at
    standing.at = at
    addListed(held, asked, { ...claims, declarations: claims.declarations }, event)
  }
  return {
    ...standing,
    declarations: [...held.values()],
    asked: [...asked].map(([identifier, at]) => ({ identifier, at })),
  }
}

function addItems(standing: DeclarationStanding, claims: StatusClaims, { id, at }: FoldedEvent) {
  const { installState, pending, installReason, failure, os } = claims
  const newest = <T>(value: T): Newest<T> => ({ value, at, event: id })
  if (pending !== undefined || installReason !== undefined) standing.at = at
  standing.newest = {
    ...standing.newest,
    ...(installState !== undefined && { installState: newest(installState) }),
    ...(pending !== undefined && { pending: newest(pending) }),
    ...(installReason !== undefined && { installReason: newest(installReason) }),
    ...(failure !== undefined && { failure: newest(failure) }),
    ...(os !== undefined && { os: newest(os) }),
  }
}

function addListed(
  held: Map<string, HeldDeclaration>,
  asked: Map<string, Date>,
  { declarations, full }: StatusClaims & { declarations: DeclarationClaim[] },
  { id, at }: FoldedEvent,
): void {
  const keyOf = ({ kind, identifier }: DeclarationClaim) => `${kind} ${identifier}`
  if (full) {
    held.clear()
    asked.clear()
  }
  const named = new Set(declarations.map(keyOf))
  for (const [key, one] of held) if (!named.has(key)) held.set(key, { ...one, unlistedAt: at })
  for (const one of declarations) {
    if (one.kind === 'configuration') asked.delete(one.identifier)
    if (one.removed) held.delete(keyOf(one))
    else held.set(keyOf(one), { ...one, at, event: id })
  }
}

/** A software-update declaration that is active on the device. */
export type ActiveDeclaration = {
  /** Undefined if the device does not name it. */
  identifier: string | undefined
  own: boolean
}

/** Whether a software-update declaration is active; `active` is undefined if that cannot be told, `reason` says why. */
export type DeclarationVerdict = {
  active: boolean | undefined
  reason: string
  declarations: ActiveDeclaration[]
}

/**
 * The status subscriptions that this lab has put beside its declarations are no sign of an update, and are left out.
 * @param ownPart which of the declarations that this lab has made for the device an identifier names
 */
export function judgeDeclarations(
  standing: DeclarationStanding,
  ownPart: (identifier: string) => OwnPart | undefined,
): DeclarationVerdict | undefined {
  const isOwn = (identifier: string) => ownPart(identifier) === 'enforce'
  const mayEnforce = ({ identifier }: { identifier: string }) => ownPart(identifier) !== 'subscribe'
  const configurations = standing.declarations.filter(isApplied).filter(mayEnforce)
  const [listed, unlisted] = [
    configurations.filter(({ unlistedAt }) => unlistedAt === undefined),
    configurations.filter(({ unlistedAt }) => unlistedAt !== undefined),
  ]
  const own = listed.filter(({ identifier }) => isOwn(identifier))
  const others = listed.filter(({ identifier }) => !isOwn(identifier))
  const sign = signOfUpdate(standing, listed.length > 0)
  const listedOwn = own.map(({ identifier }) => ({ identifier, own: true }))
  const signed = sign ? signedFor(sign, { own, others, isOwn }) : []
  const declarations = [
    ...listedOwn,
    ...signed.filter(({ identifier }) => !own.some((one) => one.identifier === identifier)),
  ]
  if (declarations.length > 0) {
    const named = own.map(({ identifier }) => `it reports this lab's ${identifier} as active`)
    const reason = [...named, ...(signed.length > 0 && sign ? [sign.reason] : [])].join('; ')
    return { active: true, reason, declarations }
  }
  const open = [
    ...others.map(
      ({ identifier }) =>
        `it lists the active configuration ${identifier} and not whether it is for a software update`,
    ),
    ...unlisted.map(
      ({ identifier }) =>
        `it listed the configuration ${identifier} as active and then not at all, in a report that is not a full one`,
    ),
    ...standing.asked
      .filter(mayEnforce)
      .map(
        ({ identifier }) =>
          `it asked for the configuration ${identifier} and has not reported on it${
            isOwn(identifier)
              ? ''
              : ', and the MDM server does not say whether it is for a software update'
          }`,
      ),
  ]
  if (open.length > 0) return { active: undefined, reason: inShort(open), declarations: [] }
  return standing.listedAt
    ? { active: false, reason: 'its status report lists no active configuration', declarations: [] }
    : undefined
}

/** Active and not refused; a refused one has been seen with `active` true, and is not applied. */
const isApplied = ({ kind, active, valid }: HeldDeclaration): boolean =>
  kind === 'configuration' && active === true && valid !== 'invalid'

type Sign = { reason: string; names?: string | undefined }

/**
 * A report that an update is enforced: it names the declaration or a time to install by, or gives a declaration as the
 * reason. Devices have kept reporting a pending version that was no more, so a later list without an active configuration
 * outweighs it.
 */
function signOfUpdate({ newest, listedAt }: DeclarationStanding, someActive: boolean) {
  const { installReason, pending } = newest
  const counts = (at: Date) => someActive || listedAt === undefined || at >= listedAt
  const signs: (Sign | false | undefined)[] = [
    installReason?.value.declaration !== undefined &&
      counts(installReason.at) && {
        reason: `its status report names the declaration ${installReason.value.declaration}`,
        names: installReason.value.declaration,
      },
    pending?.value.at !== undefined &&
      counts(pending.at) && {
        reason: `its status report names the time ${pending.value.at} to install by`,
      },
    installReason?.value.reasons.includes('declaration') &&
      counts(installReason.at) && {
        reason: 'its status report gives a declaration as the reason',
      },
  ]
  return signs.find((sign) => sign !== undefined && sign !== false) || undefined
}

type Active = {
  own: HeldDeclaration[]
  others: HeldDeclaration[]
  isOwn: (identifier: string) => boolean
}

/** The declarations that a sign is about: the one that it names, else this lab's own, else whatever else is active. */
function signedFor({ names }: Sign, { own, others, isOwn }: Active): ActiveDeclaration[] {
  if (names !== undefined) return [{ identifier: names, own: isOwn(names) }]
  if (own.length > 0) return []
  if (others.length === 0) return [{ identifier: undefined, own: false }]
  return others.map(({ identifier }) => ({ identifier, own: false }))
}

const maxNamed = 5

const inShort = (reasons: readonly string[]): string => {
  const more = reasons.length - maxNamed
  const shown = reasons.slice(0, maxNamed).join('; ')
  return more > 0 ? `${shown}; and ${more} more` : shown
}
