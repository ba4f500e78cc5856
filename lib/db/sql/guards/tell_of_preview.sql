create or replace function tell_of_preview() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_trial uuid;
BEGIN
  FOR of_trial IN SELECT DISTINCT trial_id FROM attachments WHERE sha256 = NEW.sha256 LOOP
    PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', of_trial)::text);
  END LOOP;
  RETURN NULL;
END $$;

create or replace trigger tells after insert on attachment_previews for each row execute function tell_of_preview();
