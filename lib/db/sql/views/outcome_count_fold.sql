-- What outcome_counts holds: the equal rows of trial_outcomes, once for each factor and for who registered them.
create view outcome_count_fold as
select r.simulated, f.factor, f.value, r.primary_outcome, r.outcome, r.overruled, r.against, r.review, r.prediction, count(*)::int as trials
from trial_outcomes r cross join lateral (values {{counted_values}}) f(factor, value)
group by r.simulated, f.factor, f.value, r.primary_outcome, r.outcome, r.overruled, r.against, r.review, r.prediction;
