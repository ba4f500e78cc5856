'use client'

import { Alert, Box, Group, Text } from '@mantine/core'
import { IconTargetOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { OverallBadge } from '@/components/device/verdict-badge'
import type { ProtocolFit } from '@/lib/domain/trial/protocol-fit'
import { lookAtFitsAction } from './actions'

type Fits = Record<string, ProtocolFit>

/** How the chosen device stands for each protocol; undefined until that is known. */
export function useFits(deviceId: string): Fits | undefined {
  const [known, setKnown] = useState<{ deviceId: string; fits: Fits }>()
  useEffect(() => {
    if (deviceId === '') return
    let wanted = true
    lookAtFitsAction({ deviceId }).then(
      (result) => {
        if (wanted && result.status === 'judged') setKnown({ deviceId, fits: result.fits })
      },
      () => undefined, // No answer: the form goes without the hint, and the release judges anyway.
    )
    return () => {
      wanted = false
    }
  }, [deviceId])
  return known?.deviceId === deviceId ? known.fits : undefined
}

const fitWords = { qualified: 'fits', notYet: 'incomplete', no: 'does not fit' } as const

/** The fit in the list of protocols: " · fits", " · does not fit". */
export const fitSuffix = (fit: ProtocolFit | undefined): string =>
  fit ? ` · ${fitWords[fit.overall]}` : ''

/** Room for the answer before it is in, so that what is typed and pressed below does not move. */
export const FitPlace = ({ fit }: { fit: ProtocolFit | undefined }) => (
  <Box mih={{ base: 150, sm: 110 }}>
    {fit ? (
      <Fit fit={fit} />
    ) : (
      <Text size="sm">Checking whether this protocol fits this device …</Text>
    )}
  </Box>
)

/** Whether this protocol fits this device, said before anything is drafted. */
export function Fit({ fit }: { fit: ProtocolFit }) {
  if (fit.targetMissed)
    return (
      <Alert
        color="red"
        variant="outline"
        icon={<IconTargetOff aria-hidden />}
        title="This protocol does not fit this device"
      >
        {fit.reason}. A trial of it could be sealed and armed, but never released: choose another
        protocol or another device.
      </Alert>
    )
  return (
    <div>
      <Group gap="xs">
        <OverallBadge overall={fit.overall} />
        <Text size="sm">{fit.reason}</Text>
      </Group>
      {fit.overall !== 'qualified' && (
        <Text size="xs" c="dimmed">
          It can be drafted anyway, and released once the device qualifies for this protocol.
        </Text>
      )}
    </div>
  )
}
