// `npm run sbom`: a CycloneDX list of the installed packages, without those only development needs. `npm sbom
// --omit=dev` also leaves out packages that production shares with development tools (jose, tsx, esbuild); the lock
// file marks with `dev` only what nothing else needs. It is read from there, as npm makes no list of a folder from which
// development tools were left out.
import { execSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const fileOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const lock = JSON.parse(readFileSync(fileOf('package-lock.json'), 'utf8'))
const text = execSync('npm sbom --sbom-format=cyclonedx --package-lock-only', {
  maxBuffer: 256 * 1024 * 1024,
})
const bom = JSON.parse(text.toString())
// A package that is installed twice, once for development only, is shipped.
const shipped = new Set(
  Object.entries(lock.packages).flatMap(([path, { dev, name, version }]) =>
    dev === true || !existsSync(fileOf(path))
      ? []
      : [`${name ?? path.split('node_modules/').at(-1)}@${version}`],
  ),
)
bom.components = bom.components.filter(({ name, version }) => shipped.has(`${name}@${version}`))
const refs = new Set(bom.components.map((component) => component['bom-ref']))
refs.add(bom.metadata.component['bom-ref'])
bom.dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }))
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`)
