'use client'

import { Alert, Anchor, Box, List, ListItem, Stack, Text, Title } from '@mantine/core'
import { IconCloudOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { Card } from '@/components/data/card'
import { UserText } from '@/components/data/text'
import { ClockTimes, When } from '@/components/data/when'
import { DraftsOf } from '@/components/forms/drafts'
import { paths } from '@/lib/paths'
import { Bench } from '../[id]/observe/bench'
import { Correction } from '../[id]/observe/correction'
import { Entry } from '../[id]/observe/entry'
import { type KeptBench, keptAt, listBenches } from '../[id]/observe/kept-bench'
import { ObservationText } from '../[id]/observe/observation-entry'
import * as opened from '../[id]/observe/opened'
import { WithQueue } from '../[id]/observe/queue'
import { TickForm } from '../[id]/observe/tick-form'
import classes from '../[id]/trial.module.css'

const probeMs = 5_000

// Here nothing can be fetched at a press: the worker keeps what the HTML of this page names.
opened.Entry.have(Entry)
opened.TickForm.have(TickForm)
opened.Correction.have(Correction)

/** What this browser has kept of trials: that of the address, or a list. */
export function OfflineBench({ isSecure }: { isSecure: boolean }) {
  const [found, setFound] = useState<{ here: KeptBench | undefined; all: KeptBench[] }>()
  const isBack = useServerBack()
  useEffect(() => {
    const all = listBenches()
    setFound({
      here: all.find(({ bench }) => location.pathname === paths.trial(bench.trialId)),
      all,
    })
  }, [])
  const here = found?.here
  return (
    <Box component="main" id="content" p="sm" maw={900} mx="auto">
      <Stack gap="md">
        <Title order={1} size="h2">
          {here ? `T-${here.number}` : 'Without a connection'}
        </Title>
        {isBack === true && <Back />}
        {isBack === false && <NoConnection here={here} />}
        {here && <Kept kept={here} />}
        {!isSecure && <NeedsHttps />}
        {isSecure && found && <Others all={found.all} here={here} />}
      </Stack>
    </Box>
  )
}

const Back = () => (
  <Text role="status">
    The lab can be reached.{' '}
    {isOwnAddress() ? (
      <Anchor href={paths.home()}>Open Oneway</Anchor>
    ) : (
      <Anchor href={location.href}>Open the current page</Anchor>
    )}
  </Text>
)

const NoConnection = ({ here }: { here: KeptBench | undefined }) => (
  <Alert role="status" color="orange" variant="outline" icon={<IconCloudOff aria-hidden />} p="xs">
    <Text size="sm">
      <b>The lab cannot be reached.</b>{' '}
      {here ? (
        <>
          Shown from what this browser kept at{' '}
          <ClockTimes>
            <When at={keptAt(here)} />
          </ClockTimes>
          : it may be old, and others may have logged since. What you log is kept here as{' '}
          <b>
            <UserText>{here.person.name}</UserText>
          </b>{' '}
          and recorded with its own time when there is a connection.
        </>
      ) : (
        'This page was not kept in this browser.'
      )}{' '}
      Nothing can be released, cancelled or queried without one.
    </Text>
  </Alert>
)

function Kept({ kept }: { kept: KeptBench }) {
  const { bench, person, deviceWords, simulated, logged } = kept
  const { trialId } = bench
  // What was the server's time at the opening of this page, by this browser's clock.
  const [serverNow] = useState(() => new Date(Date.now() + kept.aheadMs).toISOString())
  return (
    <DraftsOf person={person.id}>
      <WithQueue keepsOnly trialId={trialId} serverNow={serverNow}>
        <ClockTimes>
          <Text size="sm" c="dimmed">
            <UserText>{deviceWords}</UserText>
            {simulated && ' · SIMULATED, never evidence'}
          </Text>
          <section
            aria-label="Bench"
            className={`${classes.trial} ${classes.page}`}
            data-view="byWidth"
            data-offline
          >
            <Bench {...bench} serverNow={serverNow} />
          </section>
          {logged.length > 0 && (
            <Card title="Logged until then">
              <List size="sm">
                {logged.map((observation) => (
                  <ListItem key={observation.id}>
                    <When at={observation.observedAt} />{' '}
                    <ObservationText
                      {...{ observation, trialId, struck: false }}
                      canCorrect={bench.reason === undefined}
                    />
                  </ListItem>
                ))}
              </List>
            </Card>
          )}
        </ClockTimes>
      </WithQueue>
    </DraftsOf>
  )
}

const NeedsHttps = () => (
  <Card title="No offline mode at this address">
    <Text size="sm">
      Browsers keep a page for when there is no connection only at an address that begins with
      https://, and this lab is opened at one that begins with http://. What is tapped while the
      connection is lost still waits in this browser, but a page that is loaded anew needs the
      connection.
    </Text>
    <Text size="sm">
      Whoever runs Oneway can start it with a certificate of its own (npm start -- --https), or put
      a reverse proxy with one in front of it. The page “Running Oneway as a service” of its
      documentation describes both.
    </Text>
  </Card>
)

function Others({ all, here }: { all: KeptBench[]; here: KeptBench | undefined }) {
  const others = all.filter((one) => one !== here)
  if (others.length === 0)
    return here ? null : (
      <Text size="sm">
        Trials under way are kept when they are opened with a connection, until you sign out.
      </Text>
    )
  return (
    <Card title={here ? 'Other trials that are kept' : 'Trials that are kept'}>
      <List size="sm">
        {others.map((one) => (
          <ListItem key={one.bench.trialId}>
            <Anchor href={paths.trial(one.bench.trialId)}>
              T-{one.number} <UserText>{one.deviceWords}</UserText>
            </Anchor>
            , kept <When at={keptAt(one)} />
          </ListItem>
        ))}
      </List>
    </Card>
  )
}

/** Opened at its own address it may well have come from the network; at any other one it stands in for a page. */
const isOwnAddress = () => location.pathname === paths.trialsOffline()

/** Of this page: a field that measures its text leaves a hidden one in the document. */
const openFields = '[role="dialog"], #content textarea, #content input'

/**
 * Whether the lab answers; undefined until that is known. Where this stands in for a page, the page is then loaded anew,
 * unless something is being typed.
 */
function useServerBack(): boolean | undefined {
  const [isBack, setBack] = useState<boolean>()
  useEffect(() => {
    let isOver = false
    const look = async () => {
      if (isOver || !(await answers())) return setBack(false)
      const isTyping = document.querySelector(openFields) !== null
      if (isTyping || isOwnAddress()) return setBack(true)
      isOver = true
      location.reload()
    }
    if (isOwnAddress()) void look()
    else setBack(false)
    const timer = setInterval(() => void look(), probeMs)
    const lookNow = () => void look()
    window.addEventListener('online', lookNow)
    return () => {
      isOver = true
      clearInterval(timer)
      window.removeEventListener('online', lookNow)
    }
  }, [])
  return isBack
}

/** Whether the lab answers, and then for this page: one that a busy lab refuses would only lead back here. */
async function answers(): Promise<boolean> {
  try {
    const asked = { method: 'HEAD', cache: 'no-store', redirect: 'manual' } as const
    if (!(await fetch('/sw.js', asked)).ok) return false
    return (await fetch(location.href, asked)).status < 500
  } catch {
    return false
  }
}
