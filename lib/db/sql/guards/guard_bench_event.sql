-- A step is one of the protocol's and is ticked off at the bench; a correction names its entry, of the same trial, with a reason.
create or replace function guard_bench_event() returns trigger language plpgsql as $$
declare trial trials%rowtype; steps int; corrected trial_events%rowtype;
begin
  select * into trial from trials where id = new.trial_id for key share;
  if new.data ->> 'corrects' is not null then
    select * into corrected from trial_events where id = (new.data ->> 'corrects')::bigint and trial_id = new.trial_id;
    if corrected.id is null or (new.kind = 'stepTicked') <> (corrected.kind = 'stepTicked')
       or corrected.kind not in ('stepTicked', 'deviated', 'observationGap')
       or (new.kind = 'stepTicked' and new.data ->> 'step' is distinct from corrected.data ->> 'step') then
      raise exception 'event % of trial T-% is no entry that this one corrects', new.data ->> 'corrects', trial.number using errcode = 'integrity_constraint_violation';
    end if;
    if length(btrim(coalesce(new.data ->> 'reason', ''))) < {{min_reason}} then
      raise exception 'a correction has a reason of % characters or more', {{min_reason}} using errcode = 'integrity_constraint_violation';
    end if;
  elsif new.kind = 'stepTicked' and trial.state not in {{under_way_states}} then
    raise exception 'trial T-% is %: only an entry about a step that stands there can be corrected, with a reason', trial.number, trial.state
      using errcode = 'integrity_constraint_violation';
  end if;
  if new.kind = 'stepTicked' then
    select jsonb_array_length(v.plan -> 'steps') into steps from protocol_versions v where v.id = trial.protocol_version_id;
    if not coalesce((new.data ->> 'step')::int between 1 and steps, false) then
      raise exception 'the protocol of trial T-% has % steps', trial.number, steps using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  return new;
end $$;

create or replace trigger keeps_to_the_bench before insert on trial_events
  for each row when (new.kind in ('stepTicked', 'deviated')) execute function guard_bench_event();
