import { List, ListItem, Text } from '@mantine/core'
import {
  devicesPerGroup,
  powerOfTwoGroups,
  type TwoGroupPower,
} from '@/lib/domain/statistics/power-card'

/** Above this many trials in a group nearly every difference of interest can be shown, and the list would be long. */
const maxListed = 20

type Props = { first: number; second: number }

/** What groups of these sizes can show at best, whatever comes out. */
export function PowerCard({ first, second }: Props) {
  if (Math.max(first, second) > maxListed) return null
  const power = powerOfTwoGroups(first, second)
  return (
    <section aria-label="Power card">
      <Text size="sm" fw={600}>
        What {first} and {second} trials can show at best
      </Text>
      <List size="sm">
        <ListItem>
          All of one group against none of the other gives the smallest p there is:{' '}
          {power.smallestP.toFixed(4)}.
        </ListItem>
        {power.canShow ? (
          <>
            <Needed
              power={power}
              large={{ n: first, name: 'first' }}
              small={{ n: second, name: 'second' }}
            />
            {first !== second && (
              <Needed
                power={powerOfTwoGroups(second, first)}
                large={{ n: second, name: 'second' }}
                small={{ n: first, name: 'first' }}
              />
            )}
          </>
        ) : (
          <ListItem>
            No result of groups of these sizes reaches p = 0.05. Two equal groups need{' '}
            {devicesPerGroup()} trials each to do so.
          </ListItem>
        )}
      </List>
    </section>
  )
}

type Group = { n: number; name: string }

/** For each count in one group, how many the other needs; groups of one size are the same the other way round. */
function Needed({ power, large, small }: { power: TwoGroupPower; large: Group; small: Group }) {
  const able = power.needed.filter((row) => row.first !== undefined)
  return able.map((row) => (
    <ListItem key={row.second}>
      Against {row.second} of {small.n} in the {small.name} group, p ≤ 0.05 needs{' '}
      {row.first === large.n ? `all ${large.n}` : `${row.first} or more of ${large.n}`} in the{' '}
      {large.name} group{large.n === small.n ? ', or the other way round' : ''}.
    </ListItem>
  ))
}
