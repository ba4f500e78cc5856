-- Makes counted_devices right for one device, at the commit of whatever changes it. The lock on the head of the trail lets one commit
-- at a time through, and the next one sees it; a row of these tables is locked by nobody else, so there is no deadlock. Whatever changes
-- a device, its readings or its trials enters the trail too, so the lock costs nothing more.
-- A session keeps the plan that it made while the tables were short: made with sequential scans, each change would read all devices.
create or replace function keep_counted_device(of_device uuid) returns void language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
begin
  perform from audit_head for update;

  delete from counted_devices c where c.device_id = of_device
    and not exists (select from counted_device_fold f where f.device_id = of_device);

  insert into counted_devices as c (device_id, simulated, platform, version, unused, in_trial, held, qualified)
  select f.device_id, f.simulated, f.platform, f.version, f.unused, f.in_trial, f.held, f.qualified
  from counted_device_fold f where f.device_id = of_device
  on conflict (device_id) do update set (simulated, platform, version, unused, in_trial, held, qualified)
    = (excluded.simulated, excluded.platform, excluded.version, excluded.unused, excluded.in_trial, excluded.held, excluded.qualified)
  where (c.simulated, c.platform, c.version, c.unused, c.in_trial, c.held, c.qualified)
    is distinct from
    (excluded.simulated, excluded.platform, excluded.version, excluded.unused, excluded.in_trial, excluded.held, excluded.qualified);
end $$;

revoke all on function keep_counted_device(uuid) from public;
