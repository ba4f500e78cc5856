-- What flow_counts holds: the equal rows of trial_flow.
create view flow_count_fold as
select simulated, state, outcome, registered, released, screened_out_by, deviated, used_before, against, count(*)::int as trials
from trial_flow
group by simulated, state, outcome, registered, released, screened_out_by, deviated, used_before, against;
