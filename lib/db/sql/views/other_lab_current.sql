-- The trials that other labs report: of each trial the row of the newest report of that lab that stands, so that a newer
-- file takes the place of an older one without a row that is changed, and a withdrawn one gives the place back. A lab has the
-- name of its newest import.
create view other_lab_current as
with names as (
  select distinct on (lab_id) lab_id, lab_name from other_lab_reports where withdrawn_at is null
  order by lab_id, imported_at desc, id
)
select distinct on (r.lab_id, r.simulated, t.trial_key)
  t.*, r.simulated, r.lab_id, r.made_at, n.lab_name
from other_lab_trials t
join other_lab_reports r on r.id = t.report_id and r.withdrawn_at is null
join names n on n.lab_id = r.lab_id
order by r.lab_id, r.simulated, t.trial_key, r.made_at desc, r.imported_at desc, r.id;
