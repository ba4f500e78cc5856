'use client'

import { Modal, Text } from '@mantine/core'
import {
  type ObservationKind,
  observationKinds,
  observationLabel,
} from '@/lib/domain/trial/observation'
import { ObserveForm } from './observe-form'

type Props = {
  trialId: string
  corrects: { id: number; kind: ObservationKind; text: string; observedAt: string }
  onClose: () => void
}

/** What was really seen, with its reason: a new entry that strikes the old one through. */
export const Correction = ({ trialId, corrects, onClose }: Props) => (
  <Modal opened onClose={onClose} title={`Correct “${observationLabel(corrects.kind)}”`} size="lg">
    <Text size="sm" mb="sm">
      Choose what was really seen. The old entry stays, struck, with your reason.
    </Text>
    <ObserveForm
      trialId={trialId}
      serverNow={new Date().toISOString()}
      kinds={observationKinds}
      reason={undefined}
      corrects={corrects}
      onDone={onClose}
    />
  </Modal>
)
