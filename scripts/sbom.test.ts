import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Locked = { dev?: boolean; name?: string; version: string }

test('the SBOM lists every installed package except those that only development needs', () => {
  const text = execFileSync(process.execPath, ['scripts/sbom.mjs'], {
    maxBuffer: 256 * 1024 * 1024,
  })
  const { components }: { components: { name: string; version: string }[] } = JSON.parse(
    text.toString(),
  )
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  )
  const shipped = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(path))
    .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`)
  const listed = components.map(({ name, version }) => `${name}@${version}`)
  expect([...new Set(listed)].toSorted()).toEqual([...new Set(shipped)].toSorted())
  const names = components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['jose', 'tsx', 'esbuild']))
})
