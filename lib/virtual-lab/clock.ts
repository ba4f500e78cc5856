/** Virtual time: ms since the lab was filled, running `speed` times as fast as the real clock. */
export type LabClock = {
  now(): number
  speed(): number
  setSpeed(speed: number): void
  /** Real ms until a virtual moment; 0 when it is past. */
  realMsUntil(at: number): number
  /**
   * The date of a virtual moment that has come, ms since 1970. The present one is the real date at every speed, so that a
   * date that is sent to a device means the same to both.
   */
  calendarAt(at: number): number
}

export const minSpeed = 0.1
export const maxSpeed = 3_600

export const isSpeed = (speed: unknown): speed is number =>
  typeof speed === 'number' && speed >= minSpeed && speed <= maxSpeed

/** `realNow` gives the real time in ms; a test passes a clock of its own, and dates if that has none. */
export function createClock(
  realNow: () => number,
  startAt: number,
  startSpeed: number,
  calendarAt?: (at: number) => number,
): LabClock {
  let [anchorReal, anchorAt, speed] = [realNow(), startAt, startSpeed]
  const now = () => anchorAt + Math.floor((realNow() - anchorReal) * speed)
  return {
    now,
    speed: () => speed,
    setSpeed: (next) => {
      ;[anchorAt, anchorReal, speed] = [now(), realNow(), next]
    },
    calendarAt: calendarAt ?? ((at) => realNow() - Math.max(0, now() - at) / speed),
    realMsUntil: (at) => Math.max(0, Math.ceil((at - now()) / speed)),
  }
}
