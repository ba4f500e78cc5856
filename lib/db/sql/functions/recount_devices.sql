-- Computes counted_devices and device_counts from the record again. As the owner, when a fold has changed.
create or replace function recount_devices() returns void language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
begin
  -- All devices are counted at once, not one by one. The locks last until the end of the transaction.
  alter table counted_devices disable trigger user;
  alter table device_counts disable trigger user;
  truncate counted_devices, device_counts;

  insert into counted_devices (device_id, simulated, platform, version, unused, in_trial, held, qualified)
  select f.device_id, f.simulated, f.platform, f.version, f.unused, f.in_trial, f.held, f.qualified from counted_device_fold f;

  insert into device_counts (simulated, platform, version, unused, in_trial, held, qualified, devices)
  select f.simulated, f.platform, f.version, f.unused, f.in_trial, f.held, f.qualified, f.devices from device_count_fold f;

  alter table counted_devices enable trigger user;
  alter table device_counts enable trigger user;
  analyze counted_devices, device_counts;
end $$;

revoke all on function recount_devices() from public;
