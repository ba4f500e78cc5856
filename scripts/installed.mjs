// Plain JavaScript without dependencies: bootstrap.mjs uses it before anything is installed.

/**
 * Whether the installed packages are those of the lock file.
 * @param wanted `packages` of package-lock.json
 * @param present `packages` of node_modules/.package-lock.json, npm's record of the installed packages
 * @param withDev whether development packages are required too: for tests, but not for `npm start`
 */
export function isComplete(wanted, present, withDev) {
  return Object.entries(wanted).every(
    ([name, { version, integrity, optional, dev, devOptional }]) => {
      if (name === '') return true
      const found = present[name]
      // Optional packages are for other platforms; devOptional ones are both optional and for development.
      if (!found) return Boolean(optional || (!withDev && (dev || devOptional)))
      return (
        found.version === version &&
        (!integrity || !found.integrity || integrity === found.integrity)
      )
    },
  )
}

/** Whether development packages were left out (`npm ci --omit=dev`). */
export function leavesOutDev(present) {
  const names = Object.keys(present)
  return names.length > 0 && !names.some((name) => present[name].dev)
}
