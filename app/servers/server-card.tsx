import {
  Code,
  Group,
  Paper,
  Stack,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableTr,
  Text,
  Title,
} from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyText } from '@/components/data/copy-text'
import { TextLink } from '@/components/data/links'
import { SimulatedMark } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { Gap } from '@/lib/db/queries/events/gaps'
import type { ServerSilence } from '@/lib/db/queries/servers/server-checks'
import type { ShownServer } from '@/lib/db/queries/servers/servers'
import { declarationApis, type ServerTraits, serverTraits } from '@/lib/mdm/server-kinds'
import { paths } from '@/lib/paths'
import { StoppedAlert } from './send-again'
import { SilenceAlert } from './silence-alert'

type Props = {
  server: ShownServer
  webhook: string
  /** The newest. */
  gap: Gap | undefined
  silence: ServerSilence | undefined
  checkedAt: Date | undefined
  refusal: string | undefined
}

export function ServerCard({ server, webhook, gap, silence, checkedAt, refusal }: Props) {
  const { id, name, url, kind, storage, simulated, lastContactAt, stopReason } = server
  const traits = serverTraits[kind]
  const { name: product, label, flags, storages } = traits
  const signs = traits.webhookProof === 'signature'
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2} size="h4">
              <UserText>{name}</UserText>
            </Title>
            {simulated && <SimulatedMark />}
          </Group>
          <TextLink href={paths.server(id)} size="sm">
            What it promises, check, gaps
          </TextLink>
        </Group>
        {stopReason && <StoppedAlert serverId={id} reason={stopReason} refusal={refusal} />}
        {silence && <SilenceAlert silence={silence} />}
        <Table aria-label={`Facts of ${name}`} variant="vertical" layout="fixed">
          <TableTbody>
            <Fact label="Kind">
              {simulated
                ? `virtual lab, speaking as ${product}`
                : flags.storage
                  ? `${label}, storage ${storages[storage] ?? storage}`
                  : label}
            </Fact>
            <Fact label="API address">
              <Code>{url}</Code>
            </Fact>
            <Fact label="Declarations">
              <DeclarationsWords traits={traits} url={server.declarationsUrl} />
            </Fact>
            <Fact label="Last contact">
              {lastContactAt ? <When at={lastContactAt} /> : 'never; is its webhook set?'}
            </Fact>
            <Fact label="Observation gap">{gap ? <GapWords gap={gap} /> : 'none known'}</Fact>
            <Fact label="Checked">{checkedAt ? <When at={checkedAt} /> : 'never'}</Fact>
            <Fact label="Webhook address">
              <Group gap={4} wrap="nowrap">
                <Code>{webhook}</Code>
                {signs ? (
                  <CopyText text={webhook} label="Copy the webhook address" />
                ) : (
                  <Text size="sm">with its secret, which is never shown</Text>
                )}
              </Group>
            </Fact>
            <Fact label={signs ? 'API key, webhook key' : 'API key'}>set, and shown to nobody</Fact>
          </TableTbody>
        </Table>
        {!simulated && signs && lastContactAt === null && (
          <HowToConnect traits={traits} webhook={webhook} />
        )}
      </Stack>
    </Paper>
  )
}

/** Which program keeps declarations for the devices of a server, and where. */
function DeclarationsWords({ traits, url }: { traits: ServerTraits; url: string | null }) {
  const { name, declarations } = traits
  if (declarations === 'builtIn') return `built into ${name}`
  if (declarations === 'none') return `none: ${name} takes commands only`
  const beside = declarationApis.beside.name
  if (url === null) return `no ${beside} is set: updates by command only`
  return (
    <>
      {beside} at <Code>{url}</Code>
    </>
  )
}

function GapWords({ gap: { beganAt, endedAt } }: { gap: Gap }) {
  if (!endedAt)
    return (
      <b>
        nothing can be received since <When at={beganAt} />
      </b>
    )
  return (
    <>
      the last one ended <When at={endedAt} />
    </>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <TableTr>
      <TableTh w={{ base: 120, sm: 200 }}>{label}</TableTh>
      <TableTd>{children}</TableTd>
    </TableTr>
  )
}

function HowToConnect({ traits, webhook }: { traits: ServerTraits; webhook: string }) {
  const { name, oldest, flags } = traits
  return (
    <Text size="sm" component="div">
      Start {name} {oldest} or newer with{' '}
      <Code>
        {flags.webhookUrl} {webhook} {flags.webhookKey} {'<the webhook key you typed here>'}
      </Code>
      . It posts each event once and never retries, so it must always be able to reach Oneway.
    </Text>
  )
}
