-- The events that become notices; their topics are in lib/domain/notice/topics.ts.
create or replace function queue_notices() returns trigger language plpgsql as $$
declare
  trial trials%rowtype;
  topic text;
  of_trial jsonb;
begin
  -- Most labs want none, and a lab with a million trials writes a million of these events.
  if not exists (select from notice_targets where is_on) and not exists (select from mail_choices) then
    return null;
  end if;
  if tg_table_name in ('trial_events', 'review_events') then
    select * into trial from trials where id = new.trial_id;
    of_trial := jsonb_build_object('trialId', trial.id, 'trialNumber', trial.number, 'deviceId', trial.device_id);
  end if;
  if tg_table_name = 'trial_events' then
    topic := {{topic_of_trial_event}};
    if new.kind = 'concluded' then
      perform queue_notice(topic, trial.simulated, of_trial || jsonb_build_object('outcome', new.data ->> 'outcome'), new.at);
    elsif topic is not null then
      perform queue_notice(topic, trial.simulated, of_trial, new.at);
    end if;
    if trial.consumed and new.kind in {{review_due_events}} then
      perform queue_notice('trial.review_due', trial.simulated, of_trial, new.at);
    end if;
  elsif tg_table_name = 'review_events' then
    topic := {{topic_of_review_event}};
    perform queue_notice(topic, trial.simulated, of_trial, new.at);
  elsif tg_table_name = 'commands' then
    perform queue_notice('command.unconfirmed', new.simulated, jsonb_build_object('trialId', new.trial_id,
      'deviceId', new.device_id, 'commandUuid', new.command_uuid), coalesce(new.settled_at, now()));
  elsif tg_table_name = 'outside_updates' then
    perform queue_notice('device.updated_outside_a_trial', new.simulated,
      jsonb_build_object('deviceId', new.device_id), new.recorded_at);
  elsif tg_table_name = 'device_alarms' then
    perform queue_notice('device.alarm_raised', new.simulated,
      jsonb_build_object('deviceId', new.device_id, 'alarm', new.kind), new.raised_at);
  elsif tg_table_name = 'error_sightings' then
    if not exists (select from error_sightings s where s.simulated = new.simulated and s.domain = new.domain
      and s.code = new.code and s.id <> new.id) then
      perform queue_notice('error.first_reported', new.simulated, jsonb_build_object('deviceId', new.device_id,
        'errorDomain', new.domain, 'errorCode', new.code), new.at);
    end if;
  elsif tg_table_name = 'mdm_servers' then
    perform queue_notice('server.stopped', new.simulated, jsonb_build_object('serverId', new.id), now());
  elsif tg_table_name = 'sending_stops' then
    perform queue_notice('sending.stopped', false, '{}', new.found_at);
  end if;
  return null;
end $$;

create or replace trigger queues_notices after insert on trial_events for each row
  when (new.kind in {{notice_events_of_trial}}) execute function queue_notices();
create or replace trigger queues_notices after insert on review_events for each row
  when (new.kind in {{notice_events_of_review}}) execute function queue_notices();
create or replace trigger queues_notices after update of state on commands for each row
  when (new.purpose = 'intervention' and new.state = 'unconfirmed' and old.state is distinct from new.state)
  execute function queue_notices();
create or replace trigger queues_notices after insert on outside_updates
  for each row execute function queue_notices();
create or replace trigger queues_notices after insert on device_alarms
  for each row execute function queue_notices();
create or replace trigger queues_notices after insert on error_sightings
  for each row execute function queue_notices();
create or replace trigger queues_notices after update of stop_reason on mdm_servers for each row
  when (new.stop_reason is not null and old.stop_reason is null) execute function queue_notices();
create or replace trigger queues_notices after insert on sending_stops
  for each row execute function queue_notices();
