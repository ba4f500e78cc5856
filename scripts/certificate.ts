import 'reflect-metadata'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import * as x509 from '@peculiar/x509'

export type Certificate = {
  certFile: string
  keyFile: string
  /** SHA-256, as browsers and phones show it. */
  fingerprint: string
  validTo: Date
  /** Whether Oneway made it itself, so that no browser trusts it yet. */
  selfMade: boolean
}

type Files = { certFile: string; keyFile: string }

/** What `npm start` is told about https: whether it is wanted, and the files of a certificate of one's own. */
export type HttpsOptions = { https: boolean; files: Files | undefined }

/**
 * Reads --https, --cert FILE and --key FILE.
 * @throws Error that names what is missing
 */
export function httpsOptions(args: readonly string[]): HttpsOptions {
  const fileAfter = (name: string): string | undefined => {
    const at = args.findIndex((one) => one === name || one.startsWith(`${name}=`))
    if (at < 0) return undefined
    const text = args[at]?.includes('=') ? args[at]?.slice(name.length + 1) : args[at + 1]
    if (!text || text.startsWith('--'))
      throw new Error(`${name} needs a file, such as ${name} /etc/ssl/oneway.pem.`)
    return path.resolve(text)
  }
  const [certFile, keyFile] = [fileAfter('--cert'), fileAfter('--key')]
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new Error(
      `--cert and --key need each other; ${certFile ? '--key' : '--cert'} is not given.`,
    )
  const files = certFile && keyFile ? { certFile, keyFile } : undefined
  const https = args.includes('--https')
  if (files && !https) throw new Error('--cert and --key belong to --https, which is not given.')
  return { https, files }
}

/** A certificate ends with its browser's patience: 397 days is the most that browsers accept of a public one. */
const validDays = 397
/** One that Oneway made is made anew when less than this is left. */
const renewDays = 30
const dayMs = 24 * 3_600_000

/**
 * The certificate that Oneway made for this host, from the data folder; made when there is none, and anew when it is for
 * another host or about to end.
 */
export async function selfMadeCertificate(
  dataDir: string,
  baseUrl: string,
  now: Date,
): Promise<Certificate> {
  const folder = path.join(dataDir, 'https')
  const files = {
    certFile: path.join(folder, 'certificate.pem'),
    keyFile: path.join(folder, 'key.pem'),
  }
  const found = existsSync(files.certFile) && existsSync(files.keyFile) ? read(files) : undefined
  const endsMs = found ? Date.parse(found.certificate.validTo) : 0
  if (!found || !isFor(found.certificate, baseUrl) || endsMs - now.getTime() < renewDays * dayMs) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const made = await make(hostOf(baseUrl), now)
    // The key first: a crash in between leaves a pair that does not fit, which is made anew.
    writeFileSync(files.keyFile, made.key, { mode: 0o600, flush: true })
    writeFileSync(files.certFile, made.certificate, { mode: 0o644, flush: true })
  }
  return { ...files, ...described(read(files)?.certificate, files), selfMade: true }
}

/**
 * Checks a certificate of one's own: both files, that they belong together, its time, and that it is for this host.
 * @throws Error that names the file and what to do
 */
export function checkCertificate(files: Files, baseUrl: string, now: Date): Certificate {
  const { certFile, keyFile } = files
  const certificate = parsed(certFile, 'a certificate', (text) => new X509Certificate(text))
  const key = parsed(keyFile, 'a private key without a passphrase', createPrivateKey)
  if (!certificate.checkPrivateKey(key))
    throw new Error(
      `The key in ${keyFile} does not belong to the certificate in ${certFile}. Give the pair.`,
    )
  if (Date.parse(certificate.validTo) < now.getTime())
    throw new Error(
      `The certificate in ${certFile} ended on ${certificate.validTo}. Give a newer one.`,
    )
  if (Date.parse(certificate.validFrom) > now.getTime())
    throw new Error(
      `The certificate in ${certFile} begins on ${certificate.validFrom}. Check the clock of this machine.`,
    )
  if (!isFor(certificate, baseUrl)) {
    const names = certificate.subjectAltName ?? 'no name at all'
    throw new Error(
      `The certificate in ${certFile} is for ${names}, and not for ${hostOf(baseUrl)}. Set ONEWAY_BASE_URL to the https address under which browsers reach Oneway.`,
    )
  }
  return { ...files, ...described(certificate, files), selfMade: false }
}

function parsed<T>(file: string, what: string, parse: (text: Buffer) => T): T {
  let text: Buffer
  try {
    text = readFileSync(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${file} cannot be read (${why}). Give a file with ${what} in PEM.`)
  }
  try {
    return parse(text)
  } catch {
    throw new Error(`${file} is not ${what} in PEM.`)
  }
}

/** Undefined where the files do not hold a pair. */
function read({ certFile, keyFile }: Files): { certificate: X509Certificate } | undefined {
  try {
    const certificate = new X509Certificate(readFileSync(certFile))
    return certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))
      ? { certificate }
      : undefined
  } catch {
    return undefined
  }
}

function described(certificate: X509Certificate | undefined, { certFile }: Files) {
  if (!certificate) throw new Error(`${certFile} cannot be read back after it was written.`)
  return { fingerprint: certificate.fingerprint256, validTo: new Date(certificate.validTo) }
}

const hostOf = (baseUrl: string): string => new URL(baseUrl).hostname.replace(/^\[|\]$/g, '')

/** Browsers look at the alternative names alone (https://www.rfc-editor.org/rfc/rfc9525#section-2). */
function isFor(certificate: X509Certificate, baseUrl: string): boolean {
  const host = hostOf(baseUrl)
  const found = isIP(host)
    ? certificate.checkIP(host)
    : certificate.checkHost(host, { subject: 'never' })
  return found !== undefined
}

async function make(host: string, now: Date): Promise<{ certificate: string; key: string }> {
  const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
  const hosts = [...new Set([host, 'localhost', '127.0.0.1', '::1'])]
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Oneway',
      notBefore: new Date(now.getTime() - dayMs),
      notAfter: new Date(now.getTime() + (validDays - 1) * dayMs),
      ...{ signingAlgorithm, keys },
      extensions: [
        // A phone lets a person trust only what says that it may sign, and this one may sign nothing but itself.
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
        ),
      ],
    },
    crypto,
  )
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  const key = x509.PemConverter.encode(der, 'PRIVATE KEY')
  return { certificate: `${certificate.toString('pem')}\n`, key: `${key}\n` }
}
