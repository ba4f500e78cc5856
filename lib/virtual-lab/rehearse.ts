import { createClock } from './clock'
import { describeDeliveries, describeEvent } from './describe-event'
import { createLab } from './lab'
import type { LabState } from './lab-state'
import { freshState } from './lab-state'
import type { Scenario } from './scenario'
import { originOf } from './scenario-lab'

export type Rehearsal = { lines: string[]; state: LabState }

const minuteMs = 60_000
/** How long a scenario that says nothing goes on after its last step: an update without a person ends in it. */
const afterLastStep = 60

const endOf = ({ endsAt, steps = [] }: Scenario) =>
  (endsAt ?? Math.max(0, ...steps.map(({ at }) => at)) + afterLastStep) * minuteMs

const stamp = (at: number) => {
  const seconds = Math.floor(at / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** What is worth a line when it changes; nobody but a person at the device sees it. */
const looksOf = (state: LabState) =>
  Object.values(state.devices).map(({ labTag, osVersion, osBuild, update, online }) => ({
    labTag,
    look: `${online ? '' : 'offline, '}${update?.phase ?? `at rest on ${osVersion} (${osBuild})`}`,
  }))

/**
 * Plays a whole scenario on a clock that leaps from one event to the next: hours of the lab in well
 * under a second. The same scenario gives the same lines, always.
 */
export function rehearse(scenario: Scenario): Rehearsal {
  const lines: string[] = []
  let real = 0
  const say = (labTag: string, words: string) =>
    void lines.push(`${stamp(real)}  ${labTag}  ${words}`)
  const lab = createLab(freshState(scenario.seed, 0, originOf(scenario)), {
    clock: createClock(() => real, 0, 1),
    send: (event) => {
      const words = describeEvent(event, lab.state())
      if (words !== undefined) say(lab.state().devices[event.enrollmentId]?.labTag ?? '?', words)
    },
    save: () => undefined,
  })
  const noteLooks = (action: () => void) => {
    const before = looksOf(lab.state())
    action()
    looksOf(lab.state()).forEach(({ labTag, look }, index) => {
      if (look !== before[index]?.look) say(labTag, `· ${look}`)
    })
  }
  lab.enrolOnce()
  const end = endOf(scenario)
  for (let due = lab.nextDueAt(); due <= end; due = lab.nextDueAt()) {
    real = Math.max(real, due)
    noteLooks(lab.advance)
  }
  for (const { labTag, deliveries } of Object.values(lab.state().devices))
    for (const words of describeDeliveries(deliveries, lab.state())) say(labTag, `· ${words}`)
  return { lines, state: lab.state() }
}
