import { expect, test } from 'vitest'
import { labUsage, readLabArguments } from './lab-arguments'

const file = ['--scenario', 'a.json']
const url = 'http://127.0.0.1:9010'

test.each<[string[], object]>([
  [[], { mode: 'serve', scenario: undefined, certificateHeader: 'X-Client-Cert' }],
  [['--help'], { mode: 'help' }],
  [file, { mode: 'serve', scenario: 'a.json' }],
  [[...file, '--check'], { mode: 'check' }],
  [[...file, '--rehearse', '--seed', 'mine'], { mode: 'rehearse', seed: 'mine' }],
  [
    [...file, '--against', url, '--certificates', 'pems', '--api-key', 'k'],
    { mode: 'against', against: url, certificates: 'pems', apiKey: 'k' },
  ],
  [['--storage', 'filekv', '--speed', '60'], { storage: 'filekv', speed: '60' }],
])('%j is read', (argv, expected) => {
  expect(readLabArguments(argv)).toMatchObject(expected)
})

test.each<[string[], string]>([
  [['--rehearse'], '--rehearse needs --scenario FILE'],
  [['--against', url], '--against needs --scenario FILE'],
  [[...file, '--against', url], '--against needs --certificates FOLDER'],
  [[...file, '--against', 'nowhere', '--certificates', 'p'], '--against is "nowhere"'],
  [[...file, '--check', '--rehearse'], '--check and --rehearse exclude each other'],
  [[...file, '--storage', 'filekv'], 'a scenario says server.storage itself'],
  [['--sped', '2'], '--sped'],
  [['scenario.json'], 'scenario.json'],
])('%j is refused: %s', (argv, complaint) => {
  expect(readLabArguments(argv)).toEqual({ complaint: expect.stringContaining(complaint) })
})

test('the usage names every option', () => {
  for (const name of [
    'scenario',
    'check',
    'rehearse',
    'against',
    'certificates',
    'api-key',
    'help',
  ])
    expect(labUsage).toContain(`--${name}`)
})
