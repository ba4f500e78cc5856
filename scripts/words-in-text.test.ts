import { expect, test } from 'vitest'
import { refusedWords } from './refused-words.testing'
import { namesOf, sourceFiles, textsOf } from './text-in-code.testing'

const words = refusedWords()
const refused = new RegExp(String.raw`\b(?:${words.join('|')})s?\b`, 'i')
/** Refused only as a whole label: within a sentence the words are right. */
const refusedLabel = /^(?:because|change (?:before|after))\W*$/i

test('the glossary says which words are refused', () => {
  expect(words).toContain('deed')
  expect(words).toContain('sign of life')
  expect(words).toContain('told')
  expect(words.length).toBeGreaterThan(25)
})

test.each(['app', 'components', 'lib', 'scripts'])(
  "what a person reads of %s is written in the glossary's words",
  (folder) => {
    const texts = sourceFiles(folder)
      .filter((file) => !/^scripts\/(?:plists|tamper)\//.test(file))
      .flatMap((file) => textsOf(file))
    expect(texts.length).toBeGreaterThan(150)
    const found = texts.filter(({ text }) => refused.test(text) || refusedLabel.test(text))
    expect(found.map(({ file, line, text }) => `${file}:${line}: ${text}`)).toEqual([])
  },
)

const refusedInNames =
  /^(?:because|deeds?|doors?|heard|heed(?:s|ed|ing)?|noted|patience|told|untold|worlds?)$/
/** Checks each word of a camel-case name; limits begin with `max` or `min`. */
const isRefusedName = (name: string) => {
  const parts = name.split(/(?=[A-Z])|_/).map((part) => part.toLowerCase())
  return parts.some((part) => refusedInNames.test(part)) || /^(?:most|least)$/.test(parts[0] ?? '')
}

test.each(['app', 'components', 'lib', 'scripts', 'e2e', 'bench'])(
  "names in the code of %s are the glossary's",
  (folder) => {
    const files = sourceFiles(folder)
    expect(files.length).toBeGreaterThan(3)
    const found = files.flatMap((file) =>
      namesOf(file)
        .filter(isRefusedName)
        .map((name) => `${file}: ${name}`),
    )
    expect(found).toEqual([])
  },
)

test('names are found wherever they can occur', () => {
  const source = `type Heard = { told: string }
    export function heed({ because: reason }: { because: string }, worldAt = 1) {
      const mostRows = 3; return <FrontDoor heldBecause={reason}>{mostRows + worldAt}</FrontDoor>
    }`
  expect(namesOf('example.tsx', source).filter(isRefusedName).sort()).toEqual(
    ['Heard', 'told', 'heed', 'because', 'worldAt', 'mostRows', 'FrontDoor', 'heldBecause'].sort(),
  )
  expect(['almost', 'mostly', 'worldwide', 'atLeast', 'folder'].filter(isRefusedName)).toEqual([])
})

const shownBy = (source: string) => textsOf('example.tsx', source).map(({ text }) => text)

test.each([
  ['between tags', '<p>Last heard</p>', 'Last heard'],
  ['around values and tags', '<p>It was <b>heard</b> {at} ago</p>', 'It was heard … ago'],
  ['as a string between tags', "<p>So {'heard'} it</p>", 'So heard it'],
  ['in a choice between tags', "<b>{a ? 'heard' : b}</b>", 'heard'],
  ['in an attribute', '<i aria-label="heard" />', 'heard'],
  ['in an attribute by a template', `<i title={\`heard \${at}\`} />`, 'heard …'],
  ['in a property that is shown', "f({ label: 'heard' })", 'heard'],
  ['in a table of words', "const t = { away: 'Not heard' }", 'Not heard'],
  ['in a message', "fail('the server was heard')", 'the server was heard'],
  ['in a choice within a template', `f(\`\${a ? 'heard' : ''} of it\`)`, 'heard'],
])('a text is found %s', (_, source, text) => {
  expect(shownBy(source)).toContain(text)
})

test.each([
  ['of a module', "import { heard } from './heard devices'"],
  ['of a type', "type A = 'Heard of' | 'Not heard'"],
  ['that is compared', "if (a === 'Heard of') f()"],
  ['that names a property', "const t = { 'last heard': 1 }"],
  ['of SQL', 'sql`select last heard`'],
  ['of an address or a style', '<a href="/Heard" className="last heard" />'],
  ['that names a value', "f(a ? 'heard' : 'away')"],
  ['of a directive', "'use client'"],
])('a text %s is not shown', (_, source) => {
  expect(shownBy(source)).toEqual([])
})
