-- A conclusion that a verdict about a radar rests on is not taken back.
create or replace function keep_radar_evidence() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from radar_events e where e.trial_ids @> array[old.id] and e.kind in {{radar_verdicts}}) then
    raise exception 'a verdict about a radar rests on trial T-%: its conclusion is not taken back', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger keeps_radar_evidence before update on trials for each row
  when (old.state = 'concluded' and new.state = 'observing') execute function keep_radar_evidence();
