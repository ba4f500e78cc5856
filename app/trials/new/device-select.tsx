'use client'

import { Select } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useEffectEvent, useState, useTransition } from 'react'
import { Waiting } from '@/components/data/status'
import type { Environment } from '@/lib/domain/device/device'
import { findDeviceAction, searchDevicesAction } from './actions'
import type { DeviceChoice } from './device-choices'

type Props = {
  environment: Environment
  /** What is offered before anything is typed. */
  initial: DeviceChoice[]
  value: string
  onChange: (deviceId: string) => void
  error: string | undefined
}

const waitMs = 250

/** Chooses among any number of devices: what is typed is looked for on the server. */
export function DeviceSelect({ environment, initial, value, onChange, error }: Props) {
  const [choices, setChoices] = useState(initial)
  const [picked, setPicked] = useState<DeviceChoice>()
  const [refusal, setRefusal] = useState<string>()
  const [searching, start] = useTransition()
  const search = useDebouncedCallback((text: string) => {
    start(async () => {
      const found = await searchDevicesAction({ environment, text })
      setRefusal('reason' in found ? found.reason : undefined)
      if (!('reason' in found)) setChoices(found)
    })
  }, waitMs)
  const chosen = picked?.value === value ? picked : initial.find((one) => one.value === value)
  useRestoredDevice(chosen ? '' : value, environment, (found, reason) => {
    setPicked(found)
    setRefusal(reason)
  })
  const offered =
    chosen && !choices.some((one) => one.value === chosen.value) ? [chosen, ...choices] : choices
  return (
    <Select
      label="Device"
      description="Type a part of its lab tag, name, serial or model. Tests left: devices of its version whose baseline is unused"
      data={offered}
      searchable
      // The server has looked already, also at what the label does not show.
      filter={({ options }) => options}
      onSearchChange={(text) => {
        // A choice puts its label into the field; it narrows nothing.
        if (offered.some(({ label }) => label === text)) setChoices(initial)
        else search(text)
      }}
      nothingFoundMessage="No device of this environment has that"
      rightSection={searching ? <Waiting size={14} label="Searching" /> : undefined}
      value={value === '' ? null : value}
      onChange={(id) => {
        setPicked(offered.find((one) => one.value === id))
        setRefusal(undefined)
        onChange(id ?? '')
      }}
      error={refusal ?? error}
      allowDeselect={false}
      withAsterisk
    />
  )
}

/**
 * Looks up the device of a restored draft that is not among the first choices, so that the field shows it.
 * @param wanted its ID; empty where nothing is to be looked up
 */
function useRestoredDevice(
  wanted: string,
  environment: Environment,
  give: (found: DeviceChoice | undefined, reason: string | undefined) => void,
) {
  const report = useEffectEvent(give)
  useEffect(() => {
    if (wanted === '') return
    let current = true
    findDeviceAction({ deviceId: wanted }).then(
      (answer) => {
        if (!current) return
        if (answer.status === 'refused') return report(undefined, answer.reason)
        const { found } = answer
        if (!found) return report(undefined, gone)
        report(found.choice, found.environment === environment ? undefined : elsewhere)
      },
      () => undefined, // No answer: the search still finds the device.
    )
    return () => {
      current = false
    }
  }, [wanted, environment])
}

const gone = 'The device of this draft is retired or no longer there. Choose another.'
const elsewhere = 'The device of this draft is in the other environment. Choose one of this.'
