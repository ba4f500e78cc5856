/**
 * The shortest hold of a command to a real device, in seconds: time to read the page and press Cancel. Lab
 * policy, and the database holds it (`a_real_hold_is_long_enough`). A rehearsal may be quicker.
 */
export const minRealHoldSeconds = 10

/** How long a release is held: what the lab has set, and on a real device never less than the floor. */
export const holdSecondsFor = (setting: number, { simulated }: { simulated: boolean }): number =>
  simulated ? setting : Math.max(setting, minRealHoldSeconds)
