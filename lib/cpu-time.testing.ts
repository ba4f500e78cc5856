/**
 * Milliseconds of processor time that `run` takes in this process. A bound on work is a bound on this: the
 * time on the wall is that of whatever else the machine does.
 */
export function cpuMs(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
