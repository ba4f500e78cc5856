/** Virtual time: ms since the lab was filled, running `speed` times as fast as the real clock. */
export type LabClock = {
  now(): number
  speed(): number
  setSpeed(speed: number): void
  /** Real ms until a virtual moment; 0 when it is past. */
  realMsUntil(at: number): number
  /** The date, ms since 1970: it does not run faster with the speed, so that a date sent to a device means the same to both. */
  calendar(): number
}

export const minSpeed = 0.1
export const maxSpeed = 3_600

export const isSpeed = (speed: unknown): speed is number =>
  typeof speed === 'number' && speed >= minSpeed && speed <= maxSpeed

/** `realNow` gives the real time in ms; a test passes a clock of its own, and a date if that is not one. */
export function createClock(
  realNow: () => number,
  startAt: number,
  startSpeed: number,
  calendar = realNow,
): LabClock {
  let [anchorReal, anchorAt, speed] = [realNow(), startAt, startSpeed]
  const now = () => anchorAt + Math.floor((realNow() - anchorReal) * speed)
  return {
    now,
    speed: () => speed,
    setSpeed: (next) => {
      ;[anchorAt, anchorReal, speed] = [now(), realNow(), next]
    },
    calendar,
    realMsUntil: (at) => Math.max(0, Math.ceil((at - now()) / speed)),
  }
}
