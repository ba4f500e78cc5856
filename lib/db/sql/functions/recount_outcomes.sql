-- Computes trial_outcomes, outcome_months, outcome_counts, review_queue, trial_flow and flow_counts from the record again. As the owner, when a fold has changed.
create or replace function recount_outcomes() returns void language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
begin
  -- A million rows are counted at once, not one by one. The locks last until the end of the transaction.
  alter table trial_outcomes disable trigger user;
  alter table outcome_months disable trigger user;
  alter table outcome_counts disable trigger user;
  alter table review_queue disable trigger user;
  alter table trial_flow disable trigger user;
  alter table flow_counts disable trigger user;
  truncate trial_outcomes, outcome_months, outcome_counts, review_queue, trial_flow, flow_counts;

  insert into trial_outcomes (trial_id, number, device_id, simulated, primary_outcome, outcome, overruled, against, review,
    prediction, registrant, released_day, {{factor_names}})
  select f.trial_id, f.number, f.device_id, f.simulated, f.primary_outcome, f.outcome, f.overruled, f.against, f.review,
    f.prediction, f.registrant, f.released_day, {{factor_names}}
  from trial_outcome_fold f;

  insert into outcome_months (simulated, factor, month, value, primary_outcome, outcome, overruled, against, review, prediction, trials)
  select f.simulated, f.factor, f.month, f.value, f.primary_outcome, f.outcome, f.overruled, f.against, f.review, f.prediction, f.trials
  from outcome_month_fold f;

  insert into outcome_counts (simulated, factor, value, primary_outcome, outcome, overruled, against, review, prediction, trials)
  -- Of the months, which are few rows beside the trials.
  select m.simulated, m.factor, m.value, m.primary_outcome, m.outcome, m.overruled, m.against, m.review, m.prediction, sum(m.trials)
  from outcome_months m
  group by m.simulated, m.factor, m.value, m.primary_outcome, m.outcome, m.overruled, m.against, m.review, m.prediction;

  insert into review_queue (trial_id, number, simulated, open_queries)
  select f.trial_id, f.number, f.simulated, f.open_queries from trial_review_fold f;

  -- It reads the outcomes that were written above.
  analyze trial_outcomes;
  insert into trial_flow (trial_id, simulated, state, outcome, registered, released, screened_out_by, deviated, used_before, against)
  select f.trial_id, f.simulated, f.state, f.outcome, f.registered, f.released, f.screened_out_by, f.deviated, f.used_before, f.against from trial_flow_fold f;

  insert into flow_counts (simulated, state, outcome, registered, released, screened_out_by, deviated, used_before, against, trials)
  select f.simulated, f.state, f.outcome, f.registered, f.released, f.screened_out_by, f.deviated, f.used_before, f.against, f.trials from flow_count_fold f;

  alter table trial_outcomes enable trigger user;
  alter table outcome_months enable trigger user;
  alter table outcome_counts enable trigger user;
  alter table review_queue enable trigger user;
  alter table trial_flow enable trigger user;
  alter table flow_counts enable trigger user;
  analyze outcome_months, outcome_counts, review_queue, trial_flow, flow_counts;
end $$;

revoke all on function recount_outcomes() from public;
