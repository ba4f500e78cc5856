-- Puts an event into the outbox, once for each receiver and person that wants it; without one it writes nothing. It runs
-- in the transaction of the event, so that a notice is neither lost nor about something that was rolled back.
create or replace function queue_notice(of_topic text, is_simulated boolean, about_ids jsonb, happened timestamptz)
returns void language plpgsql as $$
declare
  notice uuid;
  -- Locked, so that no receiver is deleted under an event: that would undo the event.
  targets uuid[] := array(select id from notice_targets
    where is_on and of_topic = any (topics) and (with_simulated or not is_simulated) order by id for key share);
  people text[] := array(select person_id from mail_choices c join users u on u.id = c.person_id
    where u.disabled_at is null and of_topic = any (topics) and (with_simulated or not is_simulated));
begin
  if cardinality(targets) + cardinality(people) = 0 then return; end if;
  insert into notices (topic, simulated, about, at)
  values (of_topic, is_simulated, jsonb_strip_nulls(about_ids), happened) returning id into notice;
  insert into notice_deliveries (notice_id, target_id, due_at)
  select notice, target, least(happened, now()) from unnest(targets) as target;
  insert into notice_deliveries (notice_id, person_id, due_at)
  select notice, person, least(happened, now()) from unnest(people) as person;
end $$;
