/** `Promise.all` of values that have names, so that each name stands beside what it names. */
export async function allOf<T extends Record<string, unknown>>(
  given: T,
): Promise<{ [Name in keyof T]: Awaited<T[Name]> }> {
  const values = await Promise.all(Object.values(given))
  const entries = Object.keys(given).map((name, index) => [name, values[index]])
  // fromEntries loses the names; each is there once, with what its promise gave.
  return Object.fromEntries(entries) as { [Name in keyof T]: Awaited<T[Name]> }
}
