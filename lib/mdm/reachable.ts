import { BlockList, isIP, type LookupFunction } from 'node:net'

// What no MDM server is ever reached at. Private networks are not among it: a NanoMDM belongs on one
// (docs/security.md). docs/decisions/042-where-the-server-connects.md

const never = new BlockList()
// Link-local, and with it the metadata service of AWS, Azure, Google Cloud and most others
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
never.addSubnet('169.254.0.0', 16, 'ipv4')
never.addSubnet('fe80::', 10, 'ipv6')
// The same through NAT64 (RFC 6052 §2.1) and 6to4 (RFC 3056).
never.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
never.addSubnet('2002:a9fe::', 32, 'ipv6')
// Metadata services elsewhere: AWS by IPv6, Alibaba, Oracle, the host of an Azure machine.
never.addAddress('fd00:ec2::254', 'ipv6')
never.addAddress('100.100.100.200', 'ipv4')
never.addAddress('192.0.0.192', 'ipv4')
never.addAddress('168.63.129.16', 'ipv4')
// "This network", which Linux takes for loopback, and addresses of many.
never.addSubnet('0.0.0.0', 8, 'ipv4')
never.addAddress('::', 'ipv6')
never.addSubnet('224.0.0.0', 4, 'ipv4')
never.addAddress('255.255.255.255', 'ipv4')
never.addSubnet('ff00::', 8, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const isIn = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** True for an address of this machine only, as a socket reports it (`::ffff:127.0.0.1` counts). */
export const isLoopbackAddress = (address: string): boolean => isIn(loopback, address)

/** True for an address that no MDM server has: link-local, a metadata service, unspecified, of many. */
export function isNeverReached(address: string): boolean {
  // fe80::1%eth0: the part after the sign names an interface.
  const [plain = ''] = address.split('%', 1)
  return isIP(plain) === 0 || isIn(never, plain)
}

/**
 * A look-up of names that gives only addresses `allowed` lets through, and none at all where one of
 * them is not: the answer is judged here, at the connect, and the socket takes exactly what was judged,
 * so that a name server which answers otherwise the second time gains nothing.
 */
export function lookupOnly(
  lookup: LookupFunction,
  allowed: (address: string) => boolean,
  reason: string,
): LookupFunction {
  return (name, options, done) =>
    lookup(name, options, (error, found, family) => {
      if (error) return done(error, found, family)
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address)
      if (addresses.length > 0 && addresses.every(allowed)) return done(null, found, family)
      return done(new Error(`${name} ${reason}`), '', 0)
    })
}
