-- Takes up to so many marks away and makes the lines of their trials again. `taken` says how many; `marks_left` counts to ten
-- times as many. A change is committed together with its mark, so who sees the change and no mark sees that the mark was taken
-- away, and a line that was made later.
-- PostgreSQL replaces no function whose parameter has another name.
drop function if exists keep_trial_lines(integer);
create or replace function keep_trial_lines(max_marks integer, out taken integer, out marks_left integer) language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  numbers integer[];
  trials_to_write uuid[];
begin
  -- Each statement below must see what was committed before it.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'lines are made in read committed only' using errcode = 'feature_not_supported';
  end if;
  -- One at a time: another could put back a line that it made before this one took its mark away.
  taken := 0;
  if pg_try_advisory_xact_lock(hashtext('trial_lines')) then
    with chosen as materialized (
      select c.ctid as place from trial_line_marks c limit max_marks for update skip locked
    ), gone_marks as (
      delete from trial_line_marks m using chosen
      where m.ctid = chosen.place returning m.trial_number
    ), gone as (
      delete from trial_lines l using gone_marks where l.trial_number = gone_marks.trial_number
    )
    select array_agg(trial_number) into numbers from gone_marks;

    -- While a trial is under way and its device has been sent a command, each reading of the device may change its end.
    trials_to_write := array(
      select t.id from trials t where t.number = any (numbers) and (t.state = 'concluded' or not t.consumed));
    insert into trial_lines (trial_number, line)
    select t.number, f.line from trial_line_fold f join trials t on t.id = f.trial where f.trial = any (trials_to_write);
    taken := coalesce(cardinality(numbers), 0);
  end if;
  marks_left := (select count(*) from (select from trial_line_marks limit max_marks * 10) standing);
end $$;
