import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { variantIds, variants } from '@/lib/virtual-lab/declarative/variants'
import { viewDevice } from '@/lib/virtual-lab/lab-view'
import { deviceTagged, labOnBench } from '@/lib/virtual-lab/testing'
import { HeldDeclarations, VirtualDeviceVariants } from './device-declarations'

const draw = (labTag: string, change = {}, reason?: string) => {
  const { lab } = labOnBench()
  const device = viewDevice(lab, deviceTagged(labTag, change))
  return renderToStaticMarkup(
    <MantineProvider>
      <HeldDeclarations device={device} />
      <VirtualDeviceVariants
        device={device}
        variants={variants}
        reason={reason}
        set={() => undefined}
      />
    </MantineProvider>,
  )
}

const held = (kind: 'configuration' | 'activation', identifier: string, content: object) => ({
  kind,
  identifier,
  serverToken: '1a1a',
  json: JSON.stringify(content),
  arrivedAt: 0,
  arrivedMs: 0,
})

const declarative = {
  owesSync: false,
  reported: {},
  fulfilled: [],
  held: [
    held('configuration', 'lab.e', {
      Type: 'com.apple.configuration.softwareupdate.enforcement.specific',
      Payload: { TargetOSVersion: '26.6.1', TargetLocalDateTime: '2026-12-01T20:00:00' },
    }),
  ],
}

test('a version with declarations has every variant with its sources, and one without has none', () => {
  const html = draw('B-11')
  for (const id of variantIds) {
    expect(html).toContain(variants[id].title)
    for (const { url } of variants[id].cites) expect(html).toContain(url)
  }
  expect(draw('B-01')).not.toContain('Behaviour under declarations')
  expect(draw('B-11', {}, 'A viewer looks only.').match(/disabled=""/g)?.length).toBe(
    variantIds.length,
  )
})

test('what a device holds is listed with how it stands to it', () => {
  const alone = draw('B-11', { declarative })
  expect(alone).toContain('unknown, not active')
  const activation = held('activation', 'lab.a', {
    Type: 'com.apple.activation.simple',
    Payload: { StandardConfigurations: ['lab.e'] },
  })
  const both = { ...declarative, held: [...declarative.held, activation] }
  expect(draw('B-11', { declarative: both })).toContain('26.6.1 by 2026-12-01 20:00:00 local time')
})
