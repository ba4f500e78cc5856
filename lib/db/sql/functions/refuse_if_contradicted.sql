-- Refuses a verdict about a contradiction that the replies of the trial speak against: "still present" needs a reply that
-- shows it, any other one a reply that was compared there and none that shows it.
create or replace function refuse_if_contradicted(verdict text, trial uuid, print text, place text) returns void language plpgsql as $$
declare shown boolean; compared boolean;
begin
  select coalesce(bool_or(print = any (c.found)), false), coalesce(bool_or(place = any (c.judged)), false) into shown, compared
  from reply_checks c where c.trial_id = trial;
  shown := shown or exists (select from contradictions c where c.trial_id = trial and c.fingerprint = print and stands(c.id));
  if verdict = 'stillPresent' and not shown then
    raise exception 'no reply of that trial shows the contradiction' using errcode = 'integrity_constraint_violation';
  end if;
  if verdict <> 'stillPresent' and (shown or not compared) then
    raise exception 'the replies of that trial do not show that the contradiction is gone' using errcode = 'integrity_constraint_violation';
  end if;
end $$;
