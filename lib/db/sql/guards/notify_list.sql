-- Notifies open lists; the argument is a name of lib/domain/live.ts. Once per statement, however many rows it writes.
create or replace function notify_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('oneway', json_build_object('about', 'list', 'list', TG_ARGV[0])::text);
  RETURN NULL;
END $$;

create or replace trigger tells_list after insert on devices
  for each statement execute function notify_list('devices');
create or replace trigger tells_list after insert or update on contradictions
  for each statement execute function notify_list('contradictions');
create or replace trigger tells_list after insert or update on users
  for each statement execute function notify_list('people');
create or replace trigger tells_list after insert or update on protocols
  for each statement execute function notify_list('protocols');
create or replace trigger tells_list after insert on protocol_version_events
  for each statement execute function notify_list('protocols');
create or replace trigger tells_list after insert on protocol_versions
  for each statement execute function notify_list('protocols');
create or replace trigger tells_list after insert or update on radars
  for each statement execute function notify_list('radars');
create or replace trigger tells_list after insert on radar_events
  for each statement execute function notify_list('radars');
create or replace trigger tells_list after insert on catalogue_imports
  for each statement execute function notify_list('releases');
create or replace trigger tells_list after insert or update on catalogue_fetches
  for each statement execute function notify_list('releases');
-- For each row: every webhook writes the last contact, which changes a row every ten seconds only.
create or replace trigger tells_list after insert or update on mdm_servers
  for each row execute function notify_list('servers');
create or replace trigger tells_list after insert on server_checks
  for each statement execute function notify_list('servers');
create or replace trigger tells_list after insert or update on sending_stops
  for each statement execute function notify_list('servers');
create or replace trigger tells_list after insert or update on notice_deliveries
  for each statement execute function notify_list('notices');
create or replace trigger tells_list after insert or update or delete on notice_targets
  for each statement execute function notify_list('notices');
