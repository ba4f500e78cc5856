import { parseArgs } from 'node:util'

export const labUsage = `npm run lab -- [options]

The virtual lab alone, without the app: NanoMDM's HTTP API, its webhook and virtual devices.

  (no options)                 the demo's twelve devices; they are kept from run to run
  --scenario FILE              the devices, server and steps of a scenario (docs/scenarios.md), from its first minute
  --scenario FILE --check      lists the mistakes of the file, and ends
  --scenario FILE --rehearse   plays it without waiting, prints what happened, and ends
  --scenario FILE --against URL --certificates FOLDER
                               the scenario's devices against a NanoMDM at URL, by the device protocol;
                               FOLDER holds the identity certificate of each device as <lab tag>.pem
      --certificate-header NAME  the header NanoMDM takes it from (-cert-header); X-Client-Cert unless given
      --api-key KEY              NanoMDM's API key, for the commands the scenario sends itself
  --speed N                    virtual seconds in a real one, 0.1 to 3600
  --seed TEXT                  decides everything random
  --storage pgsql|filekv       the storage the virtual NanoMDM imitates; a scenario has its own
  --help                       this text

Environment: VIRTUAL_LAB_PORT (9001), VIRTUAL_LAB_HOST (127.0.0.1), VIRTUAL_LAB_STATE (folder),
VIRTUAL_LAB_WEBHOOK_URL, VIRTUAL_LAB_API_KEY, VIRTUAL_LAB_HMAC_KEY, and VIRTUAL_LAB_SPEED, _SEED,
_STORAGE and _SCENARIO for the options of these names. VIRTUAL_LAB_CERT_HEADER names a header and
opens /mdm to devices that are not the lab's own and bring a certificate in it (nanomdm -cert-header).
`

export type LabArguments = {
  mode: 'help' | 'serve' | 'check' | 'rehearse' | 'against'
  scenario?: string | undefined
  against?: string | undefined
  certificates?: string | undefined
  certificateHeader: string
  apiKey?: string | undefined
  speed?: string | undefined
  seed?: string | undefined
  storage?: string | undefined
}

const options = {
  scenario: { type: 'string' },
  check: { type: 'boolean' },
  rehearse: { type: 'boolean' },
  against: { type: 'string' },
  certificates: { type: 'string' },
  'certificate-header': { type: 'string', default: 'X-Client-Cert' },
  'api-key': { type: 'string' },
  speed: { type: 'string' },
  seed: { type: 'string' },
  storage: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const parse = (argv: readonly string[]) => parseArgs({ args: [...argv], options }).values
type Values = ReturnType<typeof parse>

const modeOf = ({ help, check, rehearse, against }: Values): LabArguments['mode'] => {
  if (help) return 'help'
  if (check) return 'check'
  if (rehearse) return 'rehearse'
  return against === undefined ? 'serve' : 'against'
}

const complaintAbout = (values: Values): string | undefined => {
  const { against, certificates, check, rehearse, scenario, storage } = values
  const alone = [check && '--check', rehearse && '--rehearse', against !== undefined && '--against']
  const asked = alone.filter((name) => typeof name === 'string')
  if (asked.length > 1) return `${asked.join(' and ')} exclude each other`
  if (asked.length === 1 && scenario === undefined) return `${asked[0]} needs --scenario FILE`
  if (scenario !== undefined && storage !== undefined)
    return '--storage goes without --scenario: a scenario says server.storage itself'
  if (against === undefined) return undefined
  if (!URL.canParse(against)) return `--against is "${against}": give an http or https address`
  return certificates === undefined ? '--against needs --certificates FOLDER' : undefined
}

/** Reads the command line. The complaint says what is wrong and what to write. */
export function readLabArguments(argv: readonly string[]): LabArguments | { complaint: string } {
  let values: Values
  try {
    values = parse(argv)
  } catch (error) {
    return { complaint: error instanceof Error ? error.message : String(error) }
  }
  const mode = modeOf(values)
  const complaint = mode === 'help' ? undefined : complaintAbout(values)
  if (complaint !== undefined) return { complaint }
  const { 'certificate-header': certificateHeader, 'api-key': apiKey, ...rest } = values
  const { scenario, against, certificates, speed, seed, storage } = rest
  return {
    mode,
    scenario,
    against,
    certificates,
    certificateHeader,
    apiKey,
    speed,
    seed,
    storage,
  }
}
