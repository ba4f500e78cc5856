'use client'

import { Anchor, Text } from '@mantine/core'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { Waiting } from '@/components/data/status'
import type { SeenLink } from '@/lib/core/accounts/use-link'
import { paths } from '@/lib/paths'
import { lookAtLinkAction } from './actions'
import { LinkForm } from './form'

type Looked = { token: string; link: SeenLink } | { because: string }

const noToken = 'This address contains no link. Open the complete link an admin gave you.'

/** What the link behind the `#` of this page's address is for. */
export function OneTimeLink() {
  const [looked, setLooked] = useState<Looked>()

  useEffect(() => {
    const look = async () => {
      const token = decodeURIComponent(window.location.hash.slice(1))
      if (token.length < 20) return setLooked({ because: noToken })
      const answer = await lookAtLinkAction(token)
      if (answer.status === 'refused') return setLooked({ because: answer.because })
      setLooked({ token, link: answer })
    }
    void look()
  }, [])

  if (!looked) return <Waiting label="Checking the link" />
  if ('link' in looked) return <LinkForm token={looked.token} link={looked.link} />
  return (
    <>
      <Refusal title="This link is not valid" because={looked.because} />
      <Text size="sm">
        <Anchor component={Link} href={paths.signIn()}>
          Sign in
        </Anchor>
      </Text>
    </>
  )
}
