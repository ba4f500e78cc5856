import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import { devicesQuery, trialsParams } from './query'
import { deviceSchema, errorSchema, pageOf, trialSchema, wholeTrialSchema } from './schema'

const json = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
})

const refusals = {
  400: json('An unknown parameter or value; the message names it.', errorSchema),
  401: json('No key, or one that is unknown, expired or revoked.', errorSchema),
  403: json("The key's scopes or its owner's role do not allow it.", errorSchema),
  429: json('Too many requests; `Retry-After` says how many seconds to wait.', errorSchema),
}

const operation = <S extends z.ZodType>(summary: string, description: string, schema: S) => ({
  summary,
  security: [{ key: [] }],
  responses: { 200: json(description, schema), ...refusals },
})

/** The description of the API, which docs/openapi.json is held to. */
export const describeApi = () =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Oneway',
      version: '1',
      description:
        'Reads the inventory and the trials of a lab. Nothing here changes anything, and no key can: releasing, signing, approving and waiving need a person.',
    },
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key with the scope `read`.' },
      },
    },
    paths: {
      '/api/v1/devices': {
        get: {
          ...operation('The inventory', 'One page of devices', pageOf(deviceSchema)),
          requestParams: { query: devicesQuery },
        },
      },
      '/api/v1/trials': {
        get: {
          ...operation('Trials, the newest first', 'One page of trials', pageOf(trialSchema)),
          requestParams: { query: trialsParams },
        },
      },
      '/api/v1/trials/{id}': {
        get: {
          ...operation('One trial with its record', 'The trial', wholeTrialSchema),
          requestParams: { path: z.object({ id: z.uuid() }) },
        },
      },
    },
  })
