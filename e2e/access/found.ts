import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file).replaceAll(path.sep, '/'))
    .filter((file) => /\.tsx?$/.test(file) && !/\btest(ing)?\b/.test(file))
    .sort()

/** Names of a file's exports, without types: those cannot be called. */
function exportsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const declared = text.matchAll(/^export (?:async )?(?:function\*?|const|let) (\w+)/gm)
  const listed = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace(/^.*\bas\b/, '').trim()),
  )
  return [...[...declared].map(([, name = '']) => name), ...listed].filter(
    (name) => name !== '' && !name.startsWith('type '),
  )
}

/** Every service, as `file.function`. */
export const findServices = (): string[] =>
  [...filesOf('lib/core'), 'lib/worker/carry-on.ts'].flatMap((file) =>
    exportsOf(file).map((name) => `${path.basename(file, '.ts')}.${name}`),
  )

const isServerFile = (file: string) => /^['"]use server['"]/m.test(readFileSync(file, 'utf8'))

/** Every server action of app/, as `file:export`. */
export const findActions = (): string[] => filesOf('app').filter(isServerFile).flatMap(namesIn)

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Every method of every route handler, as `file:method`. */
export const findRoutes = (): string[] =>
  filesOf('app')
    .filter((file) => /\/route\.tsx?$/.test(file))
    .flatMap(namesIn)
    .filter((key) => methods.includes(key.split(':')[1] ?? ''))

const namesIn = (file: string) => exportsOf(file).map((name) => `${file}:${name}`)

export const findPages = (): string[] => filesOf('app').filter((file) => /\/page\.tsx$/.test(file))

/** What app/ and components/ import at run time from lib/core, as `file.function`. */
export function findServicesReached(): { from: string; service: string }[] {
  return [...filesOf('app'), ...filesOf('components')].flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    const pattern = /^import \{([^}]*)\} from '@\/lib\/core\/(?:[\w-]+\/)*([\w-]+)'/gm
    return [...text.matchAll(pattern)].flatMap(([, names = '', module = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/ as .*/, ''))
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name) => ({ from: file, service: `${module}.${name}` })),
    )
  })
}
