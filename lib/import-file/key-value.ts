import type { FileRow } from './split-csv'

// `ideviceinfo` without -x prints one "Key: value" per line, with nested values indented by a blank. The form is not
// meant for machines (libplist, src/out-limd.c): strings are not escaped, so only plain top-level lines are read, and a
// device without a UDID is not imported.
// https://github.com/libimobiledevice/libplist/blob/dddb76d/src/out-limd.c
const entry = /^([A-Za-z][A-Za-z0-9]*): (.*)$|^([A-Za-z][A-Za-z0-9]*):\s*$/
const telling = /^(UniqueDeviceID|ProductType|ProductVersion|SerialNumber|DeviceClass): /m

/** Whether a text is the output of `ideviceinfo`. */
export function isKeyValue(text: string): boolean {
  const lines = text
    .slice(0, 5000)
    .split(/\r?\n/)
    .filter((line) => line !== '' && line[0] !== ' ')
  const entries = lines.filter((line) => entry.test(line) || /^[A-Za-z0-9]+\[\d+\]:\s*$/.test(line))
  return telling.test(text) && entries.length >= 3 && entries.length >= lines.length * 0.8
}

/** One row per device. A blank line or a repeated key begins the next device. */
export function splitKeyValue(text: string, max: number): { headers: string[]; rows: FileRow[] } {
  const found: { line: number; values: Map<string, string> }[] = []
  let open: Map<string, string> | undefined
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    if (raw.trim() === '') open = undefined
    const match = entry.exec(raw)
    const key = match?.[1] ?? match?.[3]
    if (key === undefined) continue
    if (!open || open.has(key)) {
      if (found.length === max) break
      open = new Map()
      found.push({ line: at + 1, values: open })
    }
    open.set(key, match?.[2] ?? '')
  }
  const headers = [...new Set(found.flatMap(({ values }) => [...values.keys()]))]
  const rows = found.map(({ line, values }, at) => {
    const cells = headers.map((key) => values.get(key) ?? '')
    const whose = values.get('UniqueDeviceID')
    const problem = whose
      ? {}
      : { problem: `Line ${line}: no UniqueDeviceID, so this does not say whose it is.` }
    return { row: at + 1, line, cells, ...problem }
  })
  return { headers, rows }
}

// `cfgutil list` of Apple Configurator: one device per line, its name last.
const listed =
  /^Type: (\S{1,40})\s+ECID: \S{1,40}\s+UDID: (\S{1,64})\s+Location: \S{1,40}\s+Name: (.*)$/

/** The output of `cfgutil list` as a table; undefined for any other text. */
export function cfgutilList(text: string): { headers: string[]; rows: FileRow[] } | undefined {
  if (!listed.test(text.slice(0, 1000).split(/\r?\n/)[0] ?? '')) return undefined
  const rows = text.split(/\r?\n/).flatMap((raw, at): FileRow[] => {
    if (raw.trim() === '') return []
    const [, ...cells] = listed.exec(raw) ?? []
    const own = { row: at + 1, line: at + 1, cells }
    return [
      cells.length > 0
        ? own
        : { ...own, problem: `Line ${at + 1}: not as cfgutil lists a device.` },
    ]
  })
  return { headers: ['deviceType', 'UDID', 'name'], rows }
}
