import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { faults } from '@/lib/virtual-lab/faults'
import { viewDevice, viewServer } from '@/lib/virtual-lab/lab-view'
import { declarationLooks, pushLooks, storageLooks } from '@/lib/virtual-lab/server-habits'
import { labOnBench } from '@/lib/virtual-lab/testing'
import { VirtualDeviceFaults } from './device-faults'
import { VirtualServerHabits } from './server-habits'

const draw = (
  labTag: string,
  change: (bench: ReturnType<typeof labOnBench>) => void,
  reason?: string,
) => {
  const bench = labOnBench()
  change(bench)
  return renderToStaticMarkup(
    <MantineProvider>
      <VirtualDeviceFaults
        device={viewDevice(bench.lab, bench.deviceOf(labTag))}
        faults={faults}
        reason={reason}
        set={() => undefined}
      />
    </MantineProvider>,
  )
}

const boxes = (html: string, attribute: string) =>
  [...html.matchAll(/<input[^>]*type="checkbox"[^>]*>/g)].filter(([box]) =>
    new RegExp(`\\s${attribute}=""`).test(box),
  ).length

test('every fault has its box, its words and its sources', () => {
  const html = draw('B-11', () => undefined)
  expect(html.match(/type="checkbox"/g)).toHaveLength(faults.length)
  for (const { title, cites } of faults) {
    expect(html).toContain(title)
    for (const { url } of cites) expect(html).toContain(url)
  }
  expect(boxes(html, 'checked')).toBe(0)
})

test('what is on stands in the summary with its amount, and what cannot be is shut with its reason', () => {
  const html = draw('B-01', ({ lab, idOf }) => {
    lab.setFault(idOf('B-01'), 'replyLate', 45)
    lab.setFault(idOf('B-01'), 'lowPower', 1)
  })
  expect(html).toContain('Faults on: Low power, Reply late')
  expect(html).toContain('value="45"')
  expect(boxes(html, 'checked')).toBe(2)
  expect(html).toContain('Without a passcode nothing is asked')
  expect(html).toContain('This version has no declarative management')
  expect(boxes(html, 'disabled')).toBe(7)
})

test('for somebody who may not, every box is shut', () => {
  const html = draw('B-11', () => undefined, 'A viewer looks only.')
  expect(boxes(html, 'disabled')).toBe(faults.length)
})

test('the server tells of its storage, its pushes and what another storage costs', () => {
  const { lab } = labOnBench()
  lab.setServer({ storage: 'filekv', push: 'unreachable' })
  const html = renderToStaticMarkup(
    <MantineProvider>
      <VirtualServerHabits
        server={viewServer(lab)}
        looks={{ storage: storageLooks, push: pushLooks, declarations: declarationLooks }}
        reason={undefined}
        set={() => undefined}
      />
    </MantineProvider>,
  )
  expect(html).toContain('storage filekv')
  expect(html).toContain('push service unreachable')
  expect(html).toContain('begins empty')
})
