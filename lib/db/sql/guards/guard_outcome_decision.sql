-- An outcome other than the proposed one takes a lead's signature and reason, whoever writes the row; so does
-- "installed" for a device on which no other OS was read since its first command. Checked when the transaction ends,
-- as a correction signs the record after it.
create or replace function guard_outcome_decision() returns trigger language plpgsql as $$
declare
  trial trials%rowtype;
begin
  if exists (
    select from signatures s where s.trial_id = new.trial_id and s.act = 'overrule' and s.by_role = 'lead' and s.by_id = new.by_id
      and s.at = new.at and s.reason = new.reason and s.details ->> 'outcome' = new.decided
  ) then
    return null;
  end if;
  select * into trial from trials where id = new.trial_id;
  if new.decided is distinct from new.proposed then
    raise exception 'trial T-%: an outcome other than the proposed one is signed by a lead, with a reason', trial.number
      using errcode = 'integrity_constraint_violation';
  end if;
  if new.decided in {{outcomes_of_change}} and not was_other_os_read(trial) then
    raise exception 'trial T-%: no other OS was read on the device, so "installed" is signed by a lead, with a reason', trial.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
drop trigger if exists is_signed_where_it_differs on outcome_decisions;
create constraint trigger is_signed_where_it_differs after insert on outcome_decisions
  deferrable initially deferred for each row execute function guard_outcome_decision();
-- The trial says what its newest decision says, and whether that was the proposal. Where the protocol asks for a second reader it
-- has no outcome before that reading, nor while the two disagree.
create or replace function guard_concluded_trial() returns trigger language plpgsql as $$
declare
  decision outcome_decisions%rowtype;
  reading second_readings%rowtype;
  waits text;
begin
  select * into decision from outcome_decisions where trial_id = new.id order by id desc limit 1;
  if asks_second_reader(new.protocol_version_id) then
    select * into reading from second_readings where trial_id = new.id;
    waits := case when reading.id is null then 'secondReading'
      when not reading.agrees and decision.id = reading.decision_id then 'adjudication' end;
  end if;
  if new.outcome_awaits is distinct from waits then
    raise exception 'trial T-% has an outcome when its two readers agree, or a lead decided between them', new.number
      using errcode = 'integrity_constraint_violation';
  end if;
  if waits is not null then
    return null;
  end if;
  if decision.decided is distinct from new.outcome
     or new.overruled is distinct from (decision.decided is distinct from decision.proposed) then
    raise exception 'trial T-% has another outcome than was decided', new.number using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
drop trigger if exists says_what_was_decided on trials;
create constraint trigger says_what_was_decided after update on trials
  deferrable initially deferred for each row
  when (new.state = 'concluded' and (new.state, new.outcome, new.overruled, new.outcome_awaits)
    is distinct from (old.state, old.outcome, old.overruled, old.outcome_awaits))
  execute function guard_concluded_trial();
