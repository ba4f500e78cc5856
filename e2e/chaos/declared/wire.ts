import { type ApiRequest, type ApiResponse, kmfddmPath } from '@/lib/virtual-lab/http-exchange'
import { setsOfEnrollment } from '@/lib/virtual-lab/kmfddm/declaration-store'
import type { LabState } from '@/lib/virtual-lab/lab-state'
import type { LabEvent } from '@/lib/virtual-lab/webhook'

/**
 * What the virtual KMFDDM has logged: each request that would change something, when it arrives and when it is acted on,
 * and each check-in of a device with what was attached to it then. The ground truth, whatever the program recorded.
 */
export type WireLine =
  | { is: 'arrived'; request: string; body: string }
  | { is: 'answered'; request: string; status: number }
  | { is: 'asked'; enrollmentId: string; endpoint: string; attached: string[] }

/** What makes the log: the parts of a virtual lab that see everything. `write` keeps a line of it. */
export function writeWire(write: (line: WireLine) => void, state: () => LabState) {
  return {
    arrives: (request: ApiRequest) => {
      if (!changes(request)) return
      write({ is: 'arrived', request: named(request), body: Buffer.from(request.body).toString() })
    },
    answered: (request: ApiRequest, { status }: ApiResponse) => {
      if (changes(request)) write({ is: 'answered', request: named(request), status })
    },
    sent: ({ topic, enrollmentId, payload }: LabEvent) => {
      if (topic !== 'mdm.DeclarativeManagement') return
      const text = Buffer.from(payload).toString()
      const endpoint = /<key>Endpoint<\/key>\s*<string>([^<]*)/.exec(text)?.[1] ?? ''
      const attached = setsOfEnrollment(state().declarations, enrollmentId)
      write({ is: 'asked', enrollmentId, endpoint, attached })
    },
  }
}

/** Whether this is a request to KMFDDM that is not only a look. */
export const changes = ({ method, path }: ApiRequest): boolean =>
  path.startsWith(kmfddmPath) && method !== 'GET'

const named = ({ method, path, query }: ApiRequest): string => {
  const [set, declaration] = [query.get('set'), query.get('declaration')]
  const about = set ? ` ${set}` : declaration ? ` ${declaration}` : ''
  return `${method} ${path.slice(kmfddmPath.length)}${about}`
}

/** What the log of a virtual KMFDDM has of one declaration. */
export function wireOf(lines: readonly WireLine[], enrollmentId: string, set: string) {
  const place = `/v1/enrollment-sets/${enrollmentId} ${set}`
  const arrivals = (request: string) =>
    lines.filter((line) => line.is === 'arrived' && line.request === request)
  const effects = (request: string) =>
    lines.flatMap((line, index) =>
      line.is === 'answered' && line.request === request && line.status === 204 ? [index] : [],
    )
  return {
    /** Requests to attach the set that arrived, whatever became of them. */
    attaches: arrivals(`PUT ${place}`).length,
    /** Those that attached it, by their places in the log. */
    attached: effects(`PUT ${place}`),
    detached: effects(`DELETE ${place}`),
    /** The bodies that were put under its two identifiers. */
    bodies: lines.flatMap((line) =>
      line.is === 'arrived' && line.request === 'PUT /v1/declarations' && line.body.includes(set)
        ? [line.body]
        : [],
    ),
    /** What its device asked for, with its place in the log. */
    asked: lines.flatMap((line, index) =>
      line.is === 'asked' && line.enrollmentId === enrollmentId
        ? [{ endpoint: line.endpoint, index, listed: line.attached.includes(set) }]
        : [],
    ),
  }
}
export type Wire = ReturnType<typeof wireOf>
