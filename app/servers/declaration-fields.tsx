import { PasswordInput, TextInput } from '@mantine/core'
import type { FieldErrors, UseFormRegister } from 'react-hook-form'
import { declarationApis } from '@/lib/mdm/server-kinds'
import type { ServerText } from './schema'

type Props = {
  register: UseFormRegister<ServerText>
  errors: FieldErrors<ServerText>
  /** There is one already: its address and key stay while anything is pending. */
  isSet: boolean
  stays: string
}

/** Address and key of the program beside an MDM server that keeps declarations for its devices. */
export function DeclarationFields({ register, errors, isSet, stays }: Props) {
  const { name } = declarationApis.beside
  const bound = isSet ? stays : ''
  const keep = isSet ? ' Set; leave blank to keep it.' : ''
  return (
    <>
      <TextInput
        label={`Address of ${name}`}
        description={`For updates by declaration: where the ${name} beside this server answers, without /v1. Blank if there is none.${bound}`}
        placeholder="http://127.0.0.1:9002"
        inputMode="url"
        error={errors.declarationsUrl?.message}
        {...register('declarationsUrl')}
      />
      <PasswordInput
        label={`API key of ${name}`}
        description={`What ${name} was started with as -api.${keep}${bound}`}
        autoComplete="off"
        error={errors.declarationsKey?.message}
        {...register('declarationsKey')}
      />
    </>
  )
}
