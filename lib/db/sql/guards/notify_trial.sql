create or replace function notify_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', NEW.trial_id)::text);
  RETURN NULL;
END $$;

create or replace trigger tells after insert on attachment_withdrawals for each row execute function notify_trial();
create or replace trigger tells after insert on attachments for each row execute function notify_trial();
create or replace trigger tells after insert on observations for each row execute function notify_trial();
create or replace trigger tells after insert on signatures for each row execute function notify_trial();
create or replace trigger tells after insert on trial_events for each row execute function notify_trial();
create or replace trigger tells after insert on waivers for each row execute function notify_trial();
