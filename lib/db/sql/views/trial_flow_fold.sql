-- What trial_flow holds: each trial, and what the flow diagram says of it, as lib/db/schema/flow-facts.ts reads it.
create view trial_flow_fold as
select
  trials.id as trial_id,
  trials.device_id,
  trials.simulated,
  trials.state,
  coalesce(trials.outcome, '') as outcome,
  {{flow_columns}},
  trials.consumed as released
from trials;
