import { IconFlask } from '@tabler/icons-react'
import { Status } from '../data/status'

/** Beside whatever a virtual device has touched. */
export function SimulatedMark() {
  return (
    <Status
      look={{
        word: 'SIMULATED',
        icon: IconFlask,
        color: 'orange',
        meaning: 'From the virtual lab: never evidence, never in a statistic of real trials',
      }}
    />
  )
}
