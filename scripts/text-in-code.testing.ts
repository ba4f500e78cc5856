import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSync } from 'vite'

type TextInCode = { file: string; line: number; text: string }

type Node = { type: string; start: number } & Record<string, unknown>

const root = resolve(import.meta.dirname, '..')

/** Attributes and properties whose value is an address, a style or a name for the program. */
const notShown =
  /^(?:as|autoComplete|c|className|color|data-.*|href|id|key|name|rel|role|size|src|style|type|variant)$/
/** Attributes and properties that are shown even when their value is one lower-case word. */
const shown =
  /^(?:aria-label|alt|description|error|hint|label|legend|message|placeholder|subject|text|title)$/
const sentence = /\p{L}\S* +\S*\p{L}|^\p{Lu}\p{Ll}/u

/** The source files below these folders, without tests. */
export const sourceFiles = (...folders: string[]): string[] =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => /(?<!\.d)\.(?:tsx?|m[jt]s)$/.test(file) && !/\.(?:test|testing)\./.test(file))
    .sort()

/**
 * Every text of a file that a person may see, in order, with `…` for run-time values: text between tags,
 * attributes and properties that are shown, and every other string with two words or a capital at its
 * beginning. Leaves out SQL, imports, types and strings that are only compared.
 */
export function textsOf(file: string, source = readFileSync(join(root, file), 'utf8')) {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const found: TextInCode[] = []
  const visit = (node: Node, parents: Node[]) => {
    if (isNotShown(node)) return
    if (hasOwnText(node) || isShown(node, parents)) {
      const line = source.slice(0, node.start).split('\n').length
      const text = textOf(node).replaceAll(/\s+/g, ' ').trim()
      if (/\p{L}/u.test(text)) found.push({ file, line, text })
    }
    for (const child of Object.values(node).flat())
      if (isNode(child)) visit(child, [node, ...parents])
  }
  if (isNode(program)) visit(program, [])
  return found
}

/** Every name of a file: of variables, functions, types, properties and parameters, each once. */
export function namesOf(file: string, source = readFileSync(join(root, file), 'utf8')): string[] {
  const names = new Set<string>()
  const visit = (node: Node) => {
    if (/^(?:JSX)?Identifier$/.test(node.type)) names.add(nameOf(node))
    for (const child of Object.values(node).flat()) if (isNode(child)) visit(child)
  }
  const { program } = parseSync(file, source)
  if (isNode(program)) visit(program)
  return [...names]
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : [])

const isNotShown = ({ type, tag, directive }: Node) =>
  /^(?:Import|ExportAll|TSLiteralType)/.test(type) ||
  typeof directive === 'string' ||
  (type === 'TaggedTemplateExpression' && isNode(tag) && /sql$/i.test(nameOf(tag)))

/** Whether an element has text of its own between its children. */
const hasOwnText = ({ type, children }: Node) =>
  /^JSX(?:Element|Fragment)$/.test(type) &&
  nodesOf(children).some((child) => child.type === 'JSXText' && /\p{L}/u.test(textOf(child)))

const isString = ({ type, value }: Node) =>
  type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string')

function isShown(node: Node, parents: Node[]): boolean {
  const [parent] = parents
  if (!isString(node) || parent === undefined || isOnlyCompared(node, parent)) return false
  const holder = parents.find(({ type }) => /^(?:JSXAttribute|Property|.*Function.*)$/.test(type))
  const label = holder && nameOf(isNode(holder.name) ? holder.name : holder.key)
  if (label && notShown.test(label)) return false
  return (
    sentence.test(textOf(node)) || isInterpolated(parents) || Boolean(label && shown.test(label))
  )
}

/** Whether a string is inserted into a template or between tags, possibly by a conditional expression. */
function isInterpolated(parents: Node[]): boolean {
  const at = parents.findIndex(({ type }) => !/^(?:Conditional|Logical)Expression$/.test(type))
  const within = parents[at]?.type
  if (within === 'JSXExpressionContainer') return parents[at + 1]?.type !== 'JSXAttribute'
  return within === 'TemplateLiteral'
}

/** `kind === 'door'`, `case 'door':`, `{ door: … }`, `row['door']` show nothing. */
const isOnlyCompared = (node: Node, { type, key, test, source, operator, property }: Node) =>
  type === 'Property'
    ? key === node
    : (type === 'SwitchCase' && test === node) ||
      (type === 'BinaryExpression' && /^[!=]==$/.test(String(operator))) ||
      (type === 'MemberExpression' && property === node) ||
      source === node

const nameOf = (node: unknown): string => {
  if (!isNode(node)) return ''
  const { name, value, property } = node
  return [name, value].find((each) => typeof each === 'string') ?? nameOf(property)
}

function textOf({ type, value, quasis, children, expression }: Node): string {
  if (type === 'TemplateLiteral')
    return nodesOf(quasis)
      .map((part) => (part.value as { cooked: string }).cooked)
      .join('…')
  if (type === 'JSXExpressionContainer')
    return isNode(expression) && isString(expression) ? textOf(expression) : '…'
  if (/^JSX(?:Element|Fragment)$/.test(type)) {
    const parts = nodesOf(children)
    return parts.length > 0 ? parts.map(textOf).join('') : '…'
  }
  return typeof value === 'string' ? value : ''
}
