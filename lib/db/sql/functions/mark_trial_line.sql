-- Puts a mark against a kept line. It waits for nobody: it is called where the head of the trail is locked. A mark that stands
-- already does, if it can be kept from being taken away before this transaction has ended.
create or replace function mark_trial_line(of_number integer) returns void language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from trial_line_marks m where m.trial_number = of_number limit 1 for key share skip locked;
  if not found then
    insert into trial_line_marks (trial_number) values (of_number);
  end if;
end $$;

revoke all on function mark_trial_line(integer) from public;
