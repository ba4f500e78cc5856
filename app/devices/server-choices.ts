import type { ShownServer } from '@/lib/db/queries/servers/servers'

/** MDM servers for a select; a device is in the environment of its server. */
export const serverChoices = (servers: readonly ShownServer[], simulated?: boolean) =>
  servers
    .filter((server) => simulated === undefined || server.simulated === simulated)
    .map(({ id, name, simulated }) => ({
      value: id,
      simulated,
      label: simulated ? `${name} (simulated)` : name,
    }))
