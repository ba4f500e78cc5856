import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * Below these versions a stranger runs code or gets past a check: React2Shell (CVE-2025-55182, -66478), and
 * the advisories of 2026-05, -07 and -08 that ended with GHSA-2xp9-vwfh-vxw4, fixed in 16.3.3
 * (https://nextjs.org/blog/august-2026-security-release).
 */
const floors = { next: [16, 3, 3], react: [19, 2, 4], 'react-dom': [19, 2, 4] }

const installed = (name: string): number[] => {
  const text = readFileSync(`node_modules/${name}/package.json`, 'utf8')
  const version = /"version": "(\d+)\.(\d+)\.(\d+)/.exec(text)
  return (version ?? []).slice(1).map(Number)
}

const isBelow = (version: readonly number[], floor: readonly number[]): boolean => {
  const at = version.findIndex((part, index) => part !== floor[index])
  return at !== -1 && (version[at] ?? 0) < (floor[at] ?? 0)
}

test.each(Object.entries(floors))('%s is not older than its known holes', (name, floor) => {
  const version = installed(name)
  expect(version).toHaveLength(3)
  expect(isBelow(version, floor)).toBe(false)
})

test('an older version would be seen', () => {
  expect(isBelow([16, 3, 2], [16, 3, 3])).toBe(true)
  expect(isBelow([15, 9, 9], [16, 3, 3])).toBe(true)
  expect(isBelow([16, 4, 0], [16, 3, 3])).toBe(false)
})
