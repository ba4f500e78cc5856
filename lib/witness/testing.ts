import { tmpdir } from 'node:os'
import path from 'node:path'

/** A witness folder for one test database, the same for each process that is started on it. */
export const witnessFolderOf = (databaseUrl: string): string =>
  path.join(tmpdir(), 'witness', new URL(databaseUrl).pathname.slice(1))
