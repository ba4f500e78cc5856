import { build } from './next-build'

await build((child) => child.show())
