create or replace function mark_by_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM mdm_servers WHERE id = NEW.mdm_server_id;
  RETURN NEW;
END $$;

create or replace trigger marks_simulated before insert on observation_gaps
  for each row execute function mark_by_server();
create or replace trigger marks_simulated before insert or update on raw_events
  for each row execute function mark_by_server();
create or replace trigger marks_simulated before insert on server_checks
  for each row execute function mark_by_server();
