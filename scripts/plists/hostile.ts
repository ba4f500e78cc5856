import { hostileBinary } from './hostile-binary'
import type { HostileCase } from './hostile-case'
import { hostileXmlGrammar } from './hostile-xml-grammar'
import { hostileXmlLeaves } from './hostile-xml-leaves'
import { hostileXmlPrologue } from './hostile-xml-prologue'

/** Every hostile plist made by hand, and what must become of it. */
export const hostileCases: HostileCase[] = [
  ...hostileXmlLeaves,
  ...hostileXmlPrologue,
  ...hostileXmlGrammar,
  ...hostileBinary,
]
