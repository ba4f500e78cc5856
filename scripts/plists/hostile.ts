import { hostileBinary } from './hostile-binary'
import type { HostileCase } from './hostile-case'
import { hostileXmlGrammar } from './hostile-xml-grammar'
import { hostileXmlLeaves } from './hostile-xml-leaves'
import { hostileXmlPrologue } from './hostile-xml-prologue'

/** All hand-made hostile plists, with the expected results. */
export const hostileCases: HostileCase[] = [
  ...hostileXmlLeaves,
  ...hostileXmlPrologue,
  ...hostileXmlGrammar,
  ...hostileBinary,
]
