import { Gauge, type Registry } from 'prom-client'
import type { LabMetrics } from '@/lib/db/queries/lab-metrics'
import { onTheWayStates, withServerStates } from '@/lib/domain/trial/command-slot'

/** Each number of the lab: its name for Prometheus, what it says, and where it is found. */
const numbers: [name: string, help: string, of: (lab: LabMetrics) => number | null][] = [
  ['events_unread', 'Events that are kept and not read yet', (lab) => lab.unreadEvents],
  [
    'events_unread_oldest_seconds',
    'How long the oldest of them has waited',
    (lab) => lab.oldestUnreadSeconds,
  ],
  [
    'commands_overdue',
    'Commands whose hold has ended and which no worker has taken',
    (lab) => lab.overdueCommands,
  ],
  [
    'commands_overdue_oldest_seconds',
    'How long the oldest of them has waited',
    (lab) => lab.oldestOverdueSeconds,
  ],
  ['notices_waiting', 'Notices that are not delivered yet', (lab) => lab.waitingNotices],
  ['observation_gaps_open', 'MDM servers with an open observation gap', (lab) => lab.openGaps],
  ['observation_gaps_ended', 'Observation gaps that have ended', (lab) => lab.endedGaps],
  ['mdm_servers_stopped', 'MDM servers through which nothing is sent', (lab) => lab.stoppedServers],
  [
    'listener_heartbeat_age_seconds',
    'Time since the last heartbeat of any listener',
    (lab) => lab.secondsSinceHeartbeat,
  ],
]

/**
 * Adds the numbers of the lab, which are read from the database when they are asked for. If it cannot be reached they
 * are absent, and `oneway_database_up` is 0: an old number would hide that.
 */
export function addLabGauges(registry: Registry, readLab: () => Promise<LabMetrics>): void {
  let reading: Promise<LabMetrics | undefined> | undefined
  // A page of metrics asks all gauges at once, and they share one reading.
  const read = () => {
    reading ??= readLab()
      .catch(() => undefined)
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  const add = (
    name: string,
    help: string,
    show: (gauge: Gauge, lab: LabMetrics | undefined) => void,
    labelNames: string[] = [],
  ) =>
    new Gauge({
      ...{ name: `oneway_${name}`, help, labelNames, registers: [registry] },
      async collect() {
        show(this, await read())
      },
    })

  add('database_up', 'Whether the database answered this question', (gauge, lab) =>
    gauge.set(lab ? 1 : 0),
  )
  for (const [name, help, of] of numbers)
    add(name, help, (gauge, lab) => {
      const number = lab === undefined ? null : of(lab)
      if (number === null) gauge.remove()
      else gauge.set(number)
    })
  add(
    'commands_open',
    'Commands that have not ended, by their state',
    (gauge, lab) => {
      gauge.reset()
      for (const state of lab ? [...onTheWayStates, ...withServerStates] : [])
        gauge.set({ state }, lab?.openCommands[state] ?? 0)
    },
    ['state'],
  )
}
