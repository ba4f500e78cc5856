/** By which a browser tells an error of the database from a bug of Oneway: the error's `digest`. */
export const databaseAwayMark = 'database-away'

/** What happened, in words; the seconds stand in lib/db/client.ts. */
export const databaseAwayWords =
  'The database did not answer in time. It is stopped, cannot be reached, or is held up by something else.'

/** The answer to a change whose end is not known. */
export const changeInDoubt = `${databaseAwayWords} So it is not known whether this was done. What you typed is still here. Look in another tab whether the change is there before you press again.`

/** The answer to a program or a download. */
export const askAgainWords = `${databaseAwayWords} Nothing was changed by asking; ask again in a minute.`
