-- Puts an event into the outbox, once for each receiver that wants it; without one it writes nothing. It runs in the
-- transaction of the event, so that a notice is neither lost nor about something that was rolled back.
create or replace function queue_notice(of_topic text, is_simulated boolean, about_ids jsonb, happened timestamptz)
returns void language plpgsql as $$
declare notice uuid;
begin
  if not exists (select from notice_targets
    where is_on and of_topic = any (topics) and (with_simulated or not is_simulated)) then
    return;
  end if;
  insert into notices (topic, simulated, about, at)
  values (of_topic, is_simulated, jsonb_strip_nulls(about_ids), happened) returning id into notice;
  insert into notice_deliveries (notice_id, target_id, due_at)
  select notice, id, least(happened, now()) from notice_targets
  where is_on and of_topic = any (topics) and (with_simulated or not is_simulated);
end $$;
