// Plain JavaScript without dependencies, like bootstrap.mjs, which asks it before anything is installed.

/**
 * Whether what npm installed is what the lock file asks for.
 * @param wanted `packages` of package-lock.json
 * @param present `packages` of node_modules/.package-lock.json, npm's own record of what is there
 * @param withDev whether packages for development must be there too: tests need them, `npm start` does not
 */
export function isComplete(wanted, present, withDev) {
  return Object.entries(wanted).every(
    ([name, { version, integrity, optional, dev, devOptional }]) => {
      if (name === '') return true
      const found = present[name]
      // Optional ones are for other platforms; devOptional ones belong to both kinds.
      if (!found) return Boolean(optional || (!withDev && (dev || devOptional)))
      return (
        found.version === version &&
        (!integrity || !found.integrity || integrity === found.integrity)
      )
    },
  )
}

/** Whether packages for development were left out of what is installed (`npm ci --omit=dev`). */
export function leavesOutDev(present) {
  const names = Object.keys(present)
  return names.length > 0 && !names.some((name) => present[name].dev)
}
