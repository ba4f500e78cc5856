/** How long the trial's own questions are held back after somebody last said that they want to release. */
export const wishLastsMs = 90_000
/** An open dialog says so again this often: three times before the wish lapses. */
export const renewWishMs = 30_000
