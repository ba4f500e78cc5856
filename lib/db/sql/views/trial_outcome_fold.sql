-- What trial_outcomes holds, from the record alone: each concluded trial with a starting version, its outcome, and its value of
-- each factor of lib/domain/trial/factors, as lib/db/schema/trial-factors.ts reads it.
create view trial_outcome_fold as
select
  trials.id as trial_id,
  trials.number,
  trials.device_id,
  trials.simulated,
  protocol_versions.primary_outcome,
  trials.outcome,
  trials.overruled,
  coalesce(outcome_against_end(trials.outcome, trial_end.state), false) as against,
  coalesce(r.state, 'none') as review,
  prediction_result(trials.prediction, trials.outcome, trial_end.state) as prediction,
  -- By ID, as two people may have one name; without an entry by the name of that day.
  coalesce((select max(e.by_id) from trial_events e where e.trial_id = trials.id and e.kind = 'registered'),
    trials.registered_by, '') as registrant,
  coalesce(to_char(trials.released_at at time zone 'UTC', 'YYYY-MM-DD'), '') as released_day,
  {{factor_columns}}
from trials
join devices on devices.id = trials.device_id
join protocol_versions on protocol_versions.id = trials.protocol_version_id
join trial_end on trial_end.trial = trials.id
left join trial_reviews r on r.trial_id = trials.id
where trials.state = 'concluded' and trials.start_os is not null and trials.outcome is not null;
