-- trial_outcomes is the fold of trial_outcome_fold, written when something it rests on changes and by nothing else: the app's role
-- may only read it.
create or replace function keep_outcomes_of_trial() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- A trial under way changes the others of its device only by when its first command left: whether they came after it.
  if new.state = 'concluded' or (tg_op = 'UPDATE' and old.state = 'concluded')
     or exists (select from trial_outcomes o where o.device_id = new.device_id) then
    perform keep_outcomes_of(new.device_id);
  end if;
  return null;
end $$;

create or replace trigger keeps_outcomes after insert on trials
  for each row when (new.state = 'concluded' or new.consumed) execute function keep_outcomes_of_trial();
create or replace trigger keeps_outcomes_too after update on trials
  for each row when (new.state = 'concluded' or old.state = 'concluded'
    or (new.consumed, new.sent_at) is distinct from (old.consumed, old.sent_at))
  execute function keep_outcomes_of_trial();

create or replace function keep_outcomes_of_device() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform keep_outcomes_of(new.id);
  return null;
end $$;

create or replace trigger keeps_outcomes after update of platform, model_identifier on devices for each row
  when ((new.platform, new.model_identifier) is distinct from (old.platform, old.model_identifier))
  execute function keep_outcomes_of_device();

-- A reading that arrives late may say what OS a device had while a concluded trial was under way.
create or replace function keep_outcomes_of_readings() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  device uuid;
begin
  for device in select distinct t.device_id from added a join trials t on t.device_id = a.device_id and t.consumed
    where is_os_field(a.field) and t.state = 'concluded' and a.answered_at >= t.sent_at and a.answered_at <= t.concluded_at
    order by 1
  loop
    perform keep_outcomes_of(device);
    -- The trial that a concurrent transaction concludes is seen here, or that transaction waits for the lock on the device.
    perform mark_trial_line(t.number) from trials t where t.device_id = device;
  end loop;
  return null;
end $$;

drop trigger if exists keeps_outcomes on readings;
create trigger keeps_outcomes after insert on readings referencing new table as added
  for each statement execute function keep_outcomes_of_readings();

-- A correction after the conclusion can take a sighting of the new OS away, or add one.
create or replace function keep_outcomes_of_correction() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform keep_outcomes_of(t.device_id) from trials t where t.id = new.trial_id and t.state = 'concluded';
  return null;
end $$;

create or replace trigger keeps_outcomes after insert on observations for each row
  when (new.corrects_id is not null) execute function keep_outcomes_of_correction();

create or replace function keep_outcomes_of_review() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update trial_outcomes o set review = new.state where o.trial_id = new.trial_id and o.review <> new.state;
  return null;
end $$;

create or replace trigger keeps_outcomes after insert or update of state on trial_reviews
  for each row execute function keep_outcomes_of_review();
