/** The error's `digest`, by which a page distinguishes an unreachable database from a bug of Oneway. */
export const databaseAwayMark = 'database-away'

/** What happened, in words; lib/db/client.ts sets how many seconds. */
export const databaseAwayWords =
  'The database did not answer in time. It is stopped, cannot be reached, or is busy with something else.'

/** Shown after a change that may or may not have been made. */
export const changeInDoubt = `${databaseAwayWords} So it is unknown whether your change was made. Your input is still here. Check in another tab before you submit again.`

/** The response to an API request or a download. */
export const askAgainWords = `${databaseAwayWords} Nothing was changed. Try again in a minute.`
