import type { Db } from '@/lib/db/client'
import { findServerBySlug } from '@/lib/db/queries/servers/servers'
import type { Actor } from '@/lib/domain/account/permissions'
import type {
  ActionValue,
  FaultId,
  LabAction,
  LabAnswer,
  LabControl,
  LabView,
  ServerChange,
  VariantId,
} from '@/lib/virtual-lab/control-client'
import { forbidden, type Refusal, refused } from '../shared/result'

/** A request of the virtual lab's control panel. */
export type LabOrder =
  | { kind: 'act'; enrollmentId: string; action: LabAction; value?: ActionValue }
  /** `value` false turns it off. */
  | { kind: 'setFault'; enrollmentId: string; fault: FaultId; value: number | boolean }
  /** How it behaves in a point on which sources disagree. */
  | { kind: 'setVariant'; enrollmentId: string; variant: VariantId; value: string }
  | { kind: 'setServer'; change: ServerChange }
  /** Virtual seconds per real second. */
  | { kind: 'setSpeed'; speed: number }
  /** Resets every virtual device; Oneway's own record stays. */
  | { kind: 'reset' }

/** Connects to the control API of a virtual lab; passed in by the caller, because services do not know its client. */
export type ReachLab = (url: string, apiKey: string) => LabControl

type About = { slug: string }

/**
 * Acts as the person at a virtual device, or changes the virtual lab's clock. Contacts only the server with this slug,
 * and only if it is simulated: a real MDM server is never contacted.
 */
export async function controlVirtualLab(
  db: Db,
  actor: Actor,
  { slug, order }: About & { order: LabOrder },
  reach: ReachLab,
): Promise<{ status: 'done' } | Refusal> {
  const no = forbidden(actor, 'controlVirtualLab')
  if (no) return no
  const found = await findLab(db, slug, reach)
  if ('reason' in found) return found
  const answer = await perform(found.lab, order)
  return answer.ok ? { status: 'done' } : refusalOf(answer)
}

/** The ground truth of the virtual lab. It contains more than any MDM reply, so it is only shown as SIMULATED. */
export async function lookAtVirtualLab(
  db: Db,
  actor: Actor,
  { slug }: About,
  reach: ReachLab,
): Promise<{ status: 'seen'; view: LabView } | Refusal> {
  const no = forbidden(actor, 'look')
  if (no) return no
  const found = await findLab(db, slug, reach)
  if ('reason' in found) return found
  const answer = await found.lab.listDevices()
  return answer.ok ? { status: 'seen', view: answer.value } : refusalOf(answer)
}

async function findLab(
  db: Db,
  slug: string,
  reach: ReachLab,
): Promise<{ lab: LabControl } | Refusal> {
  const server = await findServerBySlug(db, slug)
  if (!server) return refused('There is no virtual lab here.')
  if (!server.simulated)
    return refused(`${server.name} is a real MDM server: it has no control panel.`)
  return { lab: reach(server.url, server.apiKey) }
}

function perform(lab: LabControl, order: LabOrder): Promise<LabAnswer<unknown>> {
  switch (order.kind) {
    case 'act':
      return lab.act(order.enrollmentId, order.action, order.value)
    case 'setFault':
      return lab.setFault(order.enrollmentId, order.fault, order.value)
    case 'setVariant':
      return lab.setVariant(order.enrollmentId, order.variant, order.value)
    case 'setServer':
      return lab.setServer(order.change)
    case 'setSpeed':
      return lab.setSpeed(order.speed)
    case 'reset':
      return lab.reset()
  }
}

function refusalOf(answer: Exclude<LabAnswer<unknown>, { ok: true }>): Refusal {
  if (answer.status === undefined)
    return refused(
      `The virtual lab does not answer (${answer.reason}). It runs beside the app: look at what npm start printed, and start again.`,
    )
  if (answer.status === 401)
    return refused(
      'The virtual lab does not accept this app’s key. Start both again with npm start, which gives them the same one.',
    )
  const { error, accepted, field } = answer.refusal
  // A conflict (409) explains itself; an invalid value comes with its accepted form.
  return answer.status === 409 ? refused(error) : refused(`${error}. Accepted: ${accepted}.`, field)
}
