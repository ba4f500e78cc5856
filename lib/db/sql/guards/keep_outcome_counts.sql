-- outcome_counts and outcome_months follow trial_outcomes, at the commit: counts are shared by all devices, and the lock on the head of the trail lets
-- one commit at a time change them. Whatever changes an outcome enters the trail too, so the lock costs nothing more.
create or replace function keep_outcome_counts() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r trial_outcomes%rowtype;
begin
  perform from audit_head for update;
  if tg_op <> 'INSERT' then
    r := old;
    -- The last trial of a count takes the row with it.
    delete from outcome_counts c using (values {{counted_values}}) f(factor, value)
    where c.trials = 1 and c.simulated = r.simulated and c.factor = f.factor and c.value = f.value
      and c.primary_outcome = r.primary_outcome and c.outcome = r.outcome and c.overruled = r.overruled
      and c.against = r.against and c.review = r.review and c.prediction = r.prediction;
    update outcome_counts c set trials = c.trials - 1 from (values {{counted_values}}) f(factor, value)
    where c.trials > 1 and c.simulated = r.simulated and c.factor = f.factor and c.value = f.value
      and c.primary_outcome = r.primary_outcome and c.outcome = r.outcome and c.overruled = r.overruled
      and c.against = r.against and c.review = r.review and c.prediction = r.prediction;
    delete from outcome_months c using (values {{counted_values}}) f(factor, value)
    where c.trials = 1 and c.simulated = r.simulated and c.factor = f.factor and c.month = left(r.released_day, 7) and c.value = f.value
      and c.primary_outcome = r.primary_outcome and c.outcome = r.outcome and c.overruled = r.overruled
      and c.against = r.against and c.review = r.review and c.prediction = r.prediction;
    update outcome_months c set trials = c.trials - 1 from (values {{counted_values}}) f(factor, value)
    where c.trials > 1 and c.simulated = r.simulated and c.factor = f.factor and c.month = left(r.released_day, 7) and c.value = f.value
      and c.primary_outcome = r.primary_outcome and c.outcome = r.outcome and c.overruled = r.overruled
      and c.against = r.against and c.review = r.review and c.prediction = r.prediction;
  end if;
  if tg_op <> 'DELETE' then
    r := new;
    insert into outcome_counts as c (simulated, factor, value, primary_outcome, outcome, overruled, against, review, prediction, trials)
    select r.simulated, f.factor, f.value, r.primary_outcome, r.outcome, r.overruled, r.against, r.review, r.prediction, 1
    from (values {{counted_values}}) f(factor, value)
    on conflict on constraint outcome_counts_pk do update set trials = c.trials + 1;
    insert into outcome_months as c (simulated, factor, month, value, primary_outcome, outcome, overruled, against, review, prediction, trials)
    select r.simulated, f.factor, left(r.released_day, 7), f.value, r.primary_outcome, r.outcome, r.overruled, r.against, r.review, r.prediction, 1
    from (values {{counted_values}}) f(factor, value)
    on conflict on constraint outcome_months_pk do update set trials = c.trials + 1;
  end if;
  return null;
end $$;

drop trigger if exists keeps_counts on trial_outcomes;
create constraint trigger keeps_counts after insert or update or delete on trial_outcomes
  deferrable initially deferred for each row execute function keep_outcome_counts();
