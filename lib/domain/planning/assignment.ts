/** A question with how many trials it still wants, and a device with the questions that it could answer. */
type Wanted = { cell: string; trials: number }
type Able = { cells: readonly string[] }

/**
 * How many of the wanted trials each question gets when every device is used once at most and as many trials
 * as possible are run: a largest matching by augmenting paths (Kuhn 1955, https://doi.org/10.1002/nav.3800020109).
 */
export function assign(wanted: readonly Wanted[], devices: readonly Able[]): Map<string, number> {
  const ableFor = new Map<string, number[]>()
  for (const [index, { cells }] of devices.entries())
    for (const cell of new Set(cells)) {
      const able = ableFor.get(cell)
      if (able) able.push(index)
      else ableFor.set(cell, [index])
    }
  const usedFor = new Map<number, string>()
  // A question that was tried once in a search is not tried again, so no search goes deeper than there are questions.
  const find = (cell: string, tried: Set<string>): boolean => {
    if (tried.has(cell)) return false
    tried.add(cell)
    return (ableFor.get(cell) ?? []).some((device) => {
      const other = usedFor.get(device)
      if (other !== undefined && !find(other, tried)) return false
      usedFor.set(device, cell)
      return true
    })
  }
  const given = new Map(wanted.map(({ cell }) => [cell, 0]))
  for (const { cell, trials } of wanted)
    for (let trial = 0; trial < trials && find(cell, new Set()); trial++)
      given.set(cell, (given.get(cell) ?? 0) + 1)
  return given
}

/**
 * How many of the questions the devices can answer together: 3 questions and 2 devices leave one open, and a
 * lead must choose. `devices` counts those that can answer any of them.
 */
export function answerable(cells: readonly string[], devices: readonly Able[]) {
  const questions = [...new Set(cells)]
  const given = assign(
    questions.map((cell) => ({ cell, trials: 1 })),
    devices,
  )
  return {
    questions: questions.length,
    devices: devices.filter((device) => device.cells.some((cell) => questions.includes(cell)))
      .length,
    answerable: [...given.values()].filter((trials) => trials > 0).length,
  }
}
