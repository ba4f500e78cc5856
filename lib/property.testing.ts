import fc from 'fast-check'

// The same draw at every run of `npm test`, so that a red run is red again; `npm run test:random` draws anew.
const usualSeed = 20_261_128

const given = process.env.ONEWAY_TEST_SEED
const seed = given === undefined || given === '' ? usualSeed : Number(given)
if (!Number.isInteger(seed))
  throw new Error(`ONEWAY_TEST_SEED is "${given}"; it must be a whole number, such as ${usualSeed}`)

fc.configureGlobal({ seed })

/**
 * How many cases a property of many database steps draws: all of them in `npm run test:random`, which runs before a
 * change lands, and two fifths in `npm test`, whose cases are the same at each run.
 */
export const casesOf = (all: number): number => (given ? all : Math.ceil(all * 0.4))

/** fast-check, drawing from `ONEWAY_TEST_SEED` or from a fixed seed; a failure prints the seed and the path. */
export { fc }
