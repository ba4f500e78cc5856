// `npm run sbom`: a CycloneDX list of all that is installed without development tools. `npm sbom --omit=dev` leaves out
// what a development tool needs as well (jose, tsx, esbuild); the lock file's `dev` is set only for what nothing else needs.
import { execSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const lock = JSON.parse(
  readFileSync(fileURLToPath(new URL('../package-lock.json', import.meta.url)), 'utf8'),
)
const text = execSync('npm sbom --sbom-format=cyclonedx', { maxBuffer: 256 * 1024 * 1024 })
const bom = JSON.parse(text.toString())
// One that is there twice, for development and not, is shipped.
const shipped = new Set(
  Object.entries(lock.packages).flatMap(([path, { dev, name, version }]) =>
    dev === true ? [] : [`${name ?? path.split('node_modules/').at(-1)}@${version}`],
  ),
)
bom.components = bom.components.filter(({ name, version }) => shipped.has(`${name}@${version}`))
const refs = new Set(bom.components.map((component) => component['bom-ref']))
refs.add(bom.metadata.component['bom-ref'])
bom.dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }))
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`)
