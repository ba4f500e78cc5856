create or replace function notify_declaration() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial uuid;
BEGIN
  SELECT trial_id INTO trial FROM commands WHERE command_uuid = NEW.command_uuid;
  PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', trial)::text);
  RETURN NULL;
END $$;

create or replace trigger tells after insert on declaration_steps for each row execute function notify_declaration();
create or replace trigger tells after insert or update on declaration_removals
  for each row execute function notify_declaration();
