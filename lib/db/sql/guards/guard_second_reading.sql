-- The second reading of an outcome: of a concluded trial whose protocol asks for one, by somebody who decided none of its
-- outcomes. Whether it agrees, with which decision, and whether the reader was blinded follow from the record, not from the writer.
create or replace function guard_second_reading() returns trigger language plpgsql as $$
declare
  trial trials%rowtype;
  decision outcome_decisions%rowtype;
begin
  -- Locked, so that it is neither reopened nor opened by the reader between this check and the reading.
  select * into trial from trials where id = new.trial_id for update;
  if trial.outcome_awaits is distinct from 'secondReading' then
    raise exception 'trial T-% does not wait for a second reading', trial.number using errcode = 'integrity_constraint_violation';
  end if;
  if exists (select from outcome_decisions d where d.trial_id = new.trial_id and d.by_id = new.by_id) then
    raise exception '% decided the outcome of trial T-%: another person reads it', new.by_name, trial.number
      using errcode = 'integrity_constraint_violation';
  end if;
  select * into decision from outcome_decisions where trial_id = new.trial_id order by id desc limit 1;
  new.decision_id := decision.id;
  new.agrees := decision.decided = new.outcome;
  new.unblinded_by := case
    when is_author_of(new.trial_id, new.by_id) then 'contributed'
    when exists (select from outcome_openings o where o.trial_id = new.trial_id and o.by_id = new.by_id) then 'opened' end;
  new.simulated := trial.simulated;
  return new;
end $$;
create or replace trigger is_by_another_person before insert on second_readings
  for each row execute function guard_second_reading();

-- An outcome is opened while it is withheld: afterwards everybody is shown it.
create or replace function guard_outcome_opening() returns trigger language plpgsql as $$
declare trial trials%rowtype;
begin
  select * into trial from trials where id = new.trial_id for update;
  if not asks_second_reader(trial.protocol_version_id)
     or exists (select from second_readings r where r.trial_id = new.trial_id) then
    raise exception 'nothing of trial T-% is withheld', trial.number using errcode = 'integrity_constraint_violation';
  end if;
  new.simulated := trial.simulated;
  return new;
end $$;
create or replace trigger is_of_what_is_withheld before insert on outcome_openings
  for each row execute function guard_outcome_opening();

-- A reading settles its trial in the same transaction: guard_concluded_trial says how.
create or replace function guard_reading_settles() returns trigger language plpgsql as $$
begin
  if exists (select from trials t where t.id = new.trial_id and t.outcome_awaits = 'secondReading') then
    raise exception 'a second reading settles the outcome of its trial, or leaves it to a lead' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
drop trigger if exists settles_its_trial on second_readings;
create constraint trigger settles_its_trial after insert on second_readings
  deferrable initially deferred for each row execute function guard_reading_settles();
