import { Text, Title } from '@mantine/core'
import { Card } from '@/components/data/card'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { countArms } from '@/lib/db/queries/trials/arms'
import type { ProtocolVersion } from '@/lib/db/queries/trials/protocols'
import type { Environment } from '@/lib/domain/device/device'
import { armAsks, plannedIn } from '@/lib/domain/trial/arms'
import type { Arm, TrialDesign } from '@/lib/domain/trial/design'
import { armValue } from '@/lib/domain/trial/factors'
import { paths } from '@/lib/paths'

type Counts = Awaited<ReturnType<typeof countArms>>
type Props = { versions: readonly [ProtocolVersion, ...ProtocolVersion[]]; counts: Counts }

const labels = [
  ...['Arm', 'Asks for', 'Planned', 'Drawn', 'Chosen', 'Sent', 'Concluded'],
  'Withdrawn, void, lost',
]

/** The arms over all versions, and how far their trials are; nothing for a protocol without arms. */
export function ArmTable({ versions, counts }: Props) {
  const [{ protocolId, plan }] = versions
  // The newest version of an arm comes last and counts; it asks for the same in all.
  const named = versions
    .toReversed()
    .flatMap(({ plan: { design } }) => (design?.arms ?? []).map((arm) => [arm.name, arm] as const))
  const arms = [...new Map(named).values()]
  if (arms.length === 0) return null
  return (
    <Card title="Arms">
      <Text size="sm">
        “Drawn” were assigned at random, “Chosen” by a person with a reason; an arm is never changed
        afterwards.{' '}
        <TextLink href={paths.protocolArms(protocolId)}>Verify the assignments</TextLink>
      </Text>
      {(['real', 'simulated'] as const).map((environment) => (
        <Arms
          key={environment}
          {...{ arms, counts, environment, protocolId }}
          design={plan.design}
        />
      ))}
    </Card>
  )
}

type ArmsProps = {
  arms: Arm[]
  counts: Counts
  environment: Environment
  protocolId: string
  /** Of the newest version, which plans. */
  design: TrialDesign | undefined
}

function Arms({ arms, counts, environment, protocolId, design }: ArmsProps) {
  const own = counts.filter(({ simulated }) => simulated === (environment === 'simulated'))
  if (environment === 'simulated' && own.length === 0) return null
  const name = environment === 'real' ? 'Real trials' : 'SIMULATED trials'
  return (
    <div>
      <Title order={3} size="sm">
        {name}
      </Title>
      <table className={classes.table} aria-label={`${name} by arm`}>
        <TableHead labels={labels} />
        <tbody>
          {arms.map((arm) => (
            <ArmRow
              key={arm.name}
              arm={arm}
              count={own.find((one) => one.arm === arm.name)}
              planned={environment === 'real' && design ? plannedOf(design, arm) : undefined}
              href={paths.trials({ environment, arm: armValue(protocolId, arm.name) })}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const plannedOf = (design: TrialDesign, { name }: Arm) => {
  const arm = design.arms.find((one) => one.name === name)
  return arm && plannedIn(design, arm)
}

type RowProps = {
  arm: Arm
  count: Counts[number] | undefined
  planned: number | undefined
  href: string
}

function ArmRow({ arm, count, planned, href }: RowProps) {
  const { atRandom = 0, byChoice = 0, released = 0, concluded = 0, ended = 0 } = count ?? {}
  const numbers = [planned ?? 'not said', atRandom, byChoice, released, concluded, ended]
  return (
    <tr>
      <td data-label="Arm">
        <TextLink href={href}>
          <UserText>{arm.name}</UserText>
        </TextLink>
      </td>
      <td data-label="Asks for">{armAsks(arm)}</td>
      {numbers.map((value, index) => (
        <td key={labels[index + 2]} data-label={labels[index + 2]}>
          {value}
        </td>
      ))}
    </tr>
  )
}
