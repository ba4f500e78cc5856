/**
 * Why an enrollment ID may not be put into an address; undefined when it may. NanoMDM splits the
 * *decoded* path at commas, so even `%2C` would send to two devices, and `device:user` is the user
 * channel, where update commands have no business:
 * https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/operations-guide.md
 */
export function enrollmentIdProblem(enrollmentId: string): string | undefined {
  if (enrollmentId === '') return 'the enrollment ID is empty'
  if (enrollmentId.length > 128) return 'the enrollment ID is longer than 128 characters'
  if (enrollmentId.includes(':')) return 'the enrollment ID is one of a user channel (it holds ":")'
  // Every device ID seen is a UDID or a UUID; the underscore is for simulators.
  if (!/^[A-Za-z0-9_-]+$/.test(enrollmentId))
    return 'the enrollment ID holds something else than letters, digits, "-" and "_"'
  return undefined
}

/** Gives the enrollment ID back byte for byte, or throws. */
export function assertEnrollmentId(enrollmentId: string): string {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) throw new Error(problem)
  return enrollmentId
}
