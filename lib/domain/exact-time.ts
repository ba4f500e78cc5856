/** To the second, in UTC: what two people on two benches mean by the same words. */
export const exactTime = (at: Date): string =>
  `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
