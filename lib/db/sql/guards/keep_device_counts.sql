-- device_counts follows counted_devices, which is written under the lock on the head of the trail only.
create or replace function keep_device_counts() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    -- The last device of a count takes the row with it.
    delete from device_counts c where c.devices = 1
      and (c.simulated, c.platform, c.version, c.unused, c.in_trial, c.held, c.qualified)
        = (old.simulated, old.platform, old.version, old.unused, old.in_trial, old.held, old.qualified);
    update device_counts c set devices = c.devices - 1 where c.devices > 1
      and (c.simulated, c.platform, c.version, c.unused, c.in_trial, c.held, c.qualified)
        = (old.simulated, old.platform, old.version, old.unused, old.in_trial, old.held, old.qualified);
  end if;
  if tg_op <> 'DELETE' then
    insert into device_counts as c (simulated, platform, version, unused, in_trial, held, qualified, devices)
    values (new.simulated, new.platform, new.version, new.unused, new.in_trial, new.held, new.qualified, 1)
    on conflict on constraint device_counts_pk do update set devices = c.devices + 1;
  end if;
  return null;
end $$;

create or replace trigger keeps_counts after insert or update or delete on counted_devices
  for each row execute function keep_device_counts();
