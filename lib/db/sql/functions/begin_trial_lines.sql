-- Forgets all lines and marks every trial. As the owner, when a line may be made otherwise than before.
create or replace function begin_trial_lines() returns void language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
begin
  truncate trial_lines, trial_line_marks;
  insert into trial_line_marks (trial_number) select t.number from trials t;
end $$;

revoke all on function begin_trial_lines() from public;
