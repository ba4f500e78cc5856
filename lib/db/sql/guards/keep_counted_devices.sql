-- What a device counts as follows what it is, its readings of the OS, its trials and its verdict, at the commit.
create or replace function keep_counted_devices() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_table_name = 'devices' then
    perform keep_counted_device(new.id);
    return null;
  end if;
  -- The fields of the OS are deleted and written again; the row that was written comes here by itself.
  if tg_table_name = 'current_readings' and tg_op = 'DELETE' and exists (
    select from current_readings r where r.device_id = old.device_id and r.field = 'osVersion') then return null; end if;
  if tg_op <> 'INSERT' then perform keep_counted_device(old.device_id); end if;
  if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.device_id <> old.device_id then
    perform keep_counted_device(new.device_id);
  end if;
  return null;
end $$;

drop trigger if exists keeps_counted on devices;
create constraint trigger keeps_counted after insert on devices deferrable initially deferred for each row
  execute function keep_counted_devices();
drop trigger if exists keeps_counted_too on devices;
create constraint trigger keeps_counted_too after update on devices deferrable initially deferred for each row
  when ((new.simulated, new.platform, new.retired_at is null, new.hold_reason is null)
    is distinct from (old.simulated, old.platform, old.retired_at is null, old.hold_reason is null))
  execute function keep_counted_devices();

-- All readings of the OS are written whenever one is, the version among them; without a version there is no baseline.
drop trigger if exists keeps_counted on current_readings;
create constraint trigger keeps_counted after insert on current_readings deferrable initially deferred for each row
  when (new.field = 'osVersion') execute function keep_counted_devices();
drop trigger if exists keeps_counted_too on current_readings;
create constraint trigger keeps_counted_too after update or delete on current_readings deferrable initially deferred for each row
  when (old.field = 'osVersion') execute function keep_counted_devices();

drop trigger if exists keeps_counted on trials;
create constraint trigger keeps_counted after insert on trials deferrable initially deferred for each row
  when (new.consumed or new.state in {{live_trial_states}}) execute function keep_counted_devices();
drop trigger if exists keeps_counted_too on trials;
create constraint trigger keeps_counted_too after update on trials deferrable initially deferred for each row
  when ((new.device_id, new.state in {{live_trial_states}}, new.consumed, new.start_build, new.starting_state #> '{osSupplementalBuild}')
    is distinct from
    (old.device_id, old.state in {{live_trial_states}}, old.consumed, old.start_build, old.starting_state #> '{osSupplementalBuild}'))
  execute function keep_counted_devices();

-- A verdict enters the trail nowhere, but few of them change between qualified and not.
drop trigger if exists keeps_counted on device_verdicts;
create constraint trigger keeps_counted after insert on device_verdicts deferrable initially deferred for each row
  when (new.overall = 'qualified') execute function keep_counted_devices();
drop trigger if exists keeps_counted_too on device_verdicts;
create constraint trigger keeps_counted_too after update on device_verdicts deferrable initially deferred for each row
  when ((new.overall = 'qualified') <> (old.overall = 'qualified')) execute function keep_counted_devices();
drop trigger if exists keeps_counted_no_more on device_verdicts;
create constraint trigger keeps_counted_no_more after delete on device_verdicts deferrable initially deferred for each row
  when (old.overall = 'qualified') execute function keep_counted_devices();
