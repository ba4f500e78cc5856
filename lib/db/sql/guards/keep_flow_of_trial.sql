-- What the flow diagram says of a trial follows the trial, its deviations, its verdicts and its outcome, at the commit. Whether a device
-- was used before follows its other trials.
create or replace function keep_flow_of_trial() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform keep_trial_flow(array[new.id]);
  return null;
end $$;

create or replace function keep_flow_of_device() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- The trials that others add to the device are seen once their commits are over.
  perform from audit_head for update;
  perform keep_trial_flow(array(select t.id from trials t where t.device_id = new.device_id));
  if tg_op = 'UPDATE' then
    if old.device_id <> new.device_id then
      perform keep_trial_flow(array(select t.id from trials t where t.device_id = old.device_id));
    end if;
  end if;
  return null;
end $$;

create or replace function keep_flow_by_its_trial() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform keep_trial_flow(array[case tg_op when 'DELETE' then old.trial_id else new.trial_id end]);
  return null;
end $$;

drop trigger if exists keeps_flow on trials;
create constraint trigger keeps_flow after insert on trials deferrable initially deferred for each row
  when (not new.consumed) execute function keep_flow_of_trial();
drop trigger if exists keeps_flow_of_device on trials;
create constraint trigger keeps_flow_of_device after insert on trials deferrable initially deferred for each row
  when (new.consumed) execute function keep_flow_of_device();
drop trigger if exists keeps_flow_too on trials;
create constraint trigger keeps_flow_too after update on trials deferrable initially deferred for each row
  when ((new.state, new.outcome, new.simulated, new.registration_hash is null, new.start_os is null)
    is distinct from (old.state, old.outcome, old.simulated, old.registration_hash is null, old.start_os is null))
  execute function keep_flow_of_trial();
drop trigger if exists keeps_flow_of_device_too on trials;
create constraint trigger keeps_flow_of_device_too after update on trials deferrable initially deferred for each row
  when ((new.device_id, new.consumed, new.sent_at) is distinct from (old.device_id, old.consumed, old.sent_at))
  execute function keep_flow_of_device();

drop trigger if exists keeps_flow on trial_events;
create constraint trigger keeps_flow after insert on trial_events deferrable initially deferred for each row
  when (new.kind in {{deviation_events}}) execute function keep_flow_by_its_trial();
drop trigger if exists keeps_flow on verdicts;
create constraint trigger keeps_flow after insert on verdicts deferrable initially deferred for each row
  when (new.trial_id is not null) execute function keep_flow_by_its_trial();

drop trigger if exists keeps_flow on trial_outcomes;
create constraint trigger keeps_flow after insert or delete on trial_outcomes deferrable initially deferred for each row
  execute function keep_flow_by_its_trial();
drop trigger if exists keeps_flow_too on trial_outcomes;
create constraint trigger keeps_flow_too after update on trial_outcomes deferrable initially deferred for each row
  when (new.against <> old.against) execute function keep_flow_by_its_trial();

-- A trial without a starting version has no row in trial_outcomes, so what may change that row marks its device instead.
create or replace function keep_marked_flow() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from audit_head for update;
  perform keep_trial_flow(array(select t.id from trials t where t.device_id = new.device_id));
  delete from trial_flow_marks m where m.id = new.id;
  return null;
end $$;

drop trigger if exists keeps_flow on trial_flow_marks;
create constraint trigger keeps_flow after insert on trial_flow_marks deferrable initially deferred for each row
  execute function keep_marked_flow();
