-- The line of one trial, computed from the record as the calling query sees it. By itself, so that an export that has its
-- lines kept does not plan the view.
create or replace function trial_line(of_number integer) returns text stable parallel safe language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  of_trial uuid := (select t.id from trials t where t.number = of_number);
begin
  return (select f.line from trial_line_fold f where f.trial = of_trial);
end $$;
