import type { Bucket } from './bucket'
import { BucketFailure } from './bucket-call'

/** What each error of S3 says about the settings; https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const settingOf: Record<string, string> = {
  NoSuchBucket: 'ONEWAY_S3_BUCKET: there is no such bucket',
  InvalidBucketName: 'ONEWAY_S3_BUCKET: there is no such bucket',
  InvalidAccessKeyId: 'ONEWAY_S3_KEY_ID: the storage does not know this key',
  // https://github.com/versity/versitygw/blob/v1.8.0/s3err/s3err.go
  XAdminUserNotFound: 'ONEWAY_S3_KEY_ID: the storage does not know this key',
  SignatureDoesNotMatch: 'ONEWAY_S3_SECRET: it is not the secret of ONEWAY_S3_KEY_ID',
  AuthorizationHeaderMalformed: 'ONEWAY_S3_REGION: the bucket is in another region',
  PermanentRedirect: 'ONEWAY_S3_ENDPOINT or ONEWAY_S3_REGION: the bucket is elsewhere',
  AccessDenied:
    'ONEWAY_S3_KEY_ID: this key may not read and write at ONEWAY_S3_PREFIX of ONEWAY_S3_BUCKET',
  RequestTimeTooSkewed: 'the clock of this machine differs too much from that of the storage',
}

/**
 * Tries the object storage as it is set: a small object is written and read back.
 * @returns a warning if it cannot be used now for a reason that passes: uploads then wait on this machine
 * @throws Error that names the setting, if the storage or its certificate says that one is wrong
 */
export async function checkBucket(bucket: Bucket): Promise<string | undefined> {
  try {
    await bucket.check()
    return undefined
  } catch (error) {
    if (!(error instanceof BucketFailure)) throw error
    const { kind, status = 0, code = '', message } = error
    if (kind === 'notTrusted')
      throw new Error(
        `ONEWAY_S3_ENDPOINT: ${message}. Its certificate must be for that name; name the file of a private certificate authority in NODE_EXTRA_CA_CERTS.`,
      )
    if (kind === 'refused' && status < 500) {
      const setting = code === '' ? byStatus[status] : settingOf[code]
      const words = setting ?? 'One of the settings ONEWAY_S3_… is not what the storage expects'
      throw new Error(`${words} (${message}).`)
    }
    return `${message}. Files of attachments wait on this machine until it can be used`
  }
}

/** Where the answer names no error, as some storages do not. */
const byStatus: Record<number, string> = {
  301: 'ONEWAY_S3_ENDPOINT or ONEWAY_S3_REGION: the bucket is elsewhere',
  307: 'ONEWAY_S3_ENDPOINT or ONEWAY_S3_REGION: the bucket is elsewhere',
  401: 'ONEWAY_S3_KEY_ID or ONEWAY_S3_SECRET',
  403: 'ONEWAY_S3_KEY_ID or ONEWAY_S3_SECRET',
  404: 'ONEWAY_S3_BUCKET: there is no such bucket',
}
