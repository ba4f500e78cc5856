-- The columns of a radar that follow from its events, written by nothing else: the app's role may only read them.
create or replace function keep_radar() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update radars set
    state = case when new.kind = 'edited' then state else new.kind end,
    content = coalesce(new.content, content),
    title = coalesce(new.content ->> 'title', title),
    filed_number = case new.kind when 'filed' then new.report_number else filed_number end,
    duplicate_of = case new.kind when 'duplicate' then new.report_number else duplicate_of end,
    claimed_fix = case new.kind when 'claimedFixed' then new.version else claimed_fix end,
    fix_mechanism = case new.kind when 'claimedFixed' then new.mechanism else fix_mechanism end,
    changed_at = new.at
  where id = new.radar_id;
  return null;
end $$;

create or replace trigger keeps_the_fold after insert on radar_events for each row execute function keep_radar();
