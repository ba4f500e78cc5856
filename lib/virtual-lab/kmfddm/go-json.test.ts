import { expect, test } from 'vitest'
import { goIndent, rawMembers } from './go-json'

const errorOf = (text: string) => {
  const read = rawMembers(text, 'ddm.Declaration')
  return 'error' in read ? read.error : 'none'
}

// What KMFDDM v0.8.3 answered to these bodies.
test.each([
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a":"x', 'unexpected end of JSON input'],
  ['not json', "invalid character 'o' in literal null (expecting 'u')"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['{"a"}', "invalid character '}' after object key"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ['[1]', 'json: cannot unmarshal array into Go value of type ddm.Declaration'],
  ['"x"', 'json: cannot unmarshal string into Go value of type ddm.Declaration'],
  ['12', 'json: cannot unmarshal number into Go value of type ddm.Declaration'],
])('%s is refused as Go does: %s', (text, error) => {
  expect(errorOf(text)).toBe(error)
})

test('the text of a value stays as it came, and null is an object without members', () => {
  expect(rawMembers(' {"a": {"n": 1.50,  "s":"\\u00e9}"} , "b":[1, {}]}', '')).toEqual([
    { key: 'a', raw: '{"n": 1.50,  "s":"\\u00e9}"}' },
    { key: 'b', raw: '[1, {}]' },
  ])
  expect(rawMembers('null', '')).toEqual([])
})

test('indented as Go does: order and numbers stay, empty ones on one line, < > & escaped', () => {
  expect(goIndent('{"b":{"a":"<&>","e":{},"f":[ ]},"n":[1.50,"x,{"]}')).toBe(
    '{\n\t"b": {\n\t\t"a": "\\u003c\\u0026\\u003e",\n\t\t"e": {},\n\t\t"f": []\n\t},\n\t"n": [\n\t\t1.50,\n\t\t"x,{"\n\t]\n}',
  )
})
