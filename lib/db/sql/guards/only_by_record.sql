-- The counted outcomes, trials and devices and the queue of reviews follow the record; nobody writes them by hand.
create or replace function only_by_record() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception 'the rows of % follow the record, and only the database writes them', tg_table_name
      using errcode = 'integrity_constraint_violation', hint = 'select recount_outcomes(), recount_devices() computes them again';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

do $$
declare name text;
begin
  foreach name in array array['trial_outcomes', 'outcome_counts', 'outcome_months', 'review_queue', 'trial_flow', 'flow_counts',
    'counted_devices', 'device_counts'] loop
    execute format('create or replace trigger comes_of_the_record before insert or update or delete on %I for each row execute function only_by_record()', name);
    execute format('create or replace trigger is_never_emptied before truncate on %I for each statement execute function only_by_record()', name);
  end loop;
end $$;
