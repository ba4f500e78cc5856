-- The conclusion of a trial is taken back as a whole, with a reason, before the review or a second reading begins.
create or replace function guard_reopened_trial() returns trigger language plpgsql as $$
declare
  moved text[] := array['state', 'outcome', 'proposed_outcome', 'outcome_reason', 'concluded_at', 'concluded_by', 'overruled', 'outcome_awaits'];
begin
  if to_jsonb(new) - moved is distinct from to_jsonb(old) - moved or new.overruled
     or coalesce(new.outcome, new.proposed_outcome, new.outcome_reason, new.concluded_by, new.concluded_at::text, new.outcome_awaits) is not null then
    raise exception 'trial T-% is reopened with the values it had before its conclusion', old.number using errcode = 'integrity_constraint_violation';
  end if;
  if exists (select from review_events where trial_id = old.id)
     or exists (select from signatures where trial_id = old.id and act in ('author', 'review', 'approve', 'lock', 'unlock')) then
    raise exception 'trial T-% is under review: its conclusion is not taken back any more', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  if exists (select from second_readings where trial_id = old.id) then
    raise exception 'the outcome of trial T-% was read a second time: its conclusion is not taken back any more', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  if not exists (
    select from trial_events e where e.trial_id = old.id and e.kind = 'reopened' and length(btrim(e.data ->> 'reason')) >= {{min_reason}}
      and e.id > (select max(c.id) from trial_events c where c.trial_id = old.id and c.kind = 'concluded')
  ) then
    raise exception 'trial T-% is reopened by an entry of its record, with a reason', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create or replace trigger keeps_to_what_is_taken_back before update on trials for each row
  when (old.state = 'concluded' and new.state = 'observing') execute function guard_reopened_trial();
