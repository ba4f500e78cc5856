import { expect, test } from 'vitest'
import {
  mayLink,
  problemOfClaims,
  roleOfGroups,
  type SignOnClaims,
  type SignOnPolicy,
} from './sign-on'

const ada: SignOnClaims = {
  issuer: 'https://id.example',
  subject: '17',
  email: 'Ada@Lab.Example',
  emailVerified: true,
  name: 'Ada',
  groups: ['staff', 'leads'],
}
const policy: SignOnPolicy = {
  emailDomains: ['lab.example'],
  groupRoles: [
    { group: 'leads', role: 'lead' },
    { group: 'staff', role: 'engineer' },
  ],
  signUp: true,
}

test('the first entry that fits gives the role, whatever the order of the groups', () => {
  expect(roleOfGroups(['staff', 'leads'], policy.groupRoles ?? [])).toBe('lead')
  expect(roleOfGroups(['staff'], policy.groupRoles ?? [])).toBe('engineer')
  expect(roleOfGroups(['Leads', 'lead', ''], policy.groupRoles ?? [])).toBeUndefined()
})

test.each<[Partial<SignOnClaims>, ReturnType<typeof problemOfClaims>]>([
  [{}, undefined],
  [{ emailVerified: false }, 'noAddress'],
  [{ email: undefined }, 'noAddress'],
  [{ email: 'ada@evil.example' }, 'otherDomain'],
  [{ email: 'ada@lab.example@evil.example' }, 'otherDomain'],
  [{ email: 'ada@sub.lab.example' }, 'otherDomain'],
  [{ groups: [] }, 'noRole'],
])('claims with %o: %s', (but, problem) => {
  expect(problemOfClaims({ ...ada, ...but }, policy)).toBe(problem)
})

test('a provider without domains links no existing person', () => {
  expect(mayLink(ada, policy)).toBe(true)
  expect(mayLink(ada, { ...policy, emailDomains: [] })).toBe(false)
  expect(mayLink({ ...ada, emailVerified: false }, policy)).toBe(false)
})
