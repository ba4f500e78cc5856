-- What outcome_months holds: the equal rows of trial_outcomes of each month, once for each factor and for who registered them.
create view outcome_month_fold as
select r.simulated, f.factor, left(r.released_day, 7) as month, f.value, r.primary_outcome, r.outcome, r.overruled, r.against, r.review,
  r.prediction, count(*)::int as trials
from trial_outcomes r cross join lateral (values {{counted_values}}) f(factor, value)
group by r.simulated, f.factor, left(r.released_day, 7), f.value, r.primary_outcome, r.outcome, r.overruled, r.against, r.review, r.prediction;
