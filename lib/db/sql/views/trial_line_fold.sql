-- What the lines of trials hold: a row of trial_export as COPY writes it with FORMAT csv, in the order of
-- lib/domain/export/trial-columns.ts and without its last column, the head of the whole trail.
create view trial_line_fold as
select e.trial, array_to_string(array[
  {{trial_csv_cells}}
], ',', '') as line
from trial_export e;
