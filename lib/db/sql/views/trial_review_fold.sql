-- What review_queue holds, from the record alone: the trials that wait for a review.
create view trial_review_fold as
select t.id as trial_id, t.number, t.simulated, coalesce(r.open_queries, 0) as open_queries
from trials t left join trial_reviews r on r.trial_id = t.id
where t.consumed and t.state in {{reviewed_states}} and coalesce(r.state, 'inReview') = 'inReview';
